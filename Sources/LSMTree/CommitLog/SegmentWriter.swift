/// Writes a log's bytes into its segment files, one after another. Used by one thread at a time: whoever leads the
/// log's group.
///
/// A segment is complete and synced before the next one is begun, whatever durability its records asked for. So
/// recovery may take a record that is missing before the end of any but the last segment for corruption.
final class SegmentWriter: @unchecked Sendable {
  // Sendable: `LocalLog` lets one thread in at a time.
  private let directory: String
  private let fileSystem: any FileSystem
  private let segmentBytes: Int
  private let isPrewriting: Bool
  private let keys: DirectoryKeys
  /// Of the segment at hand.
  private var cipher: (any BlockCipher)?
  private var file: (any WritableFile)?
  private var number: UInt64 = 0
  private var offset = 0
  /// The file has its blocks up to here.
  private var writtenBytes = 0
  /// All bytes that were handed to the file system.
  private(set) var bytesWritten = 0
  private let zeros: [UInt8]

  /// Zeros written ahead of the end of a file that grows: syncing bytes that lie inside a file is about a third
  /// faster than syncing a file that has grown, since its metadata stays as it is.
  private static let prewriteBytes = 1 << 20

  init(
    directory: String, fileSystem: any FileSystem, segmentBytes: Int, isPrewriting: Bool,
    keys: DirectoryKeys = .none
  ) {
    self.keys = keys
    self.directory = directory
    self.fileSystem = fileSystem
    self.segmentBytes = segmentBytes
    self.isPrewriting = isPrewriting
    zeros = isPrewriting ? Array(repeating: 0, count: min(Self.prewriteBytes, segmentBytes)) : []
  }

  func path(_ number: UInt64) -> String { directory + "/" + LogFormat.fileName(number) }

  /// Writes everything in `buffer`, sealing it where it lies if there is a key. `recycle` gives the path of a file that may be overwritten, if there is one; `sealed` is
  /// told the number of each segment that was finished and the last sequence in it.
  func write(
    _ buffer: inout LogBuffer, recycle: () -> String?, sealed: (UInt64, SequenceNumber) -> Void
  ) throws(TreeError) {
    var start = 0
    for cut in buffer.cuts {
      try write(&buffer, start..<cut.offset)
      start = cut.offset
      if file != nil {
        try finish()
        sealed(number, cut.header.preceding)
      }
      try begin(cut.header, recycled: recycle())
    }
    try write(&buffer, start..<buffer.count)
  }

  private func write(_ buffer: inout LogBuffer, _ range: Range<Int>) throws(TreeError) {
    if let cipher { buffer.withMutableBytes(in: range) { LogFormat.seal($0, at: offset, cipher) } }
    try write(buffer.bytes.bytes.extracting(range))
  }

  func sync() throws(TreeError) {
    if let file { try file.sync() }
  }

  func close() throws(TreeError) {
    if let file { try file.close() }
    file = nil
  }

  private func write(_ bytes: RawSpan) throws(TreeError) {
    guard bytes.byteCount > 0, let file else { return }
    try file.write(bytes, at: offset)
    offset += bytes.byteCount
    bytesWritten += bytes.byteCount
    guard isPrewriting, offset > writtenBytes, offset < segmentBytes else { return }
    let zeros = zeros
    let ahead = min(zeros.count, segmentBytes - offset)
    try file.write(zeros.span.bytes.extracting(0..<ahead), at: offset)
    writtenBytes = offset + ahead
    bytesWritten += ahead
  }

  private func finish() throws(TreeError) {
    try sync()
    try close()
  }

  private func begin(_ header: LogFormat.SegmentHeader, recycled: String?) throws(TreeError) {
    number = header.number
    let path = path(number)
    let file: any WritableFile
    if let recycled {
      try fileSystem.rename(recycled, to: path)
      file = try fileSystem.openForWriting(path)
      writtenBytes = try fileSystem.sizeBytes(of: path)
    } else {
      file = try fileSystem.createFile(path)
      writtenBytes = 0
    }
    // The name first: a header that is durable under the recycled file's old name would read as damage.
    try fileSystem.syncDirectory(directory)
    let key = try keys.newKey(.logSegment, number)
    let head = LogFormat.head(header, keyArea: key.area)
    try file.write(head.span.bytes, at: 0)
    try file.sync()
    self.file = file
    cipher = key.cipher
    offset = head.count
    bytesWritten += head.count
  }
}
