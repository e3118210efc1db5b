import DynamoModel
import Flywheel
import LSMTree
import Testing

/// What the database does of its own accord costs nobody units, and is not held up for want of them.
@Suite struct HousekeepingThrottlingTests {
  @Test func expiryIsNeitherRefusedNorCharged() throws {
    let stage = try ScenarioStage()
    defer { try? stage.database.close() }
    let database = stage.database
    _ = try stage.perform("table read=1000 write=1000 iread=1 iwrite=1")
    _ = try database.performAndWait(
      UpdateTimeToLive.self,
      UpdateTimeToLiveRequest(
        tableName: "table",
        timeToLiveSpecification: TimeToLiveSpecification(enabled: true, attributeName: "until")))
    let until = stage.hand.now / 1_000_000_000
    for number in 0..<249 {
      try put(
        ["pk": .string("key \(number)"), "g": "group", "until": .number(DynamoNumber(until))], database)
    }
    // Entries of three units, until the index owes three: its 300 are used up, and in a second comes one.
    let isAdmitted = { (name: String) in
      do {
        try self.put(
          ["pk": .string(name + String(repeating: "x", count: 2_000)), "g": .string(self.longName)], database)
        return true
      } catch { return false }
    }
    let large = (0..<100).prefix { isAdmitted("\($0)") }.count
    #expect(large == 18)
    let before = try units(of: database)
    stage.hand.now += 1_000_000_000
    #expect(!isAdmitted("refused"), "the index is to be in debt while items expire")
    while try database.expireStep(ofTable: "table") ?? 0 > 0 {}
    try database.tree.waitUntilDurable(database.tree.appliedSequence)
    let left = try database.performAndWait(Scan.self, ScanRequest(tableName: "table", select: .count))
    #expect(left.count == large)
    #expect(try units(of: database) == before)
  }

  private let longName = String(repeating: "g", count: 1_000)

  private func put(_ attributes: [String: AttributeValue], _ database: Database) throws {
    _ = try database.performAndWait(
      PutItem.self, PutItemRequest(tableName: "table", item: try Item(attributes)))
  }

  private func units(of database: Database) throws -> [Double] {
    try [nil, "byG"].map { index in
      try database.partitions(ofTable: "table", index: index).reduce(0) { $0 + $1.consumedWriteUnits }
    }
  }
}
