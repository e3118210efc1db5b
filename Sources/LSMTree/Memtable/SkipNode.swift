/// Where the parts of a skiplist node are. A node is an offset into the arena:
///
///     offset - 4·h   next[h], for h = height-1 … 1
///     offset         key count, 32 bits
///     offset + 4     value count, 32 bits
///     offset + 8     trailer, 64 bits
///     offset + 16    next[0]
///     offset + 20    previous on level 0
///     offset + 24    key, then value
///
/// Links and key lie together, so that a step of a search touches one cache line of a node, or two. The tower grows
/// downwards from the header for the same reason: three of four nodes have none.
enum SkipNode {
  static let headerBytes = 24
  static let heightMax = 12
  /// What a node takes beside key and value, at most: header, tower and alignment.
  static let overheadBytesMax = headerBytes + 4 * (heightMax - 1) + 7

  @inline(__always)
  static func linkOffset(_ node: Int, level: Int) -> Int {
    level == 0 ? node &+ 16 : node &- 4 &* level
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
}
