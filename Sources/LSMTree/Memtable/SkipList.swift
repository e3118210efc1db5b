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
  private var finger: InlineArray<12, Int>

  init(capacityBytes: Int) {
    arena = Arena(capacityBytes: capacityBytes + Self.fixedBytes)
    index = KeyIndex(arenaBytes: capacityBytes)
    let tower = 4 * (SkipNode.heightMax - 1)
    // One byte more than its header, so that the key of the head has an address like any other.
    head = arena.allocate(tower + SkipNode.headerBytes + 8) + ((tower + 7) & ~7)
    let base = arena.base
    base.storeBytes(of: 0, toByteOffset: head, as: UInt64.self)
    base.storeBytes(of: 0, toByteOffset: head + 8, as: UInt64.self)
    for level in 0..<SkipNode.heightMax { base.initializeLink(SkipNode.linkOffset(head, level: level), 0) }
    base.initializeLink(head + 20, 0)
    // The arena's first bytes hold the greatest height in use and the last node.
    base.initializeLink(Self.heightOffset, 1)
    base.initializeLink(Self.lastOffset, head)
    finger = InlineArray(repeating: head)
  }

  private static let fixedBytes = 512
  static let heightOffset = 8
  static let lastOffset = 12

  /// Bytes that inserting `count` entries of `bytes` of keys and values takes at most.
  static func bytesMax(count: Int, bytes: Int) -> Int { bytes + count * SkipNode.overheadBytesMax }

  var usedBytes: Int { arena.usedBytes }

  func hasRoom(forBytes bytes: Int) -> Bool { bytes <= arena.freeBytes - 16 }

  /// A handle for readers, good while the list lives.
  var reader: SkipListReader { SkipListReader(base: arena.base, head: head, index: index.reader) }

  /// Adds a version. Its sequence is above that of every version of the same key in the list.
  @inline(__always)
  mutating func insert(_ key: UnsafeRawBufferPointer, _ trailer: UInt64, _ value: UnsafeRawBufferPointer) {
    let height = randomHeight()
    let base = arena.base
    let node = makeNode(height, key, trailer, value)
    let hash = KeyHash.hash(key.baseAddress!, key.count)
    let older = index.reader.find(base, key, hash)
    if older != 0, height == 1 {
      // A newer version of a key goes right before the newest one there is.
      link(node, after: base.loadLink(older &+ 20), before: older)
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
    let towerBytes = (4 &* (height &- 1) &+ 7) & ~7
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

  @inline(__always)
  private func link(_ node: Int, after previous: Int, before next: Int) {
    let base = arena.base
    base.initializeLink(node &+ 16, next)
    base.initializeLink(node &+ 20, previous)
    base.storeLink(previous &+ 16, node)
    base.storeLink(next == 0 ? Self.lastOffset : next &+ 20, node)
  }

  private mutating func linkAfterSearch(
    _ node: Int, _ height: Int, _ key: UnsafeRawBufferPointer, _ trailer: UInt64
  ) {
    let base = arena.base
    if !fingerFits(key, trailer) { search(key, trailer) }
    let listHeight = base.loadLink(Self.heightOffset)
    if height > listHeight { base.storeLink(Self.heightOffset, height) }
    let previous = finger[0]
    link(node, after: previous, before: base.loadLink(previous &+ 16))
    finger[0] = node
    for level in 1..<max(height, 1) {
      let above = finger[level]
      base.initializeLink(
        SkipNode.linkOffset(node, level: level), base.loadLink(SkipNode.linkOffset(above, level: level)))
      base.storeLink(SkipNode.linkOffset(above, level: level), node)
      finger[level] = node
    }
  }

  /// Whether the place of the last insert is the place of this one, too.
  @inline(__always)
  private func fingerFits(_ key: UnsafeRawBufferPointer, _ trailer: UInt64) -> Bool {
    let base = arena.base
    let previous = finger[0]
    guard previous == head || SkipNode.compare(base, previous, key, trailer) < 0 else { return false }
    let next = base.loadLink(previous &+ 16)
    return next == 0 || SkipNode.compare(base, next, key, trailer) > 0
  }

  /// Sets the finger to the last node before (key, trailer) on every level.
  private mutating func search(_ key: UnsafeRawBufferPointer, _ trailer: UInt64) {
    let base = arena.base
    var node = head
    var level = SkipNode.heightMax &- 1
    let listHeight = base.loadLink(Self.heightOffset)
    while level >= listHeight {
      finger[level] = head
      level &-= 1
    }
    var known = 0
    while true {
      let next = base.loadLink(SkipNode.linkOffset(node, level: level))
      // A node that was after the key on the level above is so on this one.
      if next != 0, next != known, SkipNode.compare(base, next, key, trailer) < 0 {
        node = next
        continue
      }
      known = next
      finger[level] = node
      if level == 0 { return }
      level &-= 1
    }
  }

  /// 1 with probability 3/4, 2 with 3/16, and so on.
  @inline(__always)
  private mutating func randomHeight() -> Int {
    random ^= random << 13
    random ^= random >> 7
    random ^= random << 17
    return min(1 &+ (random | 1 << 62).trailingZeroBitCount / 2, SkipNode.heightMax)
  }
}
