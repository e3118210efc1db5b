import LSMTree
import Synchronization
import Testing

@Suite struct LogReplayTests {
  /// A log of ten records of one entry each, all but the last few synced one by one.
  private func written(_ fixture: LogFixture, synced: SequenceNumber = 10) throws -> String {
    let (log, _) = try fixture.open()
    for sequence in 1...10 as ClosedRange<SequenceNumber> {
      try LogFixture.append(log, first: sequence, valueBytes: 100, sequence <= synced ? .fsync : .none)
      if sequence <= synced { try log.waitUntilDurable(sequence) }
    }
    try log.close()
    return fixture.segments[0]
  }

  private static let recordBytes = LogFormat.recordBytes(payloadBytes: 4 + 1 + 1 + 5 + 1 + 100)

  /// Where the record of a sequence number begins. Keys of one digit are all of one length.
  private func offset(_ sequence: Int) -> Int {
    LogFormat.firstRecordOffset(keyAreaBytes: 0) + (sequence - 1) * Self.recordBytes
  }

  @Test func tailCutAnywhereLosesOnlyWhatItCuts() throws {
    let fixture = LogFixture()
    let segment = try written(fixture)
    let bytes = try fixture.bytes(segment)
    for count in stride(from: LogFormat.firstRecordOffset(keyAreaBytes: 0), through: offset(10), by: 37) {
      let other = LogFixture()
      try other.fileSystem.createDirectory(LogFixture.directory)
      let file = try other.fileSystem.createFile(other.path(segment))
      try file.write(bytes.span.bytes.extracting(0..<count), at: 0)
      let (log, found) = try other.open()
      #expect(found.count == (count - LogFormat.firstRecordOffset(keyAreaBytes: 0)) / Self.recordBytes)
      // What follows begins where the tail was cut.
      try LogFixture.append(log, first: SequenceNumber(found.count + 1))
      try log.close()
      let (again, more) = try other.open()
      #expect(more.count == found.count + 1)
      try again.close()
    }
  }

  @Test func tornRecordThatWasNeverSyncedIsCut() throws {
    let fixture = LogFixture()
    // Records 7 to 10 were written and synced only at the end, so none of them vouches for another.
    let segment = try written(fixture, synced: 6)
    try fixture.overwrite(segment, with: [0xEE], at: offset(8) + 50)
    let (log, found) = try fixture.open()
    #expect(found.map(\.first) == Array(1...7))
    try log.close()
  }

  @Test func damageOfASyncedRecordIsReported() throws {
    for place in [0, 5, 9, 13, 17, 30, 40, 100] {
      let fixture = LogFixture()
      let segment = try written(fixture)
      let before = try fixture.bytes(segment)[offset(4) + place]
      try fixture.overwrite(segment, with: [before ^ 0x10], at: offset(4) + place)
      let failure = try #require(throws: TreeError.self) { _ = try fixture.open() }
      guard case .corruption(let file, let found, _) = failure else {
        Issue.record(failure)
        return
      }
      #expect(file == fixture.path(segment))
      #expect(found == offset(4))
      // What is damaged may be in tables already; then nothing is lost.
      let (log, _) = try fixture.open(after: 10)
      try log.close()
    }
  }

  @Test func damageOfAnEarlierSegmentIsReported() throws {
    let fixture = LogFixture()
    let (log, _) = try fixture.open()
    for sequence in 1...200 as ClosedRange<SequenceNumber> {
      try LogFixture.append(log, first: sequence, valueBytes: 1000, Durability.none)
    }
    try log.close()
    #expect(fixture.segments.count > 2)
    let (first, second) = (fixture.segments[0], fixture.segments[1])
    let original = try fixture.bytes(first)
    // Not synced for its own sake, but a segment is complete before the next one is begun.
    try fixture.overwrite(first, with: [1, 2, 3], at: 30_000)
    #expect(throws: TreeError.self) { _ = try fixture.open() }
    try fixture.overwrite(first, with: original, at: 0)
    try fixture.overwrite(second, with: [1], at: 3)
    #expect(throws: TreeError.self) { _ = try fixture.open() }
    try fixture.fileSystem.remove(fixture.path(second))
    #expect(throws: TreeError.self) { _ = try fixture.open() }
  }

  @Test func missingBeginningIsReported() throws {
    let fixture = LogFixture()
    let (log, _) = try fixture.open()
    for sequence in 1...200 as ClosedRange<SequenceNumber> {
      try LogFixture.append(log, first: sequence, valueBytes: 1000)
    }
    try log.close()
    try fixture.fileSystem.remove(fixture.path(fixture.segments[0]))
    #expect(throws: TreeError.self) { _ = try fixture.open() }
    let (again, _) = try fixture.open(after: 150)
    try again.close()
  }

  @Test func newerFormatIsRefused() throws {
    let fixture = LogFixture()
    let segment = try written(fixture)
    var header = Array(try fixture.bytes(segment)[..<LogFormat.segmentHeaderBytes])
    header[8] = 3
    LogFormat.signSegmentHeader(&header)
    try fixture.overwrite(segment, with: header, at: 0)
    #expect(throws: TreeError.unsupportedFormat(file: fixture.path(segment), found: 3, newestKnown: 2)) {
      _ = try fixture.open()
    }
  }

  /// A crash while a segment was begun leaves a name without a header.
  @Test func segmentThatWasNeverBegunIsNoDamage() throws {
    let fixture = LogFixture()
    _ = try written(fixture)
    _ = try fixture.fileSystem.createFile(fixture.path("00000002.log"))
    let (log, found) = try fixture.open()
    #expect(found.count == 10)
    try LogFixture.append(log, first: 11)
    try log.close()
    let (again, more) = try fixture.open()
    #expect(more.count == 11)
    try again.close()
  }

  /// A failed sync leaves records that can be read but may not be on disk, now or after another sync. Once a log
  /// was opened with them, they must be.
  @Test func whatWasReplayedSurvivesAPowerCut() throws {
    for seed in 0..<20 as Range<UInt64> {
      let isFailing = Shared(Atomic<Bool>(false))
      let disk = FaultFileSystem { operation in
        operation.kind == .sync && isFailing.value.load(ordering: .relaxed) ? .fail(errno: 5) : nil
      }
      let (log, _) = try LogFixture(disk).open()
      for sequence in 1...5 as ClosedRange<SequenceNumber> {
        try LogFixture.append(log, first: sequence)
        try log.waitUntilDurable(sequence)
      }
      isFailing.value.store(true, ordering: .relaxed)
      try LogFixture.append(log, first: 6)
      #expect(throws: TreeError.self) { try log.waitUntilDurable(6) }
      #expect(throws: TreeError.self) { try log.close() }
      isFailing.value.store(false, ordering: .relaxed)
      let (again, found) = try LogFixture(disk).open()
      try again.close()
      let (afterwards, survived) = try LogFixture(disk.afterPowerCut(seed: seed)).open()
      try afterwards.close()
      #expect(survived.count >= found.count, "seed \(seed)")
    }
  }

  /// Bytes at random over what is not synced never crash replay, and never bring back what was not written.
  @Test func noise() throws {
    var random = SeededGenerator(seed: 17)
    for _ in 0..<150 {
      let fixture = LogFixture()
      let segment = try written(fixture, synced: 5)
      for _ in 0...random.below(4) {
        try fixture.overwrite(
          segment, with: random.bytes(1 + random.below(40)),
          at: offset(6) + random.below(5 * Self.recordBytes))
      }
      let (log, found) = try fixture.open()
      #expect(found.count >= 5)
      #expect(found.map(\.first) == Array(1...SequenceNumber(found.count)))
      try log.close()
    }
  }
}
