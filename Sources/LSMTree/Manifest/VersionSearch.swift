/// Finds the files of a version that may hold a key, for point reads.
///
/// A version's files are objects in arrays, good for planning compactions. A read would touch an object, two
/// arrays of bytes and several reference counts per file it looks at; so the version lays out once, when it is
/// made, what reads need: for each level below L0 a block (the same as in tables) from every file's largest key to its
/// place in the list and its smallest key; for L0 the files newest first, since nearly all of them span nearly all
/// keys and their filters decide.
///
/// Unsafe, and right because it belongs to a version that holds every file and block in it, and never changes.
struct VersionSearch: ~Copyable, @unchecked Sendable {
  private struct Level {
    var view: BlockView
    var firstFile: Int
  }

  private let files: UnsafeMutablePointer<Unmanaged<TableFile>>
  private let fileCount: Int
  private let l0Count: Int
  private let levels: UnsafeMutablePointer<Level>
  private let levelCount: Int
  private let blocks: [Block]

  init(_ filesByLevel: [[TableFile]]) {
    let all = filesByLevel.flatMap { $0 }
    fileCount = all.count
    l0Count = filesByLevel[0].count
    files = .allocate(capacity: max(all.count, 1))
    for (index, file) in all.enumerated() { (files + index).initialize(to: .passUnretained(file)) }
    var blocks: [Block] = []
    var found: [Level] = []
    var firstFile = l0Count
    for level in filesByLevel.dropFirst() {
      if !level.isEmpty {
        let block = Self.block(level)
        blocks.append(block)
        found.append(Level(view: block.view, firstFile: firstFile))
      }
      firstFile += level.count
    }
    self.blocks = blocks
    levelCount = found.count
    levels = .allocate(capacity: max(found.count, 1))
    for (index, level) in found.enumerated() { (levels + index).initialize(to: level) }
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

  /// The newest entry of a user key that a reader sees in any file; nil if there is none. Newer levels hide older ones.
  @inline(__always)
  func get(_ key: SearchKey, hash: UInt64, io: ReadIO) throws(TreeError) -> TableEntry? {
    for index in 0..<l0Count {
      if let entry = try get(key, inFile: index, hash: hash, io: io) { return entry }
    }
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
    for index in 0..<l0Count {
      if let entry = try get(key, inFile: index, hash: hash, io: io, counting: &sample) { return entry }
    }
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
    guard let value = level.view.searchValue(key), let base = value.baseAddress else { return nil }
    guard KeyOrder.compare(base + 4, value.count &- 4, key.userKey, key.userKeyBytes) <= 0 else { return nil }
    return level.firstFile &+ Int(UInt32(littleEndian: base.loadUnaligned(as: UInt32.self)))
  }
}
