internal import CPlatform

/// Byte layout of a log segment; Docs/Formats/CommitLog.md says it in full.
///
/// A segment is a header and records, each at a multiple of eight bytes. All numbers are little-endian. Every record
/// names its segment, so that what an earlier life of a recycled file left behind is never taken for a record of this one.
///
/// In a segment with a key the payloads are sealed, each with its record's header as context, so that a header can't be forged
/// either. A payload is sealed when it is written and not when it is added: by the leader, who holds no lock then.
package enum LogFormat {
  /// "FLYWLOG1".
  static let magic: UInt64 = 0x464C_5957_4C4F_4731
  static let version = 2
  /// All of a header of version 1, and the first bytes of every other.
  package static let segmentHeaderBytes = 32
  /// From version 2 on, behind these: length of the key area, and the CRC-32C of the length and the area.
  static let keyHeaderBytes = 8
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

  /// Where the first record of a segment begins whose key area has so many bytes.
  package static func firstRecordOffset(keyAreaBytes: Int) -> Int {
    paddedBytes(segmentHeaderBytes + keyHeaderBytes + keyAreaBytes)
  }

  /// Everything before the first record.
  static func head(_ header: SegmentHeader, keyArea: [UInt8]) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: firstRecordOffset(keyAreaBytes: keyArea.count))
    let keyStart = segmentHeaderBytes + keyHeaderBytes
    bytes.replaceSubrange(keyStart..<keyStart + keyArea.count, with: keyArea)
    bytes.withUnsafeMutableBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      write(header, to: base)
      let area = base + segmentHeaderBytes
      area.storeBytes(of: UInt32(keyArea.count).littleEndian, as: UInt32.self)
      let checksum = keyAreaChecksum(area, keyArea.count)
      area.storeBytes(of: checksum.littleEndian, toByteOffset: 4, as: UInt32.self)
    }
    return bytes
  }

  private static func keyAreaChecksum(_ area: UnsafeRawPointer, _ count: Int) -> UInt32 {
    platform_crc32c(platform_crc32c(0, area, 4), area + keyHeaderBytes, count)
  }

  /// Nil if it was not written whole.
  private static func readKeyArea(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    let start = segmentHeaderBytes + keyHeaderBytes
    guard bytes.count >= start, let area = bytes.baseAddress.map({ $0 + segmentHeaderBytes }) else {
      return nil
    }
    let count = Int(UInt32(littleEndian: area.loadUnaligned(as: UInt32.self)))
    let stated = UInt32(littleEndian: area.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
    guard count <= KeyFile.areaBytesMax, count <= bytes.count - start, keyAreaChecksum(area, count) == stated
    else { return nil }
    return Array(bytes[start..<start + count])
  }

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

  /// What stands before a segment's first record.
  struct SegmentHead {
    var header: SegmentHeader
    /// Empty in a segment that is not encrypted.
    var keyArea: [UInt8]
    var firstRecordOffset: Int
  }

  /// Nil if the bytes are not a segment's head, written whole. Throws if they are, but of a newer release.
  static func readHead(
    _ bytes: UnsafeRawBufferPointer, file: String
  ) throws(TreeError) -> SegmentHead? {
    guard bytes.count >= segmentHeaderBytes, let base = bytes.baseAddress,
      UInt64(bigEndian: base.loadUnaligned(as: UInt64.self)) == magic
    else { return nil }
    let checksum = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 12, as: UInt32.self))
    guard segmentChecksum(base) == checksum else { return nil }
    let found = Int(UInt32(littleEndian: base.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    guard found <= version else {
      throw .unsupportedFormat(file: file, found: found, newestKnown: version)
    }
    let header = SegmentHeader(
      number: UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
      preceding: UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
    if found == 1 { return SegmentHead(header: header, keyArea: [], firstRecordOffset: segmentHeaderBytes) }
    guard let keyArea = readKeyArea(bytes) else { return nil }
    return SegmentHead(
      header: header, keyArea: keyArea, firstRecordOffset: firstRecordOffset(keyAreaBytes: keyArea.count))
  }

  @inline(__always)
  static func write(_ header: RecordHeader, to target: UnsafeMutableRawPointer) {
    target.storeBytes(of: header.payloadChecksum.littleEndian, toByteOffset: 4, as: UInt32.self)
    target.storeBytes(of: UInt32(header.payloadBytes).littleEndian, toByteOffset: 8, as: UInt32.self)
    target.storeBytes(of: header.segment.littleEndian, toByteOffset: 12, as: UInt32.self)
    target.storeBytes(of: header.first.littleEndian, toByteOffset: 16, as: UInt64.self)
    target.storeBytes(of: header.synced.littleEndian, toByteOffset: 24, as: UInt64.self)
    sign(record: target)
  }

  @inline(__always)
  private static func sign(record target: UnsafeMutableRawPointer) {
    let checksum = platform_crc32c(0, target + 4, recordHeaderBytes - 4)
    target.storeBytes(of: checksum.littleEndian, as: UInt32.self)
  }

  /// Seals the payloads of whole records in place, the first of which will be written at `offset` of its segment.
  ///
  /// A payload's checksum would tell what is in it, to whoever can guess that, so it is made 0; the header's is made anew.
  static func seal(_ records: UnsafeMutableRawBufferPointer, at offset: Int, _ cipher: any BlockCipher) {
    var start = 0
    while start < records.count, let base = records.baseAddress {
      let record = base + start
      record.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
      sign(record: record)
      let payloadBytes = Int(UInt32(littleEndian: record.load(fromByteOffset: 8, as: UInt32.self)))
      let payload = UnsafeMutableRawBufferPointer(start: record + recordHeaderBytes, count: payloadBytes)
      cipher.seal(
        payload, at: UInt64(offset + start), context: RawSpan(_unsafeBytes: context(ofRecord: record)))
      start += recordBytes(payloadBytes: payloadBytes)
    }
  }

  /// What is sealed with a payload: its record's header but for the checksum of that.
  static func context(ofRecord record: UnsafeRawPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: record + 4, count: recordHeaderBytes - 4)
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
