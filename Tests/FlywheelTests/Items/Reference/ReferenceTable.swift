import DynamoModel
import Flywheel

/// A table as one would first think of it: a list of items, searched from end to end. What the random
/// histories are compared with.
///
/// The table's key is `pk` (S) and `sk` (N). Its indexes: global `byG` by `g` (S) and `h` (N), which holds
/// everything; global `keysG` by `g`, which holds keys; local `byL` by `l` (S), which holds `v` besides the
/// keys.
struct ReferenceTable {
  typealias Attributes = [String: AttributeValue]

  /// What can be read: the table or an index.
  enum Target: String, CaseIterable {
    case table, byG, keysG, byL

    var indexName: String? { self == .table ? nil : rawValue }
    var partition: String { self == .byG || self == .keysG ? "g" : "pk" }
    /// The sort key and what decides between entries that have the same.
    var order: [String] {
      switch self {
      case .table: ["sk"]
      case .byG: ["h", "pk", "sk"]
      case .keysG: ["pk", "sk"]
      case .byL: ["l", "sk"]
      }
    }
    var sort: String? { self == .keysG ? nil : order[0] }
    /// What an item must have to be in it.
    var keys: Set<String> {
      switch self {
      case .table: ["pk", "sk"]
      case .byG: ["pk", "sk", "g", "h"]
      case .keysG: ["pk", "sk", "g"]
      case .byL: ["pk", "sk", "l"]
      }
    }
    /// What its entries have of an item; nil for everything.
    var projected: Set<String>? {
      switch self {
      case .table, .byG: nil
      case .keysG: keys
      case .byL: keys.union(["v"])
      }
    }
  }

  private(set) var items: [Attributes] = []

  static let definition = CreateTableRequest(
    tableName: "reference",
    attributeDefinitions: [
      AttributeDefinition("pk", .string), AttributeDefinition("sk", .number),
      AttributeDefinition("g", .string),
      AttributeDefinition("h", .number), AttributeDefinition("l", .string),
    ],
    keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("sk", .range)],
    localSecondaryIndexes: [
      LocalSecondaryIndex(
        indexName: "byL", keySchema: [KeySchemaElement("pk", .hash), KeySchemaElement("l", .range)],
        projection: Projection(.include, nonKeyAttributes: ["v"]))
    ],
    globalSecondaryIndexes: [
      GlobalSecondaryIndex(
        indexName: "byG", keySchema: [KeySchemaElement("g", .hash), KeySchemaElement("h", .range)],
        projection: Projection(.all)),
      GlobalSecondaryIndex(
        indexName: "keysG", keySchema: [KeySchemaElement("g", .hash)], projection: Projection(.keysOnly)),
    ],
    billingMode: .payPerRequest)

  /// The item with the key of `item`.
  func find(_ item: Attributes) -> Attributes? {
    items.first { $0["pk"] == item["pk"] && $0["sk"] == item["sk"] }
  }

  mutating func put(_ item: Attributes) {
    delete(item)
    items.append(item)
  }

  mutating func delete(_ item: Attributes) {
    items.removeAll { $0["pk"] == item["pk"] && $0["sk"] == item["sk"] }
  }

  /// The entries of a target, in no order.
  func entries(of target: Target) -> [Attributes] {
    items.filter { item in target.keys.allSatisfy { item[$0] != nil } }.map { item in
      guard let projected = target.projected else { return item }
      return item.filter { projected.contains($0.key) }
    }
  }

  /// The entries of one partition of a target, in order.
  func partition(_ value: AttributeValue, of target: Target) -> [Attributes] {
    entries(of: target).filter { $0[target.partition] == value }.sorted { left, right in
      for name in target.order where left[name] != right[name] { return left[name]! < right[name]! }
      return false
    }
  }
}

extension AttributeValue {
  /// The order of key values.
  static func < (left: AttributeValue, right: AttributeValue) -> Bool {
    switch (left, right) {
    case (.string(let left), .string(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
    case (.number(let left), .number(let right)): left < right
    default: preconditionFailure("\(left) and \(right) have no order")
    }
  }
}
