internal import CPlatform

/// Reads a log back after the tree was closed or has crashed.
///
/// The tail of the last segment may be torn: a crash keeps any part of what was written but not synced, in any order
/// of pages. Replay stops at the first record that is not whole and drops the rest. But a record that was
/// synced must be whole; if it is not, silence would lose acknowledged writes. Each record says what was synced when it
/// was added, so a whole record found *behind* a bad one tells the two apart: if it says that more was synced than
/// was read so far, the bad record was damaged after it had been on disk, and replay throws `corruption`.
/// (What no later record vouches for can't be told from a torn tail, here or in any log with this layout.)
package struct LogReplay {
  /// A segment file and the last sequence number that was found in it or before it.
  package struct Segment: Equatable, Sendable {
    package var number: UInt64
    package var last: SequenceNumber
    var isSealed = false
  }

  package private(set) var segments: [Segment] = []
  /// The last sequence number read.
  package private(set) var last: SequenceNumber
  /// What of the last segment no record says was synced.
  private(set) var unsynced: UnsyncedTail?
  /// Files that are no segment, since the crash came before their header was synced.
  private(set) var unbegun: [UInt64] = []

  /// The greatest number of any file.
  var lastNumber: UInt64 { max(segments.last?.number ?? 0, unbegun.last ?? 0) }

  struct UnsyncedTail {
    var segment: UInt64
    var offset: Int
    var bytes: [UInt8]
  }

  /// Where the last segment's end is followed by a record of its own that is not whole.
  private(set) var torn: (segment: UInt64, offset: Int)?
  /// Whether the segment before was damaged, so that nobody knows where it ended.
  private var isEndUnknown = false

  private let directory: String
  private let fileSystem: any FileSystem
  private let after: SequenceNumber
  private let keys: DirectoryKeys

  /// More than any segment can have: a full one and one largest record.
  private static let segmentBytesMax = 1 << 30 + 2 * WriteBatch.bytesMax

  /// Reads the segments in `directory` in order and calls `body` with the payload and the first sequence number of
  /// each record behind `after`.
  ///
  /// - Parameter note: called with what is wrong with a segment. Throws it unless another is given; if this returns, reading goes on with
  ///   the next segment, to find all that is wrong.
  package init(
    _ directory: String, fileSystem: any FileSystem, after: SequenceNumber, keys: DirectoryKeys = .none,
    damage note: (TreeError) throws(TreeError) -> Void = { error throws(TreeError) in throw error },
    body: (RawSpan, SequenceNumber) throws(TreeError) -> Void
  ) throws(TreeError) {
    self.directory = directory
    self.fileSystem = fileSystem
    self.after = after
    self.keys = keys
    last = after
    let numbers = try fileSystem.list(directory).compactMap(LogFormat.number(ofFileName:)).sorted()
    for number in numbers {
      do throws(TreeError) {
        try read(number, isLast: number == numbers.last, body)
        isEndUnknown = false
      } catch {
        try note(error)
        isEndUnknown = true
      }
    }
  }

  private mutating func read(
    _ number: UInt64, isLast: Bool, _ body: (RawSpan, SequenceNumber) throws(TreeError) -> Void
  ) throws(TreeError) {
    let path = directory + "/" + LogFormat.fileName(number)
    let bytes = try fileSystem.readAll(path, limitBytes: Self.segmentBytesMax)
    var result: Result<Void, TreeError> = .success(())
    bytes.withUnsafeBytes { buffer in
      do throws(TreeError) {
        try read(buffer, number, path, isLast: isLast, body)
      } catch {
        result = .failure(error)
      }
    }
    try result.get()
  }

  private mutating func read(
    _ bytes: UnsafeRawBufferPointer, _ number: UInt64, _ path: String, isLast: Bool,
    _ body: (RawSpan, SequenceNumber) throws(TreeError) -> Void
  ) throws(TreeError) {
    guard let head = try LogFormat.readHead(bytes, file: path), head.header.number == number else {
      // A header is synced before anything follows it, be it records or another segment.
      guard isLast else {
        throw .corruption(file: path, offset: 0, reason: "the segment's header is damaged")
      }
      unbegun.append(number)
      return
    }
    let cipher = try keys.key(from: head.keyArea, .logSegment, number, path: path)
    try checkContinuity(head.header, path)
    var offset = head.firstRecordOffset
    var expected = head.header.preceding + 1
    var opened = RawBuffer(capacity: 0)
    var starts: [(first: SequenceNumber, offset: Int)] = []
    var synced: SequenceNumber = 0
    while let record = LogFormat.readRecordHeader(bytes, at: offset),
      record.segment == UInt32(truncatingIfNeeded: number), record.first == expected,
      let payload = Self.payload(bytes, offset, record, cipher, &opened)
    {
      let span = RawSpan(_unsafeBytes: payload)
      guard let shape = WriteBatchReader.check(span), shape.count > 0 else {
        throw .corruption(file: path, offset: offset, reason: "the checksum is right but it is not a batch")
      }
      expected = record.first + UInt64(shape.count)
      if isLast { starts.append((record.first, offset)) }
      synced = max(synced, record.synced)
      if expected - 1 > after { try body(span, record.first) }
      offset += LogFormat.recordBytes(payloadBytes: record.payloadBytes)
    }
    last = max(last, expected - 1)
    segments.append(Segment(number: number, last: expected - 1, isSealed: cipher != nil))
    if let start = starts.first(where: { $0.first > synced }) {
      unsynced = UnsyncedTail(
        segment: number, offset: start.offset, bytes: Array(bytes[start.offset..<offset]))
    }
    if isLast, Self.hasRecord(of: number, bytes, at: offset) { torn = (number, offset) }
    if isLast { try checkTail(bytes, from: offset, number, path, cipher, read: max(expected - 1, after)) }
  }

  private func checkContinuity(_ header: LogFormat.SegmentHeader, _ path: String) throws(TreeError) {
    let known = segments.last?.last ?? after
    // A segment begins where its predecessor ends. What lies between may be missing only if tables hold it: they can be
    // ahead of a log that was never synced.
    let isFirst = segments.isEmpty && header.preceding <= known
    let continues =
      isFirst || header.preceding == known || header.preceding > known && header.preceding <= after
    guard continues || isEndUnknown else {
      throw .corruption(
        file: path, offset: 24,
        reason: "the segment continues from \(header.preceding), but the log before it ends at \(known)")
    }
  }

  /// Whether a record of that segment was begun there. Zeros and records of an earlier life of the file are the log's end.
  private static func hasRecord(of number: UInt64, _ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    guard bytes.count - offset >= LogFormat.recordHeaderBytes else {
      return bytes[offset...].contains { $0 != 0 }
    }
    let stated = bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)
    return stated == UInt32(truncatingIfNeeded: number).littleEndian
  }

  /// The payload, if it is whole. A sealed one is opened in `opened`, where it stays until the next: the segment's bytes
  /// must stay what they are, since some of them may have to be written again.
  private static func payload(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, _ record: LogFormat.RecordHeader,
    _ cipher: (any BlockCipher)?, _ opened: inout RawBuffer
  ) -> UnsafeRawBufferPointer? {
    let start = offset + LogFormat.recordHeaderBytes
    let payload = UnsafeRawBufferPointer(rebasing: bytes[start..<start + record.payloadBytes])
    if let cipher { return open(payload, offset, bytes.baseAddress! + offset, cipher, &opened) }
    guard platform_crc32c(0, payload.baseAddress, payload.count) == record.payloadChecksum else { return nil }
    return payload
  }

  private static func open(
    _ payload: UnsafeRawBufferPointer, _ offset: Int, _ record: UnsafeRawPointer, _ cipher: any BlockCipher,
    _ opened: inout RawBuffer
  ) -> UnsafeRawBufferPointer? {
    guard payload.count >= cipher.overheadBytes, let source = payload.baseAddress else { return nil }
    opened.truncate(to: 0)
    opened.append(source, payload.count)
    let block = UnsafeMutableRawBufferPointer(start: opened.base, count: payload.count)
    let context = RawSpan(_unsafeBytes: LogFormat.context(ofRecord: record))
    guard cipher.open(block, at: UInt64(offset), context: context) else { return nil }
    return UnsafeRawBufferPointer(start: opened.base, count: payload.count - cipher.overheadBytes)
  }

  /// Looks behind the end for a whole record of this segment that says the end should be later.
  private func checkTail(
    _ bytes: UnsafeRawBufferPointer, from end: Int, _ number: UInt64, _ path: String,
    _ cipher: (any BlockCipher)?, read: SequenceNumber
  ) throws(TreeError) {
    var opened = RawBuffer(capacity: 0)
    let segment = UInt32(truncatingIfNeeded: number).littleEndian
    var offset = end
    while bytes.count - offset >= LogFormat.recordHeaderBytes {
      let stated = bytes.loadUnaligned(fromByteOffset: offset + 12, as: UInt32.self)
      if stated == segment, let record = LogFormat.readRecordHeader(bytes, at: offset),
        record.synced > read, record.first > read, Self.payload(bytes, offset, record, cipher, &opened) != nil
      {
        throw .corruption(
          file: path, offset: end,
          reason:
            "a record is damaged: sequence \(record.synced) was synced, and \(read) is the last that can be read"
        )
      }
      offset += LogFormat.alignmentBytes
    }
  }
}
