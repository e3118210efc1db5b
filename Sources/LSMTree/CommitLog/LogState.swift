/// What `LocalLog` keeps behind its monitor.
struct LogState: ~Copyable {
  /// Records that were added since the last group began.
  var buffer = LogBuffer()
  /// Records of the group being written; belongs to the leader while `isLed`. In memory of its own: the leader works on it
  /// without the monitor, while others with the monitor change what is here.
  let taken: UnsafeMutablePointer<LogBuffer>

  /// The last sequence number added.
  var last: SequenceNumber
  /// The last that is known to be on disk.
  var synced: SequenceNumber
  /// The last that asked for a sync of its own.
  var lastToSync: SequenceNumber
  var failure: TreeError?

  // The group being led, or the last one that was.
  var isLed = false
  var group = 0
  var lastInGroup: SequenceNumber
  var waiters = (0, 0)

  // Where the next record goes.
  var segmentNumber: UInt64
  /// Nil before the first record: a segment is begun by what is written to it.
  var segmentOffset: Int?
  /// Finished segments, oldest first.
  var segments: [LogReplay.Segment]
  /// Paths of segments that may be overwritten.
  var recyclable: [String] = []

  // The log's thread.
  var thread: BackgroundThread?
  var threadIsIdle = false
  var isClosing = false
  var callbacks = DurableCallbacks()
  var intervalMilliseconds = 0
  /// Whether anything was added since the thread last looked.
  var hasNews = false

  private var metrics = CommitLogMetrics()
  private var recordsUnsynced = 0

  // What encryption makes of segments and records: where the first record begins, and by how much each payload grows.
  private let firstRecordOffset: Int
  private let overheadBytes: Int
  private let isSealing: Bool

  init(
    last: SequenceNumber, segments: [LogReplay.Segment], nextNumber: UInt64, keys: DirectoryKeys = .none
  ) {
    taken = .allocate(capacity: 1)
    taken.initialize(to: LogBuffer())
    firstRecordOffset = LogFormat.firstRecordOffset(keyAreaBytes: keys.keyAreaBytes)
    overheadBytes = keys.overheadBytes
    isSealing = keys.isSealing
    self.last = last
    synced = last
    lastToSync = last
    lastInGroup = last
    self.segments = segments
    segmentNumber = nextNumber - 1
  }

  deinit {
    taken.deinitialize(count: 1)
    taken.deallocate()
  }

  mutating func append(
    _ payload: RawSpan, _ checksum: UInt32, _ sequences: ClosedRange<SequenceNumber>, segmentBytes: Int
  ) {
    let payloadBytes = payload.byteCount &+ overheadBytes
    let recordBytes = LogFormat.recordBytes(payloadBytes: payloadBytes)
    let offset = segmentOffset ?? Int.max
    if offset == Int.max || offset &+ recordBytes > segmentBytes && offset > firstRecordOffset {
      segmentNumber += 1
      segmentOffset = firstRecordOffset
      buffer.cut(LogFormat.SegmentHeader(number: segmentNumber, preceding: last))
    }
    buffer.append(
      LogFormat.RecordHeader(
        payloadChecksum: checksum, payloadBytes: payloadBytes,
        segment: UInt32(truncatingIfNeeded: segmentNumber), first: sequences.lowerBound, synced: synced),
      payload)
    segmentOffset = segmentOffset! &+ recordBytes
    last = sequences.upperBound
    hasNews = true
    metrics.records &+= 1
    metrics.bytes &+= payload.byteCount
    recordsUnsynced &+= 1
  }

  /// The next record begins a segment, whose header says where the numbers go on.
  mutating func skip(through sequence: SequenceNumber) {
    precondition(sequence > last)
    last = sequence
    segmentOffset = nil
  }

  mutating func beginGroup() {
    precondition(!isLed)
    isLed = true
    group &+= 1
    lastInGroup = last
    let taken = taken
    swap(&buffer, &taken.pointee)
  }

  /// - Parameter bytesWritten: everything that was ever handed to the file system.
  mutating func endGroup(keepingBytes: Int, bytesWritten: Int) {
    metrics.bytesWritten = bytesWritten
    taken.pointee.removeAll(keepingBytes: keepingBytes)
    isLed = false
  }

  mutating func didSync(_ target: SequenceNumber, _ nanoseconds: UInt64) {
    synced = target
    metrics.syncs += 1
    metrics.syncNanoseconds += Int(nanoseconds)
    let behind = buffer.records
    metrics.recordsSynced += recordsUnsynced - behind
    recordsUnsynced = behind
  }

  /// Takes finished segments with nothing behind `sequence` off the list: to the recyclable ones, or to be removed. One from
  /// before encryption is always removed, since behind the end of what it is written with next it would keep its old bytes.
  mutating func release(
    through sequence: SequenceNumber, path: (UInt64) -> String, recyclableMax: Int
  ) -> [String] {
    var removable: [String] = []
    while let first = segments.first, first.last <= sequence {
      segments.removeFirst()
      if recyclable.count < recyclableMax, first.isSealed == isSealing {
        recyclable.append(path(first.number))
      } else {
        removable.append(path(first.number))
      }
    }
    return removable
  }

  var currentMetrics: CommitLogMetrics {
    var metrics = metrics
    metrics.segments = segments.count + (segmentOffset == nil ? 0 : 1)
    metrics.segmentsRecyclable = recyclable.count
    return metrics
  }
}

/// Callbacks that wait for a sequence number to be durable, in order of it.
struct DurableCallbacks {
  typealias Body = @Sendable (TreeError?) -> Void

  private var waiting: [(sequence: SequenceNumber, body: Body)] = []
  private var head = 0

  var isEmpty: Bool { head == waiting.count }
  var first: SequenceNumber? { isEmpty ? nil : waiting[head].sequence }

  /// Callers come nearly in order, so the place is found from the end.
  mutating func add(_ sequence: SequenceNumber, _ body: @escaping Body) {
    var index = waiting.count
    while index > head, waiting[index - 1].sequence > sequence { index -= 1 }
    waiting.insert((sequence, body), at: index)
  }

  /// Those that wait for `sequence` or less.
  mutating func take(through sequence: SequenceNumber) -> [Body] {
    let start = head
    while head < waiting.count, waiting[head].sequence <= sequence { head += 1 }
    let taken = waiting[start..<head].map(\.body)
    if head == waiting.count || head > 1024 {
      waiting.removeSubrange(0..<head)
      head = 0
    }
    return taken
  }
}
