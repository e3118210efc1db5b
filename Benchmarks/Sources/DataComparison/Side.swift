import Flywheel
import Foundation
import LSMTree

/// One of those that take turns. The loop over a chunk of operations is the side's own, so that none pays for another's
/// way of being called.
protocol Side: Sendable {
  var name: String { get }
  /// Does `action` once for each of `numbers`: an item, or for a query one of the partition's items. A scan is of all.
  func perform(_ action: Action, on numbers: [Int]) async throws
  func close() async throws
}

extension Side {
  func close() async throws {}
}

enum Sides {
  #if HAS_SQLITE3
    static let names = ["tree", "item", "json", "sqlite", "typed"]
  #else
    static let names = ["tree", "item", "json"]
  #endif
}

/// The items, and the files of a database that has them: compacted, closed, and copied for each side of each stage, so that what is
/// compared begins with the same bytes in the same places.
struct PreparedData {
  private let items: [BenchmarkItem]
  private let folder: String

  init(_ plan: Plan, in folder: String) async throws {
    items = (0..<plan.items).map(BenchmarkItem.init(number:))
    self.folder = folder
    try await ItemSide.load(items, at: folder + "/pristine").close()
    let tree = try Tree.open(folder + "/pristine", options: TreeSide.options)
    try tree.compact()
    try tree.close()
  }

  private func copy(for side: String, _ stage: Stage) throws -> String {
    let path = "\(folder)/\(side)-\(stage)"
    try FileManager.default.copyItem(atPath: folder + "/pristine", toPath: path)
    return path
  }

  /// Opens the sides as they are to be at the beginning of a stage.
  func openSides(_ plan: Plan, _ stage: Stage) async throws -> [any Side] {
    var sides: [any Side] = []
    // A database each, so that none steps over versions that another has written.
    if plan.sides.contains("tree") { sides.append(try TreeSide(at: copy(for: "tree", stage))) }
    if plan.sides.contains("item") {
      sides.append(try ItemSide(items, ItemSide.reopen(at: copy(for: "item", stage))))
    }
    if plan.sides.contains("json") {
      sides.append(try JSONSide(items, ItemSide.reopen(at: copy(for: "json", stage))))
    }
    if stage == .mixed {
      let numbers = shuffled((0..<plan.items).filter { $0 % Plan.rewrittenEvery == 0 })
      for side in sides { try await side.perform(.put, on: numbers) }
    }
    #if HAS_SQLITE3
      if plan.sides.contains("sqlite") { sides.append(SQLiteSide(items, isTyped: false)) }
      if plan.sides.contains("typed") { sides.append(SQLiteSide(items, isTyped: true)) }
    #endif
    return sides
  }

  /// The same order for every side.
  private func shuffled(_ numbers: [Int]) -> [Int] {
    var numbers = numbers
    var random = Random(seed: numbers.count)
    for last in numbers.indices.dropFirst().reversed() {
      numbers.swapAt(last, random.next(below: last + 1))
    }
    return numbers
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
