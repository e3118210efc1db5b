/// Reads a block's bytes where they lie. Plain pointers, no owner: whoever uses a view keeps the block.
///
/// Unsafe, and right because a view is only ever handed out by a `Block`, which has checked `isWellFormed()`: every
/// offset below comes from bytes that were checked, and the bytes don't change.
struct BlockView: @unchecked Sendable {
  let base: UnsafeRawPointer
  let restartCount: Int
  /// Bytes that all user keys of the block begin with.
  let prefixBytes: Int
  /// Where keys end and values begin.
  let keysEnd: Int
  /// Where values end.
  let end: Int

  /// Readable bytes behind a block's last, so that copies and compares may go a word at a time.
  static let slackBytes = 16

  /// Nil if the beginning of the block is not one.
  init?(_ base: UnsafeRawPointer, _ count: Int) {
    guard count >= BlockLayout.headerBytes else { return nil }
    func number(_ offset: Int) -> Int {
      Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }
    self.base = base
    restartCount = number(0)
    prefixBytes = number(4)
    keysEnd = number(8)
    end = count
    guard keysEnd <= count, BlockLayout.headerBytes + restartCount * BlockLayout.bytesPerRestart <= keysEnd
    else {
      return nil
    }
  }

  private init() {
    base = UnsafeRawPointer(Self.nothing)
    restartCount = 0
    prefixBytes = 0
    keysEnd = 0
    end = 0
  }

  nonisolated(unsafe) private static let nothing = UnsafeMutableRawPointer.allocate(
    byteCount: slackBytes, alignment: 16)

  /// A view of no entries.
  static let empty = BlockView()

  var entryCount: Int { Int(UInt32(littleEndian: base.load(fromByteOffset: 12, as: UInt32.self))) }

  var keysStart: Int { BlockLayout.headerBytes &+ restartCount &* BlockLayout.bytesPerRestart }

  @inline(__always)
  func head(_ restart: Int) -> UInt64 {
    UInt64(
      littleEndian: base.load(fromByteOffset: BlockLayout.headerBytes &+ restart &* 8, as: UInt64.self))
  }

  /// Where the entry of a restart is.
  @inline(__always)
  func restart(_ restart: Int) -> BlockPosition {
    let offset = BlockLayout.headerBytes &+ restartCount &* 8 &+ restart &* 8
    return BlockPosition(
      key: Int(UInt32(littleEndian: base.load(fromByteOffset: offset, as: UInt32.self))),
      value: Int(UInt32(littleEndian: base.load(fromByteOffset: offset &+ 4, as: UInt32.self))))
  }

  /// The entry at a place where one begins.
  @inline(__always)
  func entry(at position: BlockPosition) -> BlockEntry {
    let header = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: position.key, as: UInt32.self))
    if header & 0x0080_8080 == 0 {
      return BlockEntry(
        position: position, shared: Int(header & 0x7F), unshared: Int(header &>> 8 & 0x7F),
        valueBytes: Int(header &>> 16 & 0x7F), keyOffset: position.key &+ 3)
    }
    if header & 0x8080_8080 == 0x0080_0000 {
      return BlockEntry(
        position: position, shared: Int(header & 0x7F), unshared: Int(header &>> 8 & 0x7F),
        valueBytes: Int(header &>> 16 & 0x7F | header &>> 17 & 0x3F80), keyOffset: position.key &+ 4)
    }
    var next = position.key
    let shared = checkedNumber(&next)
    let unshared = checkedNumber(&next)
    let valueBytes = checkedNumber(&next)
    return BlockEntry(
      position: position, shared: shared, unshared: unshared, valueBytes: valueBytes, keyOffset: next)
  }

  /// A varint that `isWellFormed()` has read before.
  private func checkedNumber(_ offset: inout Int) -> Int {
    var value = 0
    var shift = 0
    while true {
      let byte = Int(base.load(fromByteOffset: offset, as: UInt8.self))
      offset &+= 1
      value |= (byte & 0x7F) &<< shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
  }

  /// Walks everything once: keys and values lie within their parts and fill them, restarts are where they are said to be and
  /// share nothing, kinds are known, the shared prefix is within every key.
  func isWellFormed() -> Bool {
    var key = keysStart
    var value = keysEnd
    var restart = 0
    var userKeyBytes = 0
    var entries = 0
    while key < keysEnd {
      let position = BlockPosition(key: key, value: value)
      guard let (shared, unshared, valueBytes) = checkedHeader(&key), key <= keysEnd else { return false }
      let limit = UInt64(keysEnd &- key)
      guard shared <= UInt64(userKeyBytes), unshared <= limit,
        unshared + UInt64(InternalKey.trailerBytes) <= limit,
        valueBytes <= UInt64(end &- value)
      else { return false }
      if restart < restartCount, self.restart(restart) == position {
        guard shared == 0 else { return false }
        restart += 1
      } else if entries == 0 {
        return false
      }
      userKeyBytes = Int(shared + unshared)
      guard userKeyBytes >= prefixBytes else { return false }
      key += Int(unshared)
      guard InternalKey.kind(ofTrailer: KeyOrder.word(base, key)) != nil else { return false }
      key += InternalKey.trailerBytes
      value += Int(valueBytes)
      entries += 1
    }
    return key == keysEnd && value == end && restart == restartCount && entries == entryCount
  }
}

extension BlockView {
  /// The three numbers that an entry begins with, read from bytes that nobody has checked. In the usual lengths they are
  /// taken from one word, as `entry(at:)` does; that may be told of bytes behind the keys, which the caller finds out.
  @inline(__always)
  fileprivate func checkedHeader(_ key: inout Int) -> (shared: UInt64, unshared: UInt64, valueBytes: UInt64)?
  {
    let header = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: key, as: UInt32.self))
    if header & 0x0080_8080 == 0 {
      key &+= 3
      return (UInt64(header & 0x7F), UInt64(header &>> 8 & 0x7F), UInt64(header &>> 16 & 0x7F))
    }
    if header & 0x8080_8080 == 0x0080_0000 {
      key &+= 4
      return (
        UInt64(header & 0x7F), UInt64(header &>> 8 & 0x7F),
        UInt64(header &>> 16 & 0x7F | header &>> 17 & 0x3F80)
      )
    }
    guard let shared = Varint.read(base, keysEnd, at: &key),
      let unshared = Varint.read(base, keysEnd, at: &key),
      let valueBytes = Varint.read(base, keysEnd, at: &key)
    else { return nil }
    return (shared, unshared, valueBytes)
  }
}

/// Where an entry is: the first bytes of its key's part, and of its value.
struct BlockPosition: Equatable {
  var key: Int
  var value: Int
}

/// Where the parts of one entry are.
struct BlockEntry {
  var position: BlockPosition
  /// Bytes of the user key that are those of the entry before.
  var shared: Int
  /// Bytes of the user key that are stored.
  var unshared: Int
  var valueBytes: Int
  /// Where the stored bytes of the key begin.
  var keyOffset: Int

  @inline(__always)
  init(position: BlockPosition, shared: Int, unshared: Int, valueBytes: Int, keyOffset: Int) {
    self.position = position
    self.shared = shared
    self.unshared = unshared
    self.valueBytes = valueBytes
    self.keyOffset = keyOffset
  }

  static let none = BlockEntry(
    position: BlockPosition(key: 0, value: 0), shared: 0, unshared: 0, valueBytes: 0, keyOffset: 0)

  @inline(__always)
  var trailerOffset: Int { keyOffset &+ unshared }
  @inline(__always)
  var valueOffset: Int { position.value }
  /// Where the next entry is.
  @inline(__always)
  var next: BlockPosition {
    BlockPosition(key: keyOffset &+ unshared &+ InternalKey.trailerBytes, value: position.value &+ valueBytes)
  }
}
