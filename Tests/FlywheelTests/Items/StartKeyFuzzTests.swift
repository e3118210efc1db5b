import DynamoModel
import Flywheel
import TestSupport
import Testing

/// Pagination tokens that no page ended with. Whatever they are, they are refused in the service's words, or the page
/// that begins behind them is one: in order, of the target's own entries.
@Suite struct StartKeyFuzzTests {
  typealias Attributes = [String: AttributeValue]

  @Test(arguments: [71, 72] as [UInt64])
  func damagedTokensAreRefusedOrTaken(seed: UInt64) throws {
    let seed = FuzzRounds.seed(seed)
    let database = try Database.inMemory()
    defer { try? database.close() }
    var history = try RandomHistory(seed: seed, on: database)
    for _ in 0..<300 { try history.step() }
    var random = HistoryRandom(seed: seed)
    var taken = 0
    var refused = 0
    for round in FuzzRounds(3_000) {
      let target = ReferenceTable.Target.allCases.randomElement(using: &random)!
      let entries = history.reference.entries(of: target)
      let token = damaged(entries.randomElement(using: &random) ?? [:], target, &random)
      do {
        let page = try read(target, token, database, &random)
        taken += 1
        for item in page { #expect(entries.contains(item), "seed \(seed), round \(round): \(token)") }
      } catch let error as ServiceError {
        refused += 1
        #expect(error.code == .validation, "seed \(seed), round \(round): \(token)")
        #expect(
          error.message.contains("xclusive") || error.message.contains("tart")
            || error.message.contains("ey"),
          "seed \(seed), round \(round): \(error.message) for \(token)")
      }
    }
    #expect(taken > 0 && refused > 0)
  }

  /// One page of a scan, or of a query for the token's partition or another.
  private func read(
    _ target: ReferenceTable.Target, _ token: Attributes, _ database: Database, _ random: inout HistoryRandom
  ) throws -> [Attributes] {
    if Bool.random(using: &random) {
      var request = ScanRequest(tableName: "reference", indexName: target.indexName)
      request.exclusiveStartKey = try Item(token)
      if Bool.random(using: &random) { (request.segment, request.totalSegments) = (1, 3) }
      return try database.performAndWait(Scan.self, request).items!.map(\.attributes)
    }
    var request = QueryRequest(tableName: "reference", indexName: target.indexName)
    var partition = AttributeValue.string("a")
    if case .string(let text)? = token[target.partition], !text.isEmpty { partition = .string(text) }
    request.keyConditionExpression = "\(target.partition) = :p"
    request.expressionAttributeValues = [":p": try EncodedValue(partition)]
    request.scanIndexForward = Bool.random(using: &random)
    request.exclusiveStartKey = try Item(token)
    let page = try database.performAndWait(Query.self, request).items!.map(\.attributes)
    #expect(page.allSatisfy { $0[target.partition] == partition })
    return page
  }

  /// The token that leads behind an entry, with up to three changes.
  private func damaged(
    _ entry: Attributes, _ target: ReferenceTable.Target, _ random: inout HistoryRandom
  ) -> Attributes {
    var token = entry.filter { target.keys.contains($0.key) }
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let name = ["pk", "sk", "g", "h", "l", "v", ""].randomElement(using: &random)!
      switch Int.random(in: 0..<4, using: &random) {
      case 0: token[name] = nil
      case 1:
        token[name] = .string(
          ["", "a", "b", "zzz", String(repeating: "k", count: 3_000)].randomElement(using: &random)!)
      case 2: token[name] = .number(DynamoNumber(Int.random(in: -5...5, using: &random)))
      default:
        token[name] =
          [.bool(true), .null, .list([]), .map([:]), .binary([]), .stringSet(["x"])].randomElement(
            using: &random)!
      }
    }
    return token
  }
}
