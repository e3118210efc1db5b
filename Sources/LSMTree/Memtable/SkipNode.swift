/// Where the parts of a skiplist node are. A node is an offset into the arena, a multiple of 8:
///
///     offset - 16·h   the hop of level h, for h = height-1 … 1
///     offset          key count, 32 bits
///     offset + 4      value count, 32 bits
///     offset + 8      trailer, 64 bits
///     offset + 16     the hop of level 0
///     offset + 28     previous node on level 0
///     offset + 32     key, then value
///
/// A hop is the *prefix* of the next node's key (its first eight bytes as a big-endian number, zeros behind a shorter key; all
/// ones if there is no next node), 64 bits, and the next node itself, 32 bits.
///
/// What a search of a memtable costs is cache misses. With the next key's prefix in the hop, a search touches only nodes that
/// it steps to, and none of those that are too far, which are nearly half. Hops and key lie together, so that a step
/// costs a line or two; the tower grows downwards from the header.
///
/// Each level has half the nodes of the one below. With a quarter, which is usual, a search goes down fewer levels but takes
/// half as many steps again; and going down is free here, since it touches no other node.
enum SkipNode {
  static let headerBytes = 32
  static let hopBytes = 16
  /// Enough for a million nodes; more nodes make the topmost level longer.
  static let heightMax = 20
  /// The prefix in a hop to nowhere.
  static let noPrefix = UInt64.max

  /// Where the hop's prefix is.
  @inline(__always)
  static func hop(_ node: Int, level: Int) -> Int {
    level == 0 ? node &+ 16 : node &- hopBytes &* level
  }

  /// Where a hop's next node is.
  @inline(__always)
  static func next(ofHop hop: Int) -> Int { hop &+ 8 }

  /// Where the next node on level 0 is.
  @inline(__always)
  static func next(_ node: Int) -> Int { node &+ 24 }

  @inline(__always)
  static func previous(_ node: Int) -> Int { node &+ 28 }

  @inline(__always)
  static func prefix(_ key: UnsafeRawBufferPointer) -> UInt64 {
    if key.count >= 8 { return KeyOrder.word(key.baseAddress!, 0) }
    var prefix: UInt64 = 0
    for index in 0..<key.count { prefix |= UInt64(key[index]) << UInt64(56 &- 8 &* index) }
    return prefix
  }

  @inline(__always)
  static func keyCount(_ base: UnsafeMutableRawPointer, _ node: Int) -> Int {
    Int(base.load(fromByteOffset: node, as: UInt32.self))
  }

  @inline(__always)
  static func valueCount(_ base: UnsafeMutableRawPointer, _ node: Int) -> Int {
    Int(base.load(fromByteOffset: node &+ 4, as: UInt32.self))
  }

  @inline(__always)
  static func trailer(_ base: UnsafeMutableRawPointer, _ node: Int) -> UInt64 {
    base.load(fromByteOffset: node &+ 8, as: UInt64.self)
  }

  @inline(__always)
  static func key(_ base: UnsafeMutableRawPointer, _ node: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(base + (node &+ headerBytes))
  }

  @inline(__always)
  static func keyBytes(_ base: UnsafeMutableRawPointer, _ node: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: key(base, node), count: keyCount(base, node))
  }

  @inline(__always)
  static func valueBytes(_ base: UnsafeMutableRawPointer, _ node: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: key(base, node) + keyCount(base, node), count: valueCount(base, node))
  }

  /// Negative, zero or positive as the node is before, at or after (key, trailer).
  @inline(__always)
  static func compare(
    _ base: UnsafeMutableRawPointer, _ node: Int, _ key: UnsafeRawBufferPointer, _ trailer: UInt64
  ) -> Int {
    let order = KeyOrder.compare(self.key(base, node), keyCount(base, node), key.baseAddress!, key.count)
    if order != 0 { return order }
    let own = self.trailer(base, node)
    return own == trailer ? 0 : (own < trailer ? -1 : 1)
  }

  /// The next node on a level if it is before (key, trailer).
  @inline(__always)
  static func step(
    _ base: UnsafeMutableRawPointer, _ node: Int, _ level: Int, _ key: UnsafeRawBufferPointer,
    _ prefix: UInt64,
    _ trailer: UInt64
  ) -> Int? {
    let hop = hop(node, level: level)
    let nextPrefix = base.loadPrefix(hop)
    if nextPrefix > prefix { return nil }
    let next = base.loadLink(self.next(ofHop: hop))
    if nextPrefix < prefix { return next }
    return next != 0 && compare(base, next, key, trailer) < 0 ? next : nil
  }
}
