/// Builds the bytes of one block from entries in ascending order of internal keys.
///
/// An entry says how many bytes its user key shares with the one before; every `restartInterval`-th entry shares nothing,
/// so that a search can begin there. The trailer is stored whole and is no part of what is shared: keys are
/// compared user key first, and eight bytes at a fixed place cost less than taking them apart.
///
/// Behind the entries comes what makes a search fast: for every restart a *head*, the eight bytes of its user key that
/// follow what all keys of the block share. A search compares the shared bytes once and then only whole numbers that
/// lie side by side; it looks at a key only where heads are equal. Eight bytes per restart are under one per cent of a
/// block. Keys that differ first after the eight bytes cost what they would have cost without heads.
package struct BlockBuilder: ~Copyable {
  private let restartInterval: Int
  private var buffer: RawBuffer
  private var restarts: [UInt32] = []
  private var lastKey: [UInt8] = []
  private var firstKey: [UInt8] = []
  private var entriesSinceRestart = 0
  package private(set) var entryCount = 0

  package init(restartInterval: Int, capacityBytes: Int = 8 << 10) {
    self.restartInterval = restartInterval
    buffer = RawBuffer(capacity: capacityBytes)
  }

  package var isEmpty: Bool { entryCount == 0 }

  /// What `finish()` would make of the entries so far, in bytes.
  package var sizeBytes: Int {
    buffer.count + restarts.count * BlockLayout.bytesPerRestart + BlockLayout.endBytes
  }

  /// Adds an entry; its key is after the one before.
  package mutating func add(
    _ userKey: UnsafeRawBufferPointer, trailer: UInt64, _ value: UnsafeRawBufferPointer
  ) {
    var shared = 0
    if entryCount > 0, entriesSinceRestart < restartInterval {
      shared = lastKey.withUnsafeBytes { commonPrefixBytes($0, userKey) }
    } else {
      restarts.append(UInt32(buffer.count))
      entriesSinceRestart = 0
    }
    if entryCount == 0 { firstKey.append(contentsOf: userKey) }
    let unshared = userKey.count - shared
    buffer.reserve(3 * Varint.bytesMax + unshared + InternalKey.trailerBytes + value.count)
    buffer.appendVarint(UInt64(shared))
    buffer.appendVarint(UInt64(unshared))
    buffer.appendVarint(UInt64(value.count))
    if unshared > 0 { buffer.append(userKey.baseAddress! + shared, unshared) }
    withUnsafeBytes(of: trailer.bigEndian) { buffer.append($0.baseAddress!, $0.count) }
    if value.count > 0 { buffer.append(value.baseAddress!, value.count) }
    lastKey.removeLast(lastKey.count - shared)
    lastKey.append(contentsOf: UnsafeRawBufferPointer(rebasing: userKey[shared...]))
    entriesSinceRestart += 1
    entryCount += 1
  }

  /// Appends heads, restarts and counts. The bytes are valid until `reset()`.
  package mutating func finish() {
    let prefixBytes = firstKey.withUnsafeBytes { first in
      lastKey.withUnsafeBytes { commonPrefixBytes(first, $0) }
    }
    buffer.reserve(restarts.count * BlockLayout.bytesPerRestart + BlockLayout.endBytes)
    for restart in restarts {
      var offset = Int(restart) + 1  // what is shared is zero, in one byte
      let userKeyBytes = Int(Varint.read(buffer.base, buffer.count, at: &offset)!)
      _ = Varint.read(buffer.base, buffer.count, at: &offset)
      let head = KeyHead.load(buffer.base + offset, userKeyBytes, skipping: prefixBytes)
      withUnsafeBytes(of: head.littleEndian) { buffer.append($0.baseAddress!, $0.count) }
    }
    for restart in restarts {
      withUnsafeBytes(of: restart.littleEndian) { buffer.append($0.baseAddress!, $0.count) }
    }
    for number in [UInt32(prefixBytes), UInt32(restarts.count)] {
      withUnsafeBytes(of: number.littleEndian) { buffer.append($0.baseAddress!, $0.count) }
    }
  }

  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get { buffer.bytes }
  }

  /// Empties the builder and keeps its memory.
  package mutating func reset() {
    buffer.truncate(to: 0)
    restarts.removeAll(keepingCapacity: true)
    lastKey.removeAll(keepingCapacity: true)
    firstKey.removeAll(keepingCapacity: true)
    entriesSinceRestart = 0
    entryCount = 0
  }
}

/// Sizes in the end of a block.
enum BlockLayout {
  /// A head and an offset.
  static let bytesPerRestart = 12
  /// Bytes shared by all user keys, and the number of restarts.
  static let endBytes = 8
}

/// How many bytes two byte strings have in common from their beginning.
@inline(__always)
func commonPrefixBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
  guard let l = left.baseAddress, let r = right.baseAddress else { return 0 }
  return commonPrefixBytes(l, r, left.count < right.count ? left.count : right.count)
}

/// The same for two strings of at least `count` bytes, looking no further than that.
@inline(__always)
func commonPrefixBytes(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ count: Int) -> Int {
  var offset = 0
  while count &- offset >= 8 {
    let l = UInt64(littleEndian: left.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    let r = UInt64(littleEndian: right.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    if l != r { return offset &+ ((l ^ r).trailingZeroBitCount &>> 3) }
    offset &+= 8
  }
  while offset < count {
    if left.load(fromByteOffset: offset, as: UInt8.self) != right.load(fromByteOffset: offset, as: UInt8.self)
    {
      break
    }
    offset &+= 1
  }
  return offset
}

/// Eight bytes of a key as a number whose order is the order of the bytes. A key that ends sooner is filled with
/// zeros, so equal heads say nothing and different heads say all.
package enum KeyHead {
  @inline(__always)
  package static func load(_ key: UnsafeRawPointer, _ count: Int, skipping prefixBytes: Int) -> UInt64 {
    let rest = count &- prefixBytes
    if rest >= 8 { return KeyOrder.word(key, prefixBytes) }
    if rest <= 0 { return 0 }
    if count >= 8 { return KeyOrder.word(key, count &- 8) &<< UInt64(truncatingIfNeeded: (8 &- rest) &* 8) }
    var head: UInt64 = 0
    for offset in 0..<8 {
      let byte = offset < rest ? key.load(fromByteOffset: prefixBytes &+ offset, as: UInt8.self) : 0
      head = head &<< 8 | UInt64(byte)
    }
    return head
  }
}
