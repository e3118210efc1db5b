/// Builds the bytes of one block from entries in ascending order of internal keys.
///
/// An entry says how many bytes its user key shares with the one before; every `restartInterval`-th entry shares nothing,
/// so that a search can begin there. The trailer is stored whole and is no part of what is shared: keys are
/// compared user key first, and eight bytes at a fixed place cost less than taking them apart.
///
/// Two things in the layout are there for the memory cache, whose misses are most of what a point read costs:
/// - *Heads.* For every restart, the eight bytes of its user key that follow what all keys of the block share. A search
///   compares the shared bytes once and then only whole numbers that lie side by side; it looks at a key only where
///   heads are equal. Keys that differ first after the eight bytes cost what they would have cost without heads.
/// - *Keys apart from values.* The entries from a restart on are walked over keys alone, some twenty bytes each, where
///   keys and values in turn would touch another cache line with every entry.
package struct BlockBuilder: ~Copyable {
  private let restartInterval: Int
  private var keys: RawBuffer
  private var values: RawBuffer
  private var output: RawBuffer
  private var restarts: [Restart] = []
  private var lastKey: [UInt8] = []
  private var firstKey: [UInt8] = []
  private var entriesSinceRestart = 0
  package private(set) var entryCount = 0

  /// Where an entry that shares nothing is, within keys and values.
  private struct Restart {
    var key: Int
    var value: Int
  }

  package init(restartInterval: Int, capacityBytes: Int = 8 << 10) {
    self.restartInterval = restartInterval
    keys = RawBuffer(capacity: capacityBytes / 4)
    values = RawBuffer(capacity: capacityBytes)
    output = RawBuffer(capacity: capacityBytes)
  }

  package var isEmpty: Bool { entryCount == 0 }

  /// What `finish()` would make of the entries so far, in bytes.
  package var sizeBytes: Int {
    BlockLayout.headerBytes + restarts.count * BlockLayout.bytesPerRestart + keys.count + values.count
  }

  /// Adds an entry; its key is after the one before.
  package mutating func add(
    _ userKey: UnsafeRawBufferPointer, trailer: UInt64, _ value: UnsafeRawBufferPointer
  ) {
    var shared = 0
    if entryCount > 0, entriesSinceRestart < restartInterval {
      shared = lastKey.withUnsafeBytes { commonPrefixBytes($0, userKey) }
    } else {
      restarts.append(Restart(key: keys.count, value: values.count))
      entriesSinceRestart = 0
    }
    if entryCount == 0 { firstKey.append(contentsOf: userKey) }
    let unshared = userKey.count - shared
    keys.reserve(3 * Varint.bytesMax + unshared + InternalKey.trailerBytes)
    keys.appendVarint(UInt64(shared))
    keys.appendVarint(UInt64(unshared))
    keys.appendVarint(UInt64(value.count))
    if unshared > 0 { keys.append(userKey.baseAddress! + shared, unshared) }
    withUnsafeBytes(of: trailer.bigEndian) { keys.append($0.baseAddress!, $0.count) }
    if value.count > 0 { values.append(value.baseAddress!, value.count) }
    lastKey.removeLast(lastKey.count - shared)
    lastKey.append(contentsOf: UnsafeRawBufferPointer(rebasing: userKey[shared...]))
    entriesSinceRestart += 1
    entryCount += 1
  }

  /// Puts the parts together in `bytes`, which are valid until `reset()`.
  package mutating func finish() {
    let prefixBytes = firstKey.withUnsafeBytes { first in
      lastKey.withUnsafeBytes { commonPrefixBytes(first, $0) }
    }
    let keysOffset = BlockLayout.headerBytes + restarts.count * BlockLayout.bytesPerRestart
    output.reserve(sizeBytes)
    for number in [restarts.count, prefixBytes, keysOffset + keys.count, entryCount] { append32(number) }
    for restart in restarts {
      let head = head(at: restart.key, skipping: prefixBytes)
      withUnsafeBytes(of: head.littleEndian) { output.append($0.baseAddress!, $0.count) }
    }
    for restart in restarts {
      append32(keysOffset + restart.key)
      append32(keysOffset + keys.count + restart.value)
    }
    output.append(keys.base, keys.count)
    output.append(values.base, values.count)
  }

  private mutating func append32(_ number: Int) {
    withUnsafeBytes(of: UInt32(number).littleEndian) { output.append($0.baseAddress!, $0.count) }
  }

  private func head(at restart: Int, skipping prefixBytes: Int) -> UInt64 {
    var offset = restart + 1  // what is shared is zero, in one byte
    guard let userKeyBytes = Varint.read(keys.base, keys.count, at: &offset),
      Varint.read(keys.base, keys.count, at: &offset) != nil
    else { preconditionFailure("an entry just written can be read") }
    return KeyHead.load(keys.base + offset, Int(userKeyBytes), skipping: prefixBytes)
  }

  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get { output.bytes }
  }

  /// Empties the builder and keeps its memory.
  package mutating func reset() {
    keys.truncate(to: 0)
    values.truncate(to: 0)
    output.truncate(to: 0)
    restarts.removeAll(keepingCapacity: true)
    lastKey.removeAll(keepingCapacity: true)
    firstKey.removeAll(keepingCapacity: true)
    entriesSinceRestart = 0
    entryCount = 0
  }
}

/// Sizes in a block.
enum BlockLayout {
  /// Number of restarts, bytes that all user keys share, where values begin, number of entries: 32 bits each.
  static let headerBytes = 16
  /// A head, and where the restart's key and value are.
  static let bytesPerRestart = 16
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
