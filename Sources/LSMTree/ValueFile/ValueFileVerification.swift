extension ValueFile {
  /// Reads the file from end to end, past the cache: every record's checksum, that one follows the other up to the file's
  /// end, and that there are as many as the manifest says. Values that nobody refers to any more are checked, too.
  ///
  /// - Parameter note: called with each thing that is wrong, `TreeError.corruption`. The check goes on behind a record whose bytes
  ///   are damaged, if this returns; it throws what was found unless another is given.
  package func verify(
    damage note: (TreeError) throws(TreeError) -> Void = { error throws(TreeError) in throw error }
  ) throws(TreeError) {
    let (file, _) = try openFile()
    guard try file.sizeBytes() == info.sizeBytes else {
      throw damage(0, "the file is not as long as the manifest says")
    }
    var records = RecordWindow(file, from: try firstRecordOffset(file), to: info.sizeBytes)
    var valueCount = 0
    var valueBytes = 0
    while records.offset < info.sizeBytes {
      guard let start = try records.bytes(ValueFileFormat.recordHeaderBytes) else {
        throw damage(records.offset, "a record is cut off")
      }
      let header = ValueRecordHeader(start)
      guard header.storedBytes <= TableFormat.blockBytesMax,
        let record = try records.bytes(header.recordBytes)
      else { throw damage(records.offset, "a record is cut off") }
      if !BlockCodec.isChecksumRight(record + ValueFileFormat.recordHeaderBytes, header.storedBytes) {
        try note(damage(records.offset, BlockCodec.Damage.checksum.reason))
      }
      valueCount += 1
      valueBytes += header.rawBytes
      records.advance(header.recordBytes)
    }
    guard valueCount == info.valueCount, valueBytes == info.valueBytes else {
      return try note(damage(0, "the file holds other values than the manifest says"))
    }
  }

  /// That a pointer leads to the beginning of a record of its key. What the record holds is for `verify()` to check, but for
  /// the seal of an encrypted one, which takes the key's hash to be opened.
  package func verify(_ pointer: ValuePointer, keyHash: UInt32) throws(TreeError) {
    try checkBounds(pointer)
    let (file, codec) = try openFile()
    if codec.cipher != nil {
      _ = try read(pointer, keyHash: keyHash)
      return
    }
    let bytes = try file.readBytes(
      pointer.offset..<pointer.offset + ValueFileFormat.recordHeaderBytes)
    let header = bytes.withUnsafeBytes { ValueRecordHeader($0.baseAddress!) }
    try check(header, against: pointer, keyHash)
  }
}

/// A window that goes once through a file's records.
private struct RecordWindow: ~Copyable {
  private let file: any ReadableFile
  private let end: Int
  private(set) var offset: Int
  private var buffer: UnsafeMutableRawBufferPointer
  /// Bytes of the file from `offset` on that are in the buffer, which begin at `start`.
  private var start = 0
  private var count = 0

  private static let windowBytes = 1 << 20

  init(_ file: any ReadableFile, from offset: Int, to end: Int) {
    self.file = file
    self.offset = offset
    self.end = end
    buffer = .allocate(byteCount: Self.windowBytes, alignment: 16)
  }

  deinit { buffer.deallocate() }

  /// The next so many bytes, until the following call; nil if the file does not have them.
  mutating func bytes(_ wanted: Int) throws(TreeError) -> UnsafeRawPointer? {
    guard wanted <= end - offset else { return nil }
    if wanted > count {
      if wanted > buffer.count {
        buffer.deallocate()
        buffer = .allocate(byteCount: wanted, alignment: 16)
      }
      start = 0
      count = 0
      let most = min(buffer.count, end - offset)
      count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<most]), at: offset)
      guard wanted <= count else { return nil }
    }
    return UnsafeRawPointer(buffer.baseAddress! + start)
  }

  mutating func advance(_ passed: Int) {
    offset += passed
    start += passed
    count -= passed
  }
}
