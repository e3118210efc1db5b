/// Where a value lies that is not in its table. An entry of kind `.valuePointer` holds this in place of it.
package struct ValuePointer: Equatable, Sendable {
  /// The value file's number.
  package var file: UInt64
  /// Where the value's record begins.
  package var offset: Int
  /// Bytes of the value as it is stored, without what comes before and behind it.
  package var storedBytes: Int
  /// Bytes of the value.
  package var rawBytes: Int

  package init(file: UInt64, offset: Int, storedBytes: Int, rawBytes: Int) {
    self.file = file
    self.offset = offset
    self.storedBytes = storedBytes
    self.rawBytes = rawBytes
  }

  /// Bytes of the whole record.
  package var recordBytes: Int {
    ValueFileFormat.recordHeaderBytes + storedBytes + TableFormat.blockTrailerBytes
  }

  /// Where the next record begins.
  package var end: Int { offset + recordBytes }

  /// Four varints.
  package func append(to buffer: inout RawBuffer) {
    buffer.appendVarint(file)
    buffer.appendVarint(UInt64(offset))
    buffer.appendVarint(UInt64(storedBytes))
    buffer.appendVarint(UInt64(rawBytes))
  }

  /// What an entry's value says; nil unless it is four numbers that can be true of a file, and no more.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return nil }
    var position = 0
    guard let file = Varint.read(base, bytes.count, at: &position),
      let offset = Varint.read(base, bytes.count, at: &position), offset <= Self.offsetMax,
      let storedBytes = Varint.read(base, bytes.count, at: &position),
      storedBytes <= UInt64(TableFormat.blockBytesMax),
      let rawBytes = Varint.read(base, bytes.count, at: &position),
      rawBytes <= UInt64(TableFormat.blockBytesMax), position == bytes.count
    else { return nil }
    self.init(file: file, offset: Int(offset), storedBytes: Int(storedBytes), rawBytes: Int(rawBytes))
  }

  private static let offsetMax: UInt64 = 1 << 53

  /// An entry that says where its value is says something that can't be.
  static var malformed: TreeError {
    .corruption(file: "", offset: 0, reason: "an entry's pointer to its value is malformed")
  }
}
