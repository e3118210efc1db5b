/// When entries were written, in whole seconds since 1970. 32 bits last until 2106.
package struct WriteTimes: Equatable, Sendable {
  package var earliest: UInt32
  package var latest: UInt32

  package init(earliest: UInt32, latest: UInt32) {
    self.earliest = earliest
    self.latest = latest
  }

  package init(_ seconds: UInt32) {
    self.init(earliest: seconds, latest: seconds)
  }
}

/// Bounds on the entries of a block, a part of an index, or a whole table: what a reader may skip it by.
package struct BlockFacts: Equatable, Sendable {
  package var sequenceMin: SequenceNumber = .max
  package var sequenceMax: SequenceNumber = 0
  package var timeMin: UInt32 = .max
  package var timeMax: UInt32 = 0

  package init() {}

  package var isEmpty: Bool { sequenceMin > sequenceMax }

  package var times: WriteTimes { WriteTimes(earliest: min(timeMin, timeMax), latest: timeMax) }

  @inline(__always)
  mutating func add(_ sequence: SequenceNumber, _ times: WriteTimes) {
    sequenceMin = min(sequenceMin, sequence)
    sequenceMax = max(sequenceMax, sequence)
    timeMin = min(timeMin, times.earliest)
    timeMax = max(timeMax, times.latest)
  }

  mutating func add(_ other: BlockFacts) {
    sequenceMin = min(sequenceMin, other.sequenceMin)
    sequenceMax = max(sequenceMax, other.sequenceMax)
    timeMin = min(timeMin, other.timeMin)
    timeMax = max(timeMax, other.timeMax)
  }
}

/// The value of an index entry: where the block is, and its facts, the upper of each as the distance from the lower.
enum IndexValue {
  static func append(_ handle: BlockHandle, _ facts: BlockFacts, to buffer: inout [UInt8]) {
    Varint.append(UInt64(handle.offset), to: &buffer)
    Varint.append(UInt64(handle.sizeBytes), to: &buffer)
    Varint.append(facts.sequenceMin, to: &buffer)
    Varint.append(facts.sequenceMax - facts.sequenceMin, to: &buffer)
    Varint.append(UInt64(facts.timeMin), to: &buffer)
    Varint.append(UInt64(facts.timeMax - facts.timeMin), to: &buffer)
  }

  /// Nil if it is none, or points outside of the first `limit` bytes of the file.
  @inline(__always)
  static func handle(_ value: UnsafeRawBufferPointer, limit: Int) -> BlockHandle? {
    var offset = 0
    return handle(value, limit: limit, &offset)
  }

  @inline(__always)
  private static func handle(_ value: UnsafeRawBufferPointer, limit: Int, _ offset: inout Int) -> BlockHandle?
  {
    guard let base = value.baseAddress, let start = Varint.read(base, value.count, at: &offset),
      let size = Varint.read(base, value.count, at: &offset), start <= UInt64(limit),
      size <= UInt64(TableFormat.blockBytesMax)
    else { return nil }
    let handle = BlockHandle(offset: Int(start), sizeBytes: Int(size))
    return handle.end <= limit ? handle : nil
  }

  static func facts(_ value: UnsafeRawBufferPointer, limit: Int) -> BlockFacts? {
    var offset = 0
    guard handle(value, limit: limit, &offset) != nil, let base = value.baseAddress,
      let sequenceMin = Varint.read(base, value.count, at: &offset), sequenceMin <= sequenceNumberMax,
      let sequences = Varint.read(base, value.count, at: &offset), sequences <= sequenceNumberMax,
      let timeMin = Varint.read(base, value.count, at: &offset), timeMin <= UInt64(UInt32.max),
      let times = Varint.read(base, value.count, at: &offset), times <= UInt64(UInt32.max) - timeMin
    else { return nil }
    var facts = BlockFacts()
    facts.sequenceMin = sequenceMin
    facts.sequenceMax = sequenceMin + sequences
    facts.timeMin = UInt32(timeMin)
    facts.timeMax = UInt32(timeMin + times)
    return facts
  }
}
