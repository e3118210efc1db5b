/// Reads a block's bytes where they lie. Plain pointers, no owner: whoever uses a view keeps the block.
///
/// Unsafe, and right because a view is only ever made by `Block`, which checks `isWellFormed()` first: every
/// offset below comes from bytes that were checked, and the bytes don't change.
struct BlockView: @unchecked Sendable {
  let base: UnsafeRawPointer
  /// Where entries end and heads begin.
  let entriesEnd: Int
  let restartCount: Int
  /// Bytes that all user keys of the block begin with.
  let prefixBytes: Int
  let heads: UnsafeRawPointer
  let restarts: UnsafeRawPointer

  /// Readable bytes behind a block's last, so that copies and compares may go a word at a time.
  static let slackBytes = 16

  /// Nil if the end of the block is not one.
  init?(_ base: UnsafeRawPointer, _ count: Int) {
    guard count >= BlockLayout.endBytes else { return nil }
    self.base = base
    prefixBytes = Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: count - 8, as: UInt32.self)))
    restartCount = Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
    entriesEnd = count - BlockLayout.endBytes - restartCount * BlockLayout.bytesPerRestart
    guard entriesEnd >= 0, prefixBytes <= entriesEnd else { return nil }
    heads = base + entriesEnd
    restarts = heads + restartCount * 8
  }

  private init(empty base: UnsafeRawPointer) {
    self.base = base
    entriesEnd = 0
    restartCount = 0
    prefixBytes = 0
    heads = base
    restarts = base
  }

  static func empty(_ base: UnsafeRawPointer) -> BlockView { BlockView(empty: base) }

  @inline(__always)
  func head(_ restart: Int) -> UInt64 {
    UInt64(littleEndian: heads.loadUnaligned(fromByteOffset: restart &* 8, as: UInt64.self))
  }

  @inline(__always)
  func restartOffset(_ restart: Int) -> Int {
    Int(UInt32(littleEndian: restarts.loadUnaligned(fromByteOffset: restart &* 4, as: UInt32.self)))
  }

  /// The entry at an offset where one begins.
  @inline(__always)
  func entry(at offset: Int) -> BlockEntry {
    let header = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    if header & 0x0080_8080 == 0 {
      return BlockEntry(
        shared: Int(header & 0x7F), unshared: Int(header &>> 8 & 0x7F), valueBytes: Int(header &>> 16 & 0x7F),
        keyOffset: offset &+ 3)
    }
    if header & 0x8080_8080 == 0x0080_0000 {
      return BlockEntry(
        shared: Int(header & 0x7F), unshared: Int(header &>> 8 & 0x7F),
        valueBytes: Int(header &>> 16 & 0x7F | header &>> 17 & 0x3F80), keyOffset: offset &+ 4)
    }
    var next = offset
    let shared = checkedNumber(&next)
    let unshared = checkedNumber(&next)
    let valueBytes = checkedNumber(&next)
    return BlockEntry(shared: shared, unshared: unshared, valueBytes: valueBytes, keyOffset: next)
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

  /// Walks everything once: entries lie within the block and follow each other, restarts are where they are said to be
  /// and share nothing, kinds are known, the shared prefix is within the first key.
  func isWellFormed() -> Bool {
    var offset = 0
    var restart = 0
    var userKeyBytes = 0
    while offset < entriesEnd {
      let start = offset
      guard let shared = Varint.read(base, entriesEnd, at: &offset),
        let unshared = Varint.read(base, entriesEnd, at: &offset),
        let valueBytes = Varint.read(base, entriesEnd, at: &offset)
      else { return false }
      let limit = UInt64(entriesEnd - offset)
      guard shared <= UInt64(userKeyBytes), unshared <= limit, valueBytes <= limit,
        unshared + valueBytes + UInt64(InternalKey.trailerBytes) <= limit
      else { return false }
      if restart < restartCount, restartOffset(restart) == start {
        guard shared == 0 else { return false }
        restart += 1
      } else if start == 0 {
        return false
      }
      userKeyBytes = Int(shared + unshared)
      guard userKeyBytes >= prefixBytes else { return false }
      offset += Int(unshared)
      guard InternalKey.kind(ofTrailer: KeyOrder.word(base, offset)) != nil else { return false }
      offset += InternalKey.trailerBytes + Int(valueBytes)
    }
    return offset == entriesEnd && restart == restartCount
  }
}

/// Where the parts of one entry are.
struct BlockEntry {
  /// Bytes of the user key that are those of the entry before.
  var shared: Int
  /// Bytes of the user key that are stored.
  var unshared: Int
  var valueBytes: Int
  /// Where the stored bytes of the key begin.
  var keyOffset: Int

  @inline(__always)
  init(shared: Int, unshared: Int, valueBytes: Int, keyOffset: Int) {
    self.shared = shared
    self.unshared = unshared
    self.valueBytes = valueBytes
    self.keyOffset = keyOffset
  }

  @inline(__always)
  var trailerOffset: Int { keyOffset &+ unshared }
  @inline(__always)
  var valueOffset: Int { keyOffset &+ unshared &+ InternalKey.trailerBytes }
  /// Where the next entry begins.
  @inline(__always)
  var end: Int { keyOffset &+ unshared &+ InternalKey.trailerBytes &+ valueBytes }
}
