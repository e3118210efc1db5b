/// Writes a table for `Tree.ingest`: entries in ascending order of their keys go in, one file comes out, without a
/// tree and anywhere on disk. Many may be built at once, on any machine.
///
/// The entries have no place in the history yet; the tree that ingests the file gives all of them one.
public struct TableBuilder: ~Copyable {
  private let path: String
  private let times: WriteTimes
  private var writer: TableWriter
  private var smallest: [UInt8] = []
  private var last: [UInt8] = []
  private var internalKey: [UInt8] = []
  private var isEmpty = true

  /// What was built.
  public struct Info: Sendable, Equatable {
    public var path: String
    public var sizeBytes: Int
    /// Entries, deletions among them.
    public var entryCount: Int
    public var deletionCount: Int
    public var smallestKey: [UInt8]
    public var largestKey: [UInt8]
  }

  /// Begins a table. A file that is there loses its content.
  ///
  /// - Parameter options: block size, compression and filter are those of the tables of a tree with these options, and its
  ///   clock says when the entries were written.
  public init(
    _ path: String, options: TreeOptions = .init(), fileSystem: any FileSystem = RealFileSystem()
  ) throws(TreeError) {
    try options.check()
    let file = try fileSystem.createFile(path)
    self.path = path
    times = WriteTimes(options.now())
    writer = TableWriter(file: file, options: TableWriterOptions(options, level: Version.levelCount - 1))
  }

  /// Bytes that the file will have at least.
  public var sizeBytes: Int { writer.sizeBytes }

  /// Sets `key`, which is after the one before, to `value`. Throws `invalidInput` if it is not, and the table can go
  /// on without it; `io` if the file can't be written.
  public mutating func put(_ key: RawSpan, _ value: RawSpan) throws(TreeError) {
    try add(key, value, .value)
  }

  /// Removes `key` from the tree that ingests the table. Throws as `put` does.
  public mutating func delete(_ key: RawSpan) throws(TreeError) {
    try add(key, RawSpan(), .deletion)
  }

  public mutating func put(_ key: [UInt8], _ value: [UInt8]) throws(TreeError) {
    try put(key.span.bytes, value.span.bytes)
  }

  public mutating func delete(_ key: [UInt8]) throws(TreeError) { try delete(key.span.bytes) }

  private mutating func add(_ key: RawSpan, _ value: RawSpan, _ kind: EntryKind) throws(TreeError) {
    guard key.byteCount <= WriteBatch.bytesMax, value.byteCount <= WriteBatch.bytesMax else {
      throw .invalidInput(what: path, reason: "an entry is larger than a batch may be")
    }
    guard isEmpty || KeyOrder.compare(last.span.bytes, key) < 0 else {
      throw .invalidInput(what: path, reason: "a key is not after the one before it")
    }
    var entry = internalKey
    internalKey = []
    entry.removeAll(keepingCapacity: true)
    InternalKey.append(key, trailer: InternalKey.trailer(0, kind), to: &entry)
    try writer.add(entry.span.bytes, value, times: times)
    internalKey = entry
    last.removeAll(keepingCapacity: true)
    key.withUnsafeBytes { last.append(contentsOf: $0) }
    if isEmpty { smallest = last }
    isEmpty = false
  }

  /// Writes the rest and syncs the file; its name is durable when it has been ingested. Throws `invalidInput` if
  /// nothing was added.
  public consuming func finish() throws(TreeError) -> Info {
    guard !isEmpty else { throw .invalidInput(what: path, reason: "a table without entries") }
    let smallest = smallest
    let last = last
    let path = path
    let table = try writer.finish()
    return Info(
      path: path, sizeBytes: table.sizeBytes, entryCount: table.properties.entryCount,
      deletionCount: table.properties.deletionCount, smallestKey: smallest, largestKey: last)
  }
}
