import DynamoModel
import Flywheel
import TestSupport
import Testing

/// Random requests at random times, beside buckets that are reckoned in the plainest way: so many units now, so many more
/// a second. What is admitted is what they admit, and never more than rate × time + burst and one request.
@Suite struct AdmissionModelTests {
  private struct PlainBucket {
    let rate: Double
    let capacity: Double
    var units: Double
    var time: Int64

    init(rate: Int, seconds: Int, at time: Int64) {
      self.rate = Double(rate)
      capacity = Double(rate * seconds)
      units = capacity
      self.time = time
    }

    mutating func advance(to now: Int64) {
      units = min(capacity, units + Double(now - time) / 1e9 * rate)
      time = now
    }
  }

  /// The units admitted in one direction, for bounds over all stretches of time.
  private struct History {
    var entries: [(time: Int64, units: Double)] = []

    func expectBounded(rate: Int, burst: Int, _ round: Int) {
      for first in stride(from: 0, to: entries.count, by: 37) {
        var before = 0.0
        for last in first..<entries.count {
          let seconds = Double(entries[last].time - entries[first].time) / 1e9
          #expect(before <= Double(rate) * seconds + Double(burst) + 0.01, "round \(round)")
          before += entries[last].units
        }
      }
    }
  }

  @Test(arguments: FuzzRounds(6).map { $0 })
  func admitsWhatPlainBucketsAdmit(_ round: Int) throws {
    var random = HistoryRandom(seed: FuzzRounds.seed(9_100 + UInt64(round)))
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    let rate = Int.random(in: 1...8, using: &random)
    _ = try stage.perform("table read=\(rate) write=\(rate)")
    var buckets = [
      true: [
        PlainBucket(rate: rate, seconds: 300, at: stage.hand.now),
        PlainBucket(rate: 1_000, seconds: 1, at: stage.hand.now),
      ],
      false: [
        PlainBucket(rate: rate, seconds: 300, at: stage.hand.now),
        PlainBucket(rate: 3_000, seconds: 1, at: stage.hand.now),
      ],
    ]
    var histories = [true: History(), false: History()]
    var refused = 0
    for _ in 0..<1_500 {
      stage.hand.now += Self.pause(&random)
      let now = stage.hand.now
      let isWrite = Bool.random(using: &random)
      for position in 0..<2 { buckets[isWrite]![position].advance(to: now) }
      let isAdmitted = buckets[isWrite]!.allSatisfy { $0.units > -0.000_01 }
      let bytes = Int.random(in: 20...(Bool.random(using: &random) ? 1_000 : 60_000), using: &random)
      guard let units = try Self.request(isWrite, bytes, on: stage.database) else {
        refused += 1
        #expect(!isAdmitted || buckets[isWrite]!.contains { abs($0.units) < 0.000_01 }, "round \(round)")
        continue
      }
      #expect(isAdmitted, "round \(round)")
      for position in 0..<2 { buckets[isWrite]![position].units -= units }
      histories[isWrite]!.entries.append((now, units))
    }
    #expect(
      refused > 50 && refused < 1_400, "round \(round): a test that refuses nothing or all tests nothing")
    for (_, history) in histories { history.expectBounded(rate: rate, burst: rate * 300, round) }
  }

  private static func pause(_ random: inout HistoryRandom) -> Int64 {
    switch Int.random(in: 0..<20, using: &random) {
    case 0 where Bool.random(using: &random): Int64.random(in: 0..<20_000_000_000, using: &random)
    case 1...6: Int64.random(in: 0..<500_000_000, using: &random)
    default: Int64.random(in: 0..<20_000_000, using: &random)
    }
  }

  /// Sends a request of a size.
  ///
  /// - Returns: the units that its answer tells; nil if it was refused for its rate.
  private static func request(_ isWrite: Bool, _ bytes: Int, on database: Database) throws -> Double? {
    let item = try Item(["pk": "key", "v": .string(String(repeating: "x", count: bytes))])
    let key = try Item(["pk": "key"])
    do throws(ServiceError) {
      if isWrite {
        let response = try database.performAndWait(
          PutItem.self, PutItemRequest(tableName: "table", item: item, returnConsumedCapacity: .total))
        return response.consumedCapacity?.capacityUnits
      }
      let response = try database.performAndWait(
        GetItem.self,
        GetItemRequest(tableName: "table", key: key, consistentRead: true, returnConsumedCapacity: .total))
      return response.consumedCapacity?.capacityUnits
    } catch {
      #expect(error.code == .provisionedThroughputExceeded)
      return nil
    }
  }
}
