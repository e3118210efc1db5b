/// The numbers that make a file a value file. Docs/Formats/ValueFile.md draws them byte by byte.
///
/// There is no footer and no index: tables say where each value lies, and the manifest how long the file is. What is
/// before a record is enough to go through a file from its beginning, which only a check does.
package enum ValueFileFormat {
  /// "FLYVALUE", read as a little-endian number.
  static let magic: UInt64 = 0x4555_4C41_5659_4C46
  /// Raised by one when a reader of the version before could not read a new file.
  static let version: UInt32 = 1
  package static let headerBytes = 32
  /// Before each stored value: bytes as stored, bytes as they were, hash of the key.
  package static let recordHeaderBytes = 12

  /// - Parameter keyAreaBytes: bytes of the key area that comes behind it; 0 in a file that is not encrypted.
  static func header(number: UInt64, keyAreaBytes: Int = 0) -> [UInt8] {
    var buffer = RawBuffer(capacity: headerBytes)
    buffer.appendZeros(headerBytes)
    buffer.store(magic.littleEndian, at: 0)
    buffer.store(version.littleEndian, at: 8)
    buffer.store(UInt32(keyAreaBytes).littleEndian, at: 12)
    buffer.store(number.littleEndian, at: 16)
    buffer.store(TableFormat.checksum(buffer.base, 28).littleEndian, at: 28)
    return buffer.bytes.withUnsafeBytes { Array($0) }
  }

  /// Checks that these are the first bytes of the value file of that number, in a version that is known; returns how many
  /// bytes its key area has.
  static func checkHeader(_ bytes: [UInt8], number: UInt64, file: String) throws(TreeError) -> Int {
    func damage(_ reason: String) -> TreeError { .corruption(file: file, offset: 0, reason: reason) }
    guard bytes.count == headerBytes else { throw damage("the header is cut off") }
    let (magic, version, keyAreaBytes, statedNumber, checksum) = bytes.withUnsafeBytes { bytes in
      (
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)),
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)),
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 28, as: UInt32.self))
      )
    }
    guard magic == Self.magic else { throw damage("this is not a value file") }
    guard bytes.withUnsafeBytes({ TableFormat.checksum($0.baseAddress!, 28) }) == checksum else {
      throw damage("the header's checksum is wrong")
    }
    guard version <= Self.version else {
      throw .unsupportedFormat(file: file, found: Int(version), newestKnown: Int(Self.version))
    }
    guard version >= 1, statedNumber == number else { throw damage("this is another value file's header") }
    guard keyAreaBytes <= KeyFile.areaBytesMax else { throw damage("the key area's size can't be true") }
    return Int(keyAreaBytes)
  }

  /// What a record keeps of its key's hash, so that nobody is shown the value of another key.
  @inline(__always)
  package static func keyHash(_ userKey: UnsafeRawBufferPointer) -> UInt32 {
    // The empty key may come without an address; nothing is read there.
    let base = userKey.baseAddress ?? UnsafeRawPointer(bitPattern: 16)!
    return UInt32(truncatingIfNeeded: KeyHash.hash(base, userKey.count))
  }
}

/// What comes before a stored value. In an encrypted file the hash is 0, since it would tell of the key; the true one is a part
/// of what is sealed.
struct ValueRecordHeader: Equatable {
  var storedBytes: Int
  var rawBytes: Int
  var keyHash: UInt32

  init(storedBytes: Int, rawBytes: Int, keyHash: UInt32) {
    self.storedBytes = storedBytes
    self.rawBytes = rawBytes
    self.keyHash = keyHash
  }

  /// Reads one at an address with enough bytes behind it.
  init(_ base: UnsafeRawPointer) {
    func number(_ offset: Int) -> UInt32 {
      UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
    self.init(storedBytes: Int(number(0)), rawBytes: Int(number(4)), keyHash: number(8))
  }

  /// The whole record, header and trailer included.
  var recordBytes: Int {
    ValueFileFormat.recordHeaderBytes + storedBytes + TableFormat.blockTrailerBytes
  }
}
