import LSMTree

/// A version set over a directory, and a model that knows every write there was.
struct StoreFixture {
  static let directory = "/store"
  let fileSystem: any FileSystem
  let store: TableStore
  let versions: VersionSet
  /// Every entry and range deletion ever written, in no order.
  var entries: [Entry] = []
  var deletions: [RangeDeletion] = []
  var sequence: SequenceNumber = 0

  init(on fileSystem: any FileSystem = MemoryFileSystem(), _ change: (inout TreeOptions) -> Void = { _ in })
    throws
  {
    self.fileSystem = fileSystem
    try fileSystem.createDirectory(Self.directory)
    var options = TreeOptions()
    options.blockCacheBytesMax = 1 << 20
    change(&options)
    store = TableStore(directory: Self.directory, fileSystem: fileSystem, options: options)
    versions = try VersionSet(opening: store)
  }

  /// Writes a table as a flush does and returns its edit, which is not applied yet.
  func writeTable(_ entries: [Entry], _ deletions: [RangeDeletion] = [], level: Int = 0) throws -> VersionEdit
  {
    let number = versions.newFileNumber()
    var writer = try store.newTable(number)
    for entry in entries.sorted(by: Entry.areInOrder) {
      try writer.add(entry.internalKey.span.bytes, entry.value.span.bytes, times: WriteTimes(UInt32(number)))
    }
    writer.add(RangeDeletions(deletions), times: WriteTimes(UInt32(number)))
    var edit = VersionEdit()
    edit.added = [.init(level: level, file: TableFileInfo(number: number, try writer.finish()))]
    let last = (entries.map(\.sequence) + deletions.map(\.sequence)).max()
    edit.flushedSequence = last
    edit.lastSequence = last
    return edit
  }

  /// Makes random writes and flushes them into L0.
  mutating func flushRandom(
    _ count: Int, keys: Int, _ generator: inout SeededGenerator, valueBytesMax: Int = 40
  ) throws {
    var newEntries: [Entry] = []
    var newDeletions: [RangeDeletion] = []
    for _ in 0..<count {
      sequence += 1
      let key = Self.key(generator.below(keys))
      switch generator.below(40) {
      case 0:
        let upper = Self.key(generator.below(keys))
        if KeyOrder.compare(key, upper) < 0 {
          newDeletions.append(RangeDeletion(lower: key, upper: upper, sequence: sequence))
        }
      case 1...12: newEntries.append(Entry(key: key, sequence: sequence, kind: .deletion))
      default:
        newEntries.append(
          Entry(key: key, sequence: sequence, value: generator.bytes(generator.below(valueBytesMax))))
      }
    }
    guard !newEntries.isEmpty || !newDeletions.isEmpty else { return }
    try versions.apply(try writeTable(newEntries, newDeletions))
    entries += newEntries
    deletions += newDeletions
  }

  /// Keys of different lengths, some of which are prefixes of others.
  static func key(_ index: Int) -> [UInt8] {
    Array("k\(index)".utf8)
  }

  /// What a reader at `sequence` finds under each key.
  func state(at sequence: SequenceNumber) -> [[UInt8]: [UInt8]] {
    var newest: [[UInt8]: Entry] = [:]
    for entry in entries where entry.sequence <= sequence {
      if newest[entry.key].map({ $0.sequence < entry.sequence }) ?? true { newest[entry.key] = entry }
    }
    let visible = deletions.filter { $0.sequence <= sequence }
    return newest.filter { key, entry in
      entry.kind == .value
        && !visible.contains {
          $0.sequence > entry.sequence && KeyOrder.compare($0.lower, key) <= 0
            && KeyOrder.compare(key, $0.upper) < 0
        }
    }.mapValues(\.value)
  }

  /// The same, read from a version's tables by its cursors.
  static func scan(_ version: Version, at sequence: SequenceNumber) throws -> [[UInt8]: [UInt8]] {
    var newest: [[UInt8]: Entry] = [:]
    for cursor in version.cursors(from: nil, to: nil, io: .blocking) {
      try cursor.seekToFirst()
      while cursor.isValid {
        let key = Array(cursor.unsafeKey)
        let trailer = InternalKey.trailer(of: key.span.bytes)
        var entry = Entry(
          key: InternalKey.userKey(of: key), sequence: InternalKey.sequence(ofTrailer: trailer),
          kind: InternalKey.kind(ofTrailer: trailer)!, value: Array(cursor.unsafeValue))
        if entry.kind == .valuePointer {
          let value = try entry.key.withUnsafeBytes {
            try version.largeValue(cursor.unsafeValue, ofKey: $0, .blocking)
          }
          entry.kind = .value
          entry.value = Array(value.unsafeBytes)
        }
        if entry.sequence <= sequence, newest[entry.key].map({ $0.sequence < entry.sequence }) ?? true {
          newest[entry.key] = entry
        }
        try cursor.next()
      }
    }
    return newest.filter { key, entry in
      entry.kind == .value
        && version.rangeDeletions.newestCovering(key.span.bytes, atOrBelow: sequence) < entry.sequence
    }.mapValues(\.value)
  }

  static func get(_ version: Version, _ key: [UInt8], at sequence: SequenceNumber) throws -> [UInt8]? {
    try key.withUnsafeBytes { bytes in
      try version.get(bytes, hash: KeyHash.hash(key), sequence: sequence, io: .blocking).map {
        Array($0.value.unsafeBytes)
      }
    }
  }
}

extension Version {
  /// A cursor for each run that may hold keys within the bounds.
  func cursors(from lower: [UInt8]?, to upper: [UInt8]?, io: ReadIO) -> [RunCursor] {
    var cursors: [RunCursor] = []
    forEachRun(from: lower, to: upper) { run in
      cursors.append(
        RunCursor((0..<run.count).map { run[$0] }, CursorOptions(io: io, lower: lower, upper: upper)))
    }
    return cursors
  }
}
