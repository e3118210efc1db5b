/// Builds a table's index: for every data block a key that is not before its last and before the next block's first,
/// where the block is, and its facts.
///
/// The key is as short as can be found, since there are many and they stay in memory: of the last and the
/// next key, only the byte in which they first differ is needed. Every index entry is a restart, so an index block has a
/// head for each and a search reads little else.
///
/// While the index fits one block that block is the whole index. Once it is full it goes into the file, and what is kept
/// for the end is one entry for each such block.
struct IndexBuilder: ~Copyable {
  private let blockBytes: Int
  private var block = BlockBuilder(restartInterval: 1)
  private var facts = BlockFacts()
  private var top = BlockBuilder(restartInterval: 1)
  private var lastSeparator: [UInt8] = []
  private var value: [UInt8] = []

  init(blockBytes: Int) {
    self.blockBytes = blockBytes
  }

  /// Adds the entry of a data block that ends with the internal key `last`; `next` is the user key behind it. Returns
  /// the bytes of an index block that is full now: the caller writes it and says where with `note(_:)`.
  mutating func add(
    last: [UInt8], next: UnsafeRawBufferPointer?, _ handle: BlockHandle, _ blockFacts: BlockFacts
  ) -> [UInt8]? {
    lastSeparator = Self.separator(last, next)
    Self.add(lastSeparator, handle, blockFacts, to: &block, &value)
    facts.add(blockFacts)
    return block.sizeBytes >= blockBytes && next != nil ? takeBlock() : nil
  }

  mutating func note(_ handle: BlockHandle) {
    Self.add(lastSeparator, handle, facts, to: &top, &value)
    facts = BlockFacts()
  }

  /// With a second level, the index block that is not full when the table ends: written and noted like the others, before
  /// `finish()`.
  mutating func takeLastBlock() -> [UInt8]? {
    top.isEmpty || block.isEmpty ? nil : takeBlock()
  }

  /// The index block that a reader begins with, and whether it leads to further index blocks.
  mutating func finish() -> (bytes: [UInt8], isTopLevel: Bool) {
    guard !top.isEmpty else { return (takeBlock(), false) }
    precondition(block.isEmpty, "the last index block has been noted")
    top.finish()
    return (top.bytes.withUnsafeBytes { Array($0) }, true)
  }

  private mutating func takeBlock() -> [UInt8] {
    block.finish()
    defer { block.reset() }
    return block.bytes.withUnsafeBytes { Array($0) }
  }

  private static func add(
    _ key: [UInt8], _ handle: BlockHandle, _ facts: BlockFacts, to block: inout BlockBuilder,
    _ value: inout [UInt8]
  ) {
    value.removeAll(keepingCapacity: true)
    IndexValue.append(handle, facts, to: &value)
    key.withUnsafeBytes { key in
      let userKey = UnsafeRawBufferPointer(rebasing: key.dropLast(InternalKey.trailerBytes))
      let trailer = InternalKey.trailer(of: key.baseAddress!, key.count)
      value.withUnsafeBytes { block.add(userKey, trailer: trailer, $0) }
    }
  }

  /// An internal key that is not before `last`, and whose user key is before `next` or is `last`'s own.
  static func separator(_ last: [UInt8], _ next: UnsafeRawBufferPointer?) -> [UInt8] {
    let lastUser = last.dropLast(InternalKey.trailerBytes)
    guard let next else { return last }
    let shared = lastUser.withUnsafeBytes { commonPrefixBytes($0, next) }
    guard shared < lastUser.count, shared < next.count else { return last }
    var user: [UInt8]
    if next.count > shared + 1 {
      user = Array(next[...shared])
    } else {
      // Raise a byte of the last key instead. In the byte where they differ there may be no room below the next
      // key; behind it, any byte will do.
      let start = last[shared] + 1 < next[shared] ? shared : shared + 1
      guard let raised = lastUser[start...].firstIndex(where: { $0 < 0xFF }) else { return last }
      user = Array(lastUser[...raised])
      user[raised] += 1
    }
    guard user.count < lastUser.count else { return last }
    return InternalKey.make(user, sequenceNumberMax, .value)
  }
}
