import LSMTree

/// An entry as a test writes it: user key, sequence, kind, value.
struct Entry: Equatable {
  var key: [UInt8]
  var sequence: SequenceNumber
  var kind = EntryKind.value
  var value: [UInt8] = []

  var internalKey: [UInt8] { InternalKey.make(key, sequence, kind) }

  static func areInOrder(_ left: Entry, _ right: Entry) -> Bool {
    KeyOrder.compareInternal(left.internalKey, right.internalKey) < 0
  }
}

/// A table in a memory file system, and what it takes to read it.
struct TableFixture {
  let fileSystem = MemoryFileSystem()
  let cache: BlockCache
  let files: OpenFiles
  static let number: UInt64 = 7
  static let path = "/tables/7"

  init(cacheBytes: Int = 1 << 20) {
    cache = BlockCache(bytesMax: cacheBytes)
    files = OpenFiles(fileSystem: fileSystem, countMax: 16) { number, _ in "/tables/\(number)" }
  }

  @discardableResult
  func write(
    _ entries: [Entry], rangeDeletions: [RangeDeletion] = [], options: TableWriterOptions = .init(),
    seconds: UInt32 = 1000
  ) throws -> FinishedTable {
    var writer = TableWriter(file: try fileSystem.createFile(Self.path), options: options)
    writer.add(RangeDeletions(rangeDeletions), times: WriteTimes(seconds))
    for entry in entries {
      try writer.add(entry.internalKey.span.bytes, entry.value.span.bytes, times: WriteTimes(seconds))
    }
    return try writer.finish()
  }

  func open() throws -> TableReader {
    try TableReader.open(Self.number, cache: cache, files: files)
  }

  var bytes: [UInt8] {
    get throws { try fileSystem.readAll(Self.path, limitBytes: 1 << 30) }
  }

  func overwrite(_ bytes: [UInt8]) throws {
    try fileSystem.createFile(Self.path).write(bytes.span.bytes, at: 0)
  }
}

/// Entries in order, of keys that share prefixes and are prefixes of each other, some with many versions.
func randomEntries(_ count: Int, _ generator: inout SeededGenerator, valueBytesMax: Int = 60) -> [Entry] {
  var entries: [Entry] = []
  var seen: Set<[UInt8]> = []
  while entries.count < count {
    let key: [UInt8]
    switch generator.below(4) {
    case 0: key = (0..<generator.below(7)).map { _ in UInt8(generator.below(3)) }
    case 1: key = Array("table/partition-\(generator.below(count))/sort".utf8)
    case 2: key = [0, 0, 0, 9] + generator.bytes(8) + Array("id\(generator.below(50))".utf8)
    default: key = (entries.randomElement(using: &generator)?.key ?? []) + generator.bytes(generator.below(3))
    }
    let entry = Entry(
      key: key, sequence: SequenceNumber(1 + generator.below(1000)),
      kind: generator.below(8) == 0 ? .deletion : .value,
      value: generator.bytes(generator.below(valueBytesMax)))
    let stored =
      entry.kind == .deletion ? Entry(key: entry.key, sequence: entry.sequence, kind: .deletion) : entry
    if seen.insert(InternalKey.make(key, entry.sequence, .value)).inserted { entries.append(stored) }
  }
  return entries.sorted(by: Entry.areInOrder)
}

extension TableCursor {
  /// The entry here, or nil.
  var entry: Entry? {
    guard isValid else { return nil }
    let key = Array(key)
    let trailer = InternalKey.trailer(of: key.span.bytes)
    return Entry(
      key: InternalKey.userKey(of: key), sequence: InternalKey.sequence(ofTrailer: trailer),
      kind: InternalKey.kind(ofTrailer: trailer)!, value: Array(value))
  }
}
