/// Records that are added but not yet handed to the file: their bytes as they will be written, and where a new segment
/// begins among them.
struct LogBuffer: ~Copyable {
  struct Cut {
    /// Bytes of the buffer that belong before the new segment.
    var offset: Int
    var header: LogFormat.SegmentHeader
  }

  private(set) var bytes: RawBuffer
  private(set) var cuts: [Cut] = []
  private(set) var records = 0

  /// As many as `logBufferBytesMax` usually is: growing would copy while commits wait, and memory of this size costs nothing
  /// before it is touched.
  private static let capacityBytesFirst = 8 << 20

  init() { bytes = RawBuffer(capacity: Self.capacityBytesFirst) }

  var count: Int { bytes.count }
  var isEmpty: Bool { bytes.count == 0 && cuts.isEmpty }

  mutating func cut(_ header: LogFormat.SegmentHeader) {
    cuts.append(Cut(offset: bytes.count, header: header))
  }

  /// Adds a record. Its header may say that the payload is longer than it is: the rest is room for a seal.
  mutating func append(_ header: LogFormat.RecordHeader, _ payload: RawSpan) {
    let recordBytes = LogFormat.recordBytes(payloadBytes: header.payloadBytes)
    bytes.reserve(recordBytes)
    let start = bytes.base + bytes.count
    LogFormat.write(header, to: start)
    payload.withUnsafeBytes {
      (start + LogFormat.recordHeaderBytes).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
    }
    let end = LogFormat.recordHeaderBytes + payload.byteCount
    (start + end).initializeMemory(as: UInt8.self, repeating: 0, count: recordBytes - end)
    bytes.didWrite(recordBytes)
    records &+= 1
  }

  /// Lends some of the bytes to be changed.
  mutating func withMutableBytes(in range: Range<Int>, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
    precondition(range.upperBound <= bytes.count)
    body(UnsafeMutableRawBufferPointer(start: bytes.base + range.lowerBound, count: range.count))
  }

  /// Empties it. Memory that a huge record made it take is given back.
  mutating func removeAll(keepingBytes keptBytes: Int) {
    if bytes.capacity > max(keptBytes, Self.capacityBytesFirst) {
      bytes = RawBuffer(capacity: Self.capacityBytesFirst)
    } else {
      bytes.truncate(to: 0)
    }
    cuts.removeAll(keepingCapacity: true)
    records = 0
  }
}
