import DynamoExpressions
public import DynamoModel
import LSMTree

/// A request for the item with a key.
public struct GetItemRequest: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The primary key: exactly the key attributes of the table.
  public var key: Item
  /// The attributes and parts of attributes to return; nil returns all.
  public var projectionExpression: String?
  /// What the `#name` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeNames: [String: String]?
  /// True to read with strong consistency, at twice the price; nil means false.
  public var consistentRead: Bool?
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// Legacy for `projectionExpression`: the names of the attributes to return.
  public var attributesToGet: [String]?

  public init(
    tableName: String, key: Item, projectionExpression: String? = nil,
    expressionAttributeNames: [String: String]? = nil, consistentRead: Bool? = nil,
    returnConsumedCapacity: ReturnConsumedCapacity? = nil, attributesToGet: [String]? = nil
  ) {
    self.tableName = tableName
    self.key = key
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.consistentRead = consistentRead
    self.returnConsumedCapacity = returnConsumedCapacity
    self.attributesToGet = attributesToGet
  }
}

/// The answer to a ``GetItemRequest``.
public struct GetItemResponse: Sendable {
  /// The item, or what the projection leaves of it (which may be empty); nil if there is none.
  public var item: Item?
  /// The capacity used, if it was asked for.
  public var consumedCapacity: ConsumedCapacity?

  public init(
    item: Item? = nil, consumedCapacity: ConsumedCapacity? = nil
  ) {
    self.item = item
    self.consumedCapacity = consumedCapacity
  }
}

/// Reads one item by its key.
package enum GetItem: Operation {
  package static let name = "GetItem"

  package static func run(
    _ request: GetItemRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> GetItemResponse {
    let projection = try ItemProjection.read(
      expression: request.projectionExpression, names: request.expressionAttributeNames,
      attributesToGet: request.attributesToGet)
    let table = try database.table(request.tableName, &context)
    var key = KeyBuffer()
    try KeyChecks.append(request.key.view, in: table, to: &key)
    try KeyChecks.checkScalar(nestedNames: projection?.nestedAttributeNames ?? [], of: table)

    let reader = ItemReader(
      io: context.io, projection: projection, isConsistent: request.consistentRead ?? false)
    let admitted = try database.admitRead(at: key.bytes, of: table)
    var tally = CapacityTally()
    let view = database.view(of: nil, isConsistent: reader.isConsistent)
    let item = try reader.item(key.bytes, in: view, of: database, &tally)
    database.charge(admitted, tally, to: table)
    return GetItemResponse(
      item: item,
      consumedCapacity: tally.report(request.returnConsumedCapacity, tableName: request.tableName))
  }
}

extension Database {
  /// Reads the item with a key.
  ///
  /// Cost: one lookup in the tree and one copy of the item. Throws the service's errors.
  nonisolated(nonsending) public func getItem(_ request: GetItemRequest) async throws(ServiceError)
    -> GetItemResponse
  {
    try await performAsync(GetItem.self, request)
  }
}
