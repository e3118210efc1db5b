import Flywheel
import Foundation
import LSMTree

/// One of those that take turns. The loop over a chunk of operations is the side's own, so that none pays for another's
/// way of being called.
protocol Side: Sendable {
  var name: String { get }
  /// Does `work` once for each of `numbers`: an item, or for a query one of the partition's items. A scan is of all.
  func perform(_ work: Work, on numbers: [Int]) async throws
  func close() async throws
}

extension Side {
  func close() async throws {}
}

enum Sides {
  #if HAS_SQLITE3
    static let names = ["tree", "item", "json", "sqlite"]
  #else
    static let names = ["tree", "item", "json"]
  #endif

  /// Fills all sides with the same items.
  static func open(_ plan: Plan, in folder: String) async throws -> [any Side] {
    let items = (0..<plan.items).map(BenchmarkItem.init(number:))
    let database = try await ItemSide.load(items, at: folder + "/database")
    var sides: [any Side] = []
    if plan.sides.contains("tree") {
      // The bytes that the database keeps, read from its own files.
      try database.close()
      sides.append(try TreeSide(copying: folder + "/database", to: folder + "/tree"))
    }
    let reopened = plan.sides.contains("tree") ? try ItemSide.reopen(at: folder + "/database") : database
    let item = try ItemSide(items, reopened)
    if plan.sides.contains("item") { sides.append(item) }
    if plan.sides.contains("json") { sides.append(JSONSide(items, reopened)) }
    #if HAS_SQLITE3
      if plan.sides.contains("sqlite") { sides.append(SQLiteSide(items)) }
    #endif
    return sides
  }
}

/// One of the items, in the forms that the sides want.
struct BenchmarkItem: Sendable {
  let number: Int
  let partition: String
  let sort: Int
  let attributes: [String: AttributeValue]

  init(number: Int) {
    self.number = number
    partition = String(format: "customer-%06d", number / Plan.partitionItems)
    sort = number % Plan.partitionItems
    var random = Random(seed: number)
    func letters(_ count: Int) -> AttributeValue {
      .string(String((0..<count).map { _ in Character(Unicode.Scalar(UInt8(97 + random.next(below: 26)))) }))
    }
    var attributes: [String: AttributeValue] = [
      "pk": .string(partition), "sk": .number(DynamoNumber(sort)), "counter": 0,
      "bucket": .number(DynamoNumber(number % Plan.buckets)), "isOpen": true,
      "name": letters(24), "address": ["city": letters(12), "street": letters(20)],
      "labels": ["new", "gift"],
    ]
    attributes["comment"] = letters(
      Plan.itemBytes - (try! Item(attributes)).sizeBytes - "comment".utf8.count)
    self.attributes = attributes
  }

  var item: Item { try! Item(attributes) }
  var key: Item { try! Item(["pk": attributes["pk"]!, "sk": attributes["sk"]!]) }

  /// The item as the API writes it.
  var json: String { Self.json(attributes) }
  var keyJSON: String { Self.json(attributes.filter { $0.key == "pk" || $0.key == "sk" }) }

  private static func json(_ attributes: [String: AttributeValue]) -> String {
    "{"
      + attributes.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\(json($0.value))" }.joined(separator: ",")
      + "}"
  }

  private static func json(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): "{\"S\":\"\(text)\"}"
    case .number(let number): "{\"N\":\"\(number)\"}"
    case .bool(let bool): "{\"BOOL\":\(bool)}"
    case .list(let elements): "{\"L\":[\(elements.map(json).joined(separator: ","))]}"
    case .map(let entries): "{\"M\":\(json(entries))}"
    default: preconditionFailure("no item here has such a value")
    }
  }
}
