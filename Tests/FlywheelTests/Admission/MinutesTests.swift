import DynamoModel
import Flywheel
import TestSupport
import Testing

/// What is made of minutes: of whole ones, of those that nobody saw end, and of the silence between them.
@Suite struct MinutesTests {
  private static let second: Int64 = 1_000_000_000

  /// A table, and what it is charged with directly: a minute at thousands of units a second is one charge.
  private final class Subject {
    let stage: ScenarioStage
    private var random = HistoryRandom(seed: 4_711)

    init(_ table: String, second: Int64 = 0) throws {
      stage = try ScenarioStage()
      stage.hand.now += second * MinutesTests.second
      _ = try stage.perform(table)
    }

    deinit { try? stage.database.close() }

    var admission: ResourceAdmission { stage.database.tableNow("table")!.admission! }
    var warm: String { get throws { try stage.perform("warm") } }
    var partitions: String { get throws { try stage.perform("partitions") } }

    func read(_ units: Double, of hash: UInt64 = 77) {
      admission.charge(reading: units, of: hash, at: stage.hand.now)
      stage.database.housekeeper.waitUntilIdle()
    }

    func advance(_ seconds: Int64) { stage.hand.now += seconds * MinutesTests.second }

    /// Keeps a partition busy with many keys of it for a minute less a second.
    func heat() {
      for _ in 0..<590 {
        stage.hand.now += MinutesTests.second / 10
        for _ in 0..<10 { read(30, of: UInt64.random(in: 0..<64, using: &random) << 40) }
      }
    }
  }

  @Test func aPeakBeforeSilenceCounts() throws {
    let subject = try Subject("table on-demand=yes")
    subject.read(8_000 * 60)
    subject.advance(3 * 3_600)
    subject.read(1)
    #expect(try subject.warm == "read 16000, write 4000")
  }

  @Test func eachPeakCountsHalfAnHourAfterIt() throws {
    let subject = try Subject("table on-demand=yes")
    var levels: [String] = []
    for minute in 0..<60 {
      subject.read(minute == 0 ? 8_000 * 60 : minute == 20 ? 12_000 * 60 : 60)
      subject.advance(60)
      if [29, 30, 31, 49, 50, 51].contains(minute) { levels.append(try subject.warm) }
    }
    // The first minute is over at 1, so its level is there when minute 31 begins; that of minute 20 when 51 does.
    #expect(
      levels == [
        "read 12000, write 4000", "read 12000, write 4000", "read 16000, write 4000",
        "read 16000, write 4000", "read 16000, write 4000", "read 24000, write 4000",
      ])
  }

  @Test func ofAMinuteNoSecondIsThePeak() throws {
    // One second before the minute of the time of day ends.
    let subject = try Subject("table on-demand=yes", second: 59)
    subject.read(12_000)
    subject.advance(1)
    subject.read(1)
    subject.advance(1_900)
    subject.read(1)
    #expect(try subject.warm == "read 12000, write 4000")
  }

  @Test func whatEndsAMinuteIsNoPartOfIt() throws {
    let subject = try Subject("table on-demand=yes")
    subject.read(7_000 * 60)
    subject.advance(60)
    subject.read(7_000 * 60)
    for _ in 0..<32 {
      subject.advance(60)
      subject.read(1)
    }
    #expect(try subject.warm == "read 14000, write 4000")
  }

  @Test func heatBeforeSilenceSplits() throws {
    let subject = try Subject("table read=3000 write=1000")
    subject.heat()
    subject.advance(1)
    subject.heat()
    subject.advance(3_600)
    #expect(try subject.partitions == "1")
    subject.read(1)
    #expect(try subject.partitions == "2")
  }

  @Test func hotMinutesWithSilenceBetweenAreNotOnEnd() throws {
    let subject = try Subject("table read=3000 write=1000")
    for _ in 0..<3 {
      subject.heat()
      subject.advance(3_601)
    }
    subject.read(1)
    #expect(try subject.partitions == "1")
    // Nor is the first minute after silence hot for what came in a moment of it.
    subject.heat()
    subject.advance(1)
    subject.heat()
    subject.advance(1)
    subject.read(1)
    #expect(try subject.partitions == "2")
  }

  @Test func whoStandsOnAnOldTableEndsNoMinute() throws {
    let subject = try Subject("table on-demand=yes")
    let old = subject.admission
    subject.read(8_000 * 60)
    var request = UpdateTableRequest(tableName: "table")
    request.deletionProtectionEnabled = true
    _ = try subject.stage.database.performAndWait(UpdateTable.self, request)
    #expect(old !== subject.admission)
    subject.advance(3_600)
    old.charge(reading: 1, of: 77, at: subject.stage.hand.now)
    subject.stage.database.housekeeper.waitUntilIdle()
    #expect(try subject.warm == "read 12000, write 4000")
    subject.read(1)
    #expect(try subject.warm == "read 16000, write 4000")
  }
}
