/// Writes one value file from values in any order.
///
/// The file is complete, synced and closed when `finish()` returns; its name is durable only when the caller has synced the
/// directory. A writer that is dropped leaves a file that nothing refers to.
package struct ValueFileWriter: ~Copyable {
  package let number: UInt64
  private let file: any WritableFile
  private let compression: Compression
  private let codec: BlockCodec
  private var output: RawBuffer
  /// Bytes of the file that are written already; `output` comes behind them.
  private var written = 0
  private var unsyncedBytes = 0
  private var valueCount = 0
  private var valueBytes = 0

  /// Bytes that are gathered before they are written.
  private static let writeBytes = 256 << 10
  /// Bytes that are written before they are synced. A file of hundreds of megabytes that is synced all at once makes every
  /// commit that waits for the disk wait for it.
  private static let syncBytes = 16 << 20

  /// - Parameter key: what the values are sealed with. A key is for one file.
  package init(
    number: UInt64, file: any WritableFile, compression: Compression, key: FileKey = .none
  ) {
    self.number = number
    self.file = file
    self.compression = compression
    codec = BlockCodec(cipher: key.cipher)
    output = RawBuffer(capacity: Self.writeBytes + (64 << 10))
    let head = ValueFileFormat.header(number: number, keyAreaBytes: key.area.count) + key.area
    head.withUnsafeBytes { output.append($0.baseAddress!, $0.count) }
  }

  /// Bytes the file would have if it were finished now.
  package var sizeBytes: Int { written + output.count }

  /// Adds a value and returns where it will be found.
  ///
  /// - Parameter keyHash: `ValueFileFormat.keyHash` of the value's key.
  package mutating func add(
    _ value: UnsafeRawBufferPointer, keyHash: UInt32
  ) throws(TreeError) -> ValuePointer {
    precondition(value.count <= TableFormat.blockBytesMax, "a batch can't hold a value as large as that")
    let offset = sizeBytes
    let start = output.count
    output.appendZeros(ValueFileFormat.recordHeaderBytes)
    let stored = codec.append(
      RawSpan(_unsafeBytes: value), compression: compression, at: offset, label: UInt64(keyHash), to: &output)
    output.store(UInt32(stored).littleEndian, at: start)
    output.store(UInt32(value.count).littleEndian, at: start + 4)
    output.store(codec.storedHash(keyHash).littleEndian, at: start + 8)
    valueCount += 1
    valueBytes += value.count
    if output.count >= Self.writeBytes { try flush() }
    return ValuePointer(file: number, offset: offset, storedBytes: stored, rawBytes: value.count)
  }

  /// Writes the rest, syncs and closes.
  package consuming func finish() throws(TreeError) -> ValueFileInfo {
    try flush()
    try file.sync()
    try file.close()
    return ValueFileInfo(
      number: number, sizeBytes: written, valueCount: valueCount, valueBytes: valueBytes)
  }

  private mutating func flush() throws(TreeError) {
    guard output.count > 0 else { return }
    try file.write(output.bytes, at: written)
    written += output.count
    unsyncedBytes += output.count
    output.truncate(to: 0)
    guard unsyncedBytes >= Self.syncBytes else { return }
    try file.sync()
    unsyncedBytes = 0
  }
}

/// What a version knows of a value file without opening it. This is what the manifest stores.
package struct ValueFileInfo: Equatable, Sendable {
  package var number: UInt64
  package var sizeBytes: Int
  package var valueCount: Int
  /// Bytes of the values as they were, before compression.
  package var valueBytes: Int

  package init(number: UInt64, sizeBytes: Int, valueCount: Int, valueBytes: Int) {
    self.number = number
    self.sizeBytes = sizeBytes
    self.valueCount = valueCount
    self.valueBytes = valueBytes
  }

  /// Bytes of all its records, those that nobody refers to any more included, and of its key area.
  package var recordBytes: Int { sizeBytes - ValueFileFormat.headerBytes }
}
