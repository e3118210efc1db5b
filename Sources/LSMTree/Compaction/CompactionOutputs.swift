/// The files that a compaction writes, one after the other.
///
/// An output ends when it is as large as tables are to be, or when it overlaps so much of the level below the output
/// level that compacting it would be dear, or refers to so many bytes in value files that moving them would be. It
/// always ends before a new user key.
struct CompactionOutputs: ~Copyable {
  private let options: CompactionOptions
  private let environment: CompactionEnvironment
  private let grandparents: [TableFileInfo]
  private var writer: TableWriter?
  private var number: UInt64 = 0
  private var begun: [UInt64] = []
  private(set) var files: [TableFileInfo] = []
  private(set) var bytesWritten = 0
  private(set) var entriesWritten = 0

  private var rangeDeletions = RangeDeletions.none
  /// Where the output at hand begins; nil for the first key there may be.
  private var lower: [UInt8]?
  private let upper: [UInt8]?
  private var grandparentIndex = 0
  private var grandparentBytes = 0
  /// Of all entries so far: what is known of the time of range deletions.
  private var times = WriteTimes(earliest: .max, latest: 0)

  init(
    options: CompactionOptions, environment: CompactionEnvironment, part: KeyPart,
    grandparents: [TableFileInfo]
  ) {
    self.options = options
    lower = part.lower
    upper = part.upper
    self.environment = environment
    self.grandparents = grandparents
  }

  /// Has to be told before the first output ends.
  mutating func begin(_ rangeDeletions: RangeDeletions) {
    self.rangeDeletions = rangeDeletions
  }

  mutating func add(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ times: WriteTimes
  ) throws(TreeError) {
    if writer == nil { try open() }
    try writer?.add(key, value, times: times)
    entriesWritten += 1
    self.times = WriteTimes(
      earliest: min(self.times.earliest, times.earliest), latest: max(self.times.latest, times.latest))
  }

  /// Ends the output if it should end before this user key, which is a new one.
  mutating func cutIfFull(before userKey: [UInt8]) throws(TreeError) {
    while grandparentIndex < grandparents.count,
      KeyOrder.compare(grandparents[grandparentIndex].range.upper, userKey) < 0
    {
      grandparentBytes += grandparents[grandparentIndex].sizeBytes
      grandparentIndex += 1
    }
    guard let sizeBytes = writer?.sizeBytes else {
      grandparentBytes = 0
      return
    }
    if grandparentBytes > options.grandparentBytesMax || sizeBytes >= options.tableBytesMax
      || (writer?.referencedBytes ?? 0) >= options.referencedBytesMax
    {
      try close(before: userKey)
    }
  }

  /// Ends the last output. Range deletions behind all entries get a file of their own if need be.
  mutating func finish() throws(TreeError) {
    if writer == nil, !rangeDeletions.clipped(from: lower, to: nil).isEmpty { try open() }
    if writer != nil { try close(before: upper) }
  }

  private mutating func open() throws(TreeError) {
    number = environment.newFileNumber()
    begun.append(number)
    writer = try environment.newTable(number)
  }

  private mutating func close(before upper: [UInt8]?) throws(TreeError) {
    guard var writer = writer.take() else { return }
    let known = times.earliest <= times.latest ? times : WriteTimes(0)
    writer.add(rangeDeletions.clipped(from: lower, to: upper), times: known)
    let table = try writer.finish()
    files.append(TableFileInfo(number: number, table))
    bytesWritten += table.sizeBytes
    lower = upper
    grandparentBytes = 0
  }

  /// Removes what was written. What can't be removed is found at the next opening.
  mutating func removeAll() {
    writer = nil
    for number in begun { try? environment.removeTable(number) }
  }
}
