import CPlatform
import LSMTree

/// A directory with a log in it.
struct LogFixture {
  static let directory = "/log"
  let fileSystem: any FileSystem
  var options = TreeOptions()

  init(_ fileSystem: any FileSystem = MemoryFileSystem()) {
    self.fileSystem = fileSystem
    options.logSegmentBytes = 64 << 10
  }

  /// Opens the log and collects what it replays: the first sequence number and the first key of each batch.
  func open(
    after: SequenceNumber = 0
  ) throws(TreeError) -> (log: LocalLog, replayed: [(first: SequenceNumber, key: [UInt8])]) {
    var replayed: [(first: SequenceNumber, key: [UInt8])] = []
    let log = try LocalLog.open(
      Self.directory, fileSystem: fileSystem, options: options, after: after
    ) { (payload, first) throws(TreeError) in
      payload.withUnsafeBytes { bytes in
        var reader = WriteBatchReader(bytes)
        replayed.append((first, reader.next().map { Array($0.key) } ?? []))
      }
    }
    return (log, replayed)
  }

  /// Adds a batch of `count` entries with values of `valueBytes`.
  static func append(
    _ log: LocalLog, first: SequenceNumber, count: Int = 1, valueBytes: Int = 10,
    _ durability: Durability = .fsync
  ) throws(TreeError) {
    var batch = WriteBatch()
    for index in 0..<count {
      batch.put(Array("key \(first + UInt64(index))".utf8), [UInt8](repeating: 5, count: valueBytes))
    }
    let checksum = batch.bytes.withUnsafeBytes { platform_crc32c(0, $0.baseAddress, $0.count) }
    try log.append(
      batch.bytes, checksum: checksum, sequences: first...(first + UInt64(count) - 1), durability: durability)
  }

  var segments: [String] { (try? fileSystem.list(Self.directory)) ?? [] }

  func path(_ segment: String) -> String { Self.directory + "/" + segment }

  func bytes(_ segment: String) throws(TreeError) -> [UInt8] {
    try fileSystem.readAll(path(segment), limitBytes: 1 << 30)
  }

  func overwrite(_ segment: String, with bytes: [UInt8], at offset: Int) throws(TreeError) {
    let file = try fileSystem.openForWriting(path(segment))
    try file.write(bytes.span.bytes, at: offset)
    try file.sync()
    try file.close()
  }
}
