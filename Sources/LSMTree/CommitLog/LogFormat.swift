internal import CPlatform

/// Byte layout of a log segment; Docs/Formats/CommitLog.md says it in full.
///
/// A segment is a header and records, each at a multiple of eight bytes. All numbers are little-endian. Every record
/// names its segment, so that what an earlier life of a recycled file left behind is never taken for a record of this one.
package enum LogFormat {
  /// "FLYWLOG1".
  static let magic: UInt64 = 0x464C_5957_4C4F_4731
  static let version = 1
  package static let segmentHeaderBytes = 32
  package static let recordHeaderBytes = 32
  static let alignmentBytes = 8

  struct SegmentHeader: Equatable {
    var number: UInt64
    /// The last sequence number before this segment.
    var preceding: SequenceNumber
  }

  struct RecordHeader {
    var payloadChecksum: UInt32
    var payloadBytes: Int
    var segment: UInt32
    var first: SequenceNumber
    /// What was known to be on disk when this record was added. A bad record at or before it is corruption, for it was
    /// synced; one behind it may be a tail that a crash tore.
    var synced: SequenceNumber
  }

  @inline(__always)
  static func paddedBytes(_ bytes: Int) -> Int { (bytes &+ (alignmentBytes &- 1)) & ~(alignmentBytes &- 1) }

  /// Bytes that a record with this payload takes in a segment.
  @inline(__always)
  package static func recordBytes(payloadBytes: Int) -> Int { paddedBytes(recordHeaderBytes &+ payloadBytes) }

  static func write(_ header: SegmentHeader, to target: UnsafeMutableRawPointer) {
    target.storeBytes(of: magic.bigEndian, as: UInt64.self)
    target.storeBytes(of: UInt32(version).littleEndian, toByteOffset: 8, as: UInt32.self)
    target.storeBytes(of: header.number.littleEndian, toByteOffset: 16, as: UInt64.self)
    target.storeBytes(of: header.preceding.littleEndian, toByteOffset: 24, as: UInt64.self)
    sign(target)
  }

  private static func sign(_ header: UnsafeMutableRawPointer) {
    header.storeBytes(of: segmentChecksum(header).littleEndian, toByteOffset: 12, as: UInt32.self)
  }

  /// Of the whole header but the checksum itself.
  private static func segmentChecksum(_ header: UnsafeRawPointer) -> UInt32 {
    platform_crc32c(platform_crc32c(0, header, 12), header + 16, 16)
  }

  /// Makes the checksum of a changed header right, for tests of what comes after it.
  package static func signSegmentHeader(_ header: inout [UInt8]) {
    precondition(header.count == segmentHeaderBytes)
    header.withUnsafeMutableBytes { sign($0.baseAddress!) }
  }

  /// Nil if the bytes are not a segment's header. Throws if they are, but of a newer release.
  static func readSegmentHeader(
    _ bytes: UnsafeRawBufferPointer, file: String
  ) throws(TreeError) -> SegmentHeader? {
    guard bytes.count >= segmentHeaderBytes, let base = bytes.baseAddress,
      UInt64(bigEndian: base.loadUnaligned(as: UInt64.self)) == magic
    else { return nil }
    let checksum = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    guard segmentChecksum(base) == checksum else { return nil }
    let found = Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    guard found <= version else {
      throw .unsupportedFormat(file: file, found: found, newestKnown: version)
    }
    return SegmentHeader(
      number: UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
      preceding: UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
  }

  @inline(__always)
  static func write(_ header: RecordHeader, to target: UnsafeMutableRawPointer) {
    target.storeBytes(of: header.payloadChecksum.littleEndian, toByteOffset: 4, as: UInt32.self)
    target.storeBytes(of: UInt32(header.payloadBytes).littleEndian, toByteOffset: 8, as: UInt32.self)
    target.storeBytes(of: header.segment.littleEndian, toByteOffset: 12, as: UInt32.self)
    target.storeBytes(of: header.first.littleEndian, toByteOffset: 16, as: UInt64.self)
    target.storeBytes(of: header.synced.littleEndian, toByteOffset: 24, as: UInt64.self)
    let checksum = platform_crc32c(0, target + 4, recordHeaderBytes - 4)
    target.storeBytes(of: checksum.littleEndian, as: UInt32.self)
  }

  /// The header at `offset`, if its checksum is right and its payload ends within the bytes.
  static func readRecordHeader(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> RecordHeader? {
    guard bytes.count - offset >= recordHeaderBytes, let start = bytes.baseAddress else { return nil }
    let base = start + offset
    let stored = UInt32(littleEndian: base.loadUnaligned(as: UInt32.self))
    guard platform_crc32c(0, base + 4, recordHeaderBytes - 4) == stored else { return nil }
    let payloadBytes = Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    guard payloadBytes <= bytes.count - offset - recordHeaderBytes else { return nil }
    return RecordHeader(
      payloadChecksum: UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 4, as: UInt32.self)),
      payloadBytes: payloadBytes,
      segment: UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 12, as: UInt32.self)),
      first: UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
      synced: UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
  }

  static func fileName(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".log"
  }

  static func number(ofFileName name: String) -> UInt64? {
    guard name.hasSuffix(".log"), name.utf8.count > 4 else { return nil }
    return UInt64(name.dropLast(4))
  }
}
