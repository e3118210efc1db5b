/// Finds the files of a version that may hold a key, for point reads.
///
/// A version's files are objects in arrays, good for planning compactions. A read would touch an object, two arrays
/// of bytes and several reference counts per file it looks at; so the version lays out once, when it is made, what
/// reads need: for each level, and each sublevel of L0, a block (the same as in tables) from every file's largest key
/// to its place in the list and its smallest key. A sublevel that is one file has none: such files are flushed
/// memtables that span nearly all keys, and their filters decide.
///
/// Unsafe, and right because it belongs to a version that holds every file and block in it, and never changes.
struct VersionSearch: ~Copyable, @unchecked Sendable {
  private struct Level {
    /// Nil if there is one file, which is asked without looking at its bounds.
    var view: BlockView?
    var firstFile: Int
  }

  private let files: UnsafeMutablePointer<Unmanaged<TableFile>>
  private let levels: UnsafeMutablePointer<Level>
  private let levelCount: Int
  private let blocks: [Block]

  init(l0: L0Sublevels, _ filesByLevel: [[TableFile]]) {
    let runs = (l0.sublevels + filesByLevel.dropFirst()).filter { !$0.isEmpty }
    let all = runs.flatMap { $0 }
    files = .allocate(capacity: max(all.count, 1))
    for (index, file) in all.enumerated() { (files + index).initialize(to: .passUnretained(file)) }
    var blocks: [Block] = []
    levelCount = runs.count
    levels = .allocate(capacity: max(runs.count, 1))
    var firstFile = 0
    for (index, run) in runs.enumerated() {
      var level = Level(view: nil, firstFile: firstFile)
      if run.count > 1 || index >= l0.count {
        let block = Self.block(run)
        blocks.append(block)
        level.view = block.view
      }
      (levels + index).initialize(to: level)
      firstFile += run.count
    }
    self.blocks = blocks
  }

  deinit {
    files.deallocate()
    levels.deallocate()
  }

  /// The last trailer there is: a search with it finds the entry of its key that has it as well, and no other.
  private static let searchTrailer = InternalKey.trailer(0, .deletion)

  private static func block(_ files: [TableFile]) -> Block {
    var builder = BlockBuilder(restartInterval: 1)
    for (index, file) in files.enumerated() {
      let range = file.info.range
      var value: [UInt8] = []
      withUnsafeBytes(of: UInt32(index).littleEndian) { value.append(contentsOf: $0) }
      value.append(contentsOf: range.lower)
      range.upper.withUnsafeBytes { key in
        // A file that ends just before a key, which another may begin with, must not be found by that key.
        let trailer =
          range.isUpperIncluded ? searchTrailer : InternalKey.trailer(sequenceNumberMax, .rangeDeletion)
        value.withUnsafeBytes { builder.add(key, trailer: trailer, $0) }
      }
    }
    builder.finish()
    guard let block = Block(builder.bytes) else { preconditionFailure("a block just built is well formed") }
    return block
  }

  /// The newest entry of a user key that a reader sees in any file; nil if there is none. Upper levels hide lower ones.
  @inline(__always)
  func get(_ key: SearchKey, hash: UInt64, io: ReadIO) throws(TreeError) -> TableEntry? {
    let levelKey = SearchKey(
      userKey: key.userKey, userKeyBytes: key.userKeyBytes, trailer: Self.searchTrailer)
    for level in 0..<levelCount {
      guard let index = fileHolding(levelKey, levels[level]) else { continue }
      if let entry = try get(key, inFile: index, hash: hash, io: io) { return entry }
    }
    return nil
  }

  /// The same, and counts what it met.
  @inline(never)
  func get(
    _ key: SearchKey, hash: UInt64, io: ReadIO, counting sample: inout ReadSamples.Sample
  ) throws(TreeError) -> TableEntry? {
    let levelKey = SearchKey(
      userKey: key.userKey, userKeyBytes: key.userKeyBytes, trailer: Self.searchTrailer)
    for level in 0..<levelCount {
      guard let index = fileHolding(levelKey, levels[level]) else { continue }
      if let entry = try get(key, inFile: index, hash: hash, io: io, counting: &sample) { return entry }
    }
    return nil
  }

  private func get(
    _ key: SearchKey, inFile index: Int, hash: UInt64, io: ReadIO, counting sample: inout ReadSamples.Sample
  ) throws(TreeError) -> TableEntry? {
    sample.tables += 1
    guard try files[index].takeUnretainedValue().reader(io).mayContain(hash) else {
      sample.filtered += 1
      return nil
    }
    let entry = try get(key, inFile: index, hash: hash, io: io)
    if entry == nil { sample.searchedInVain += 1 }
    return entry
  }

  /// Without a reference counted: the version holds its files, and a file its reader.
  private func get(_ key: SearchKey, inFile index: Int, hash: UInt64, io: ReadIO) throws(TreeError)
    -> TableEntry?
  {
    try files[index]._withUnsafeGuaranteedRef { file in
      Result { () throws(TreeError) in
        let reader = try file.unmanagedReader(io)
        return try reader._withUnsafeGuaranteedRef { reader in
          Result { () throws(TreeError) in
            if let lens = file.lens { return try lens.get(key, in: reader, hash: hash, io: io) }
            return try reader.get(key, hash: hash, io: io)
          }
        }.get()
      }
    }.get()
  }

  @inline(__always)
  private func fileHolding(_ key: SearchKey, _ level: Level) -> Int? {
    guard let view = level.view else { return level.firstFile }
    guard let value = view.searchValue(key), let base = value.baseAddress else { return nil }
    guard KeyOrder.compare(base + 4, value.count &- 4, key.userKey, key.userKeyBytes) <= 0 else { return nil }
    return level.firstFile &+ Int(UInt32(littleEndian: base.loadUnaligned(as: UInt32.self)))
  }
}
