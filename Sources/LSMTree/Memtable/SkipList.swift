import Synchronization

/// A sorted list of versions in an arena: one writer, any number of readers without locks.
///
/// Readers follow links that were published by release stores, so they see every node that was linked before the
/// sequence number they read at was published, and perhaps later ones, which they skip by sequence. Backward
/// links on level 0 are written after the forward ones; a reader that goes backward past a node being linked
/// misses only a node too new for it.
///
/// An index over user keys (`KeyIndex`) finds the newest version of a key in two cache misses where the list
/// takes fifteen. The list is what it falls back to, what cursors walk, and what a flush writes out.
///
/// Rejected: inserting from several threads by compare-and-swap, as RocksDB and Pebble do. It makes the backward links
/// impossible and publishing an ordering problem; one insert is about a microsecond, which at the rates of one
/// machine's log is not what bounds commits. The pipeline's lock is the writer.
struct SkipList: ~Copyable {
  private(set) var arena: Arena
  let index: KeyIndex
  let head: Int
  private(set) var count = 0
  private var random: UInt64 = 0x9e37_79b9_7f4a_7c15
  /// The node before the last insert on each level, so that keys that arrive in order cost no search.
  private var finger: InlineArray<20, Int>

  init(_ memory: MemtableMemory) {
    arena = Arena(memory.arena)
    index = KeyIndex(memory.index)
    let towerBytes = SkipNode.hopBytes * (SkipNode.heightMax - 1)
    head = arena.allocate(towerBytes + SkipNode.headerBytes) + towerBytes
    let base = arena.base
    base.storeBytes(of: 0, toByteOffset: head, as: UInt64.self)
    base.storeBytes(of: 0, toByteOffset: head + 8, as: UInt64.self)
    for level in 0..<SkipNode.heightMax {
      Self.initializeHop(base, SkipNode.hop(head, level: level), 0, SkipNode.noPrefix)
    }
    base.initializeLink(SkipNode.previous(head), 0)
    // The arena's first bytes hold the greatest height in use and the last node.
    base.initializeLink(Self.heightOffset, 1)
    base.initializeLink(Self.lastOffset, head)
    finger = InlineArray(repeating: head)
  }

  /// Bytes that a list takes beside its entries.
  static let fixedBytes = 1024
  static let heightOffset = 8
  static let lastOffset = 12

  /// Bytes that inserting `count` entries of `bytes` of keys and values takes at most.
  ///
  /// Towers have one hop a node on average. Of 64 bytes an entry, header, alignment and one hop leave nine; they and
  /// 4,096 more are always above what hops may come to: the mean, eight standard deviations (√(128 · count) hops) and
  /// forty hops, which for few nodes is more than their towers can have and for many never happens.
  @inline(__always)
  static func bytesMax(count: Int, bytes: Int) -> Int { bytes &+ count &* 64 &+ 4096 }

  var usedBytes: Int { arena.usedBytes }
  func hasRoom(forBytes bytes: Int) -> Bool { bytes <= arena.freeBytes - 16 }

  /// A handle for readers, good while the list lives.
  var reader: SkipListReader { SkipListReader(base: arena.base, head: head, index: index.reader) }

  /// Adds a version. Its sequence is above that of every version of the same key in the list.
  @inline(__always)
  mutating func insert(_ key: UnsafeRawBufferPointer, _ trailer: UInt64, _ value: UnsafeRawBufferPointer) {
    insert(key, KeyHash.hash(key.baseAddress!, key.count), trailer, value)
  }

  @inline(__always)
  mutating func insert(
    _ key: UnsafeRawBufferPointer, _ hash: UInt64, _ trailer: UInt64, _ value: UnsafeRawBufferPointer
  ) {
    let base = arena.base
    let older = index.reader.find(base, key, hash)
    let height = randomHeight(isOverwrite: older != 0)
    let node = makeNode(height, key, trailer, value)
    if older != 0, height == 1 {
      // A newer version of a key goes right before the newest one there is.
      link(node, after: base.loadLink(SkipNode.previous(older)), before: older, SkipNode.prefix(key))
    } else {
      linkAfterSearch(node, height, key, trailer)
    }
    index.set(base, hash, node, replacing: older)
    count &+= 1
  }

  @inline(__always)
  private mutating func makeNode(
    _ height: Int, _ key: UnsafeRawBufferPointer, _ trailer: UInt64, _ value: UnsafeRawBufferPointer
  ) -> Int {
    let towerBytes = SkipNode.hopBytes &* (height &- 1)
    let node = arena.allocate(towerBytes &+ SkipNode.headerBytes &+ key.count &+ value.count) &+ towerBytes
    let base = arena.base
    base.storeBytes(of: UInt32(truncatingIfNeeded: key.count), toByteOffset: node, as: UInt32.self)
    base.storeBytes(of: UInt32(truncatingIfNeeded: value.count), toByteOffset: node &+ 4, as: UInt32.self)
    base.storeBytes(of: trailer, toByteOffset: node &+ 8, as: UInt64.self)
    let body = base + (node &+ SkipNode.headerBytes)
    body.copyMemory(from: key.baseAddress!, byteCount: key.count)
    if value.count > 0 { (body + key.count).copyMemory(from: value.baseAddress!, byteCount: value.count) }
    return node
  }

  /// Links a node on level 0, whose next one is `next`.
  @inline(__always)
  private func link(_ node: Int, after previous: Int, before next: Int, _ prefix: UInt64) {
    let base = arena.base
    let hop = SkipNode.hop(previous, level: 0)
    Self.initializeHop(base, SkipNode.hop(node, level: 0), next, base.loadPrefix(hop))
    base.initializeLink(SkipNode.previous(node), previous)
    Self.storeHop(base, hop, node, prefix)
    base.storeLink(next == 0 ? Self.lastOffset : SkipNode.previous(next), node)
  }

  private static func initializeHop(
    _ base: UnsafeMutableRawPointer, _ hop: Int, _ next: Int, _ prefix: UInt64
  ) {
    base.initializePrefix(hop, prefix)
    base.initializeLink(SkipNode.next(ofHop: hop), next)
  }

  /// Publishes a node that comes before what the hop led to. Node first, then prefix, and readers look at the prefix
  /// first: so the prefix that they see is never before that of the node they would step to. Seeing one that is too
  /// far, they go down a level earlier than they might, which is always right.
  @inline(__always)
  private static func storeHop(_ base: UnsafeMutableRawPointer, _ hop: Int, _ next: Int, _ prefix: UInt64) {
    base.storeLink(SkipNode.next(ofHop: hop), next)
    base.storePrefix(hop, prefix)
  }

  private mutating func linkAfterSearch(
    _ node: Int, _ height: Int, _ key: UnsafeRawBufferPointer, _ trailer: UInt64
  ) {
    let base = arena.base
    let prefix = SkipNode.prefix(key)
    if !fingerFits(key, trailer) { search(key, prefix, trailer) }
    if height > base.loadLink(Self.heightOffset) { base.storeLink(Self.heightOffset, height) }
    let previous = finger[0]
    link(node, after: previous, before: base.loadLink(SkipNode.next(previous)), prefix)
    finger[0] = node
    for level in 1..<max(height, 1) {
      let above = SkipNode.hop(finger[level], level: level)
      let next = base.loadLink(SkipNode.next(ofHop: above))
      Self.initializeHop(base, SkipNode.hop(node, level: level), next, base.loadPrefix(above))
      Self.storeHop(base, above, node, prefix)
      finger[level] = node
    }
  }

  /// Whether the place of the last insert is the place of this one, too.
  @inline(__always)
  private func fingerFits(_ key: UnsafeRawBufferPointer, _ trailer: UInt64) -> Bool {
    let base = arena.base
    let previous = finger[0]
    guard previous == head || SkipNode.compare(base, previous, key, trailer) < 0 else { return false }
    let next = base.loadLink(SkipNode.next(previous))
    return next == 0 || SkipNode.compare(base, next, key, trailer) > 0
  }

  /// Sets the finger to the last node before (key, trailer) on every level.
  private mutating func search(_ key: UnsafeRawBufferPointer, _ prefix: UInt64, _ trailer: UInt64) {
    let base = arena.base
    var node = head
    var level = SkipNode.heightMax &- 1
    let listHeight = base.loadLink(Self.heightOffset)
    while level >= listHeight {
      finger[level] = head
      level &-= 1
    }
    while true {
      if let next = SkipNode.step(base, node, level, key, prefix, trailer) {
        node = next
        continue
      }
      finger[level] = node
      if level == 0 { return }
      level &-= 1
    }
  }

  /// 1 for every second node, 2 for every fourth, and so on. An overwritten key gets three low nodes of four, since a low one is
  /// linked without a search; the fourth keeps a key that is written all the time searchable.
  @inline(__always)
  private mutating func randomHeight(isOverwrite: Bool) -> Int {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    let zeros = (random | 1 << 62).trailingZeroBitCount
    return min(1 &+ (isOverwrite ? zeros / 2 : zeros), SkipNode.heightMax)
  }
}
