import DynamoExpressions
public import DynamoModel
import LSMTree

/// A request for up to 100 items of any tables by their keys.
public struct BatchGetItemRequest: Sendable {
  /// What is wanted, table by table; no table twice.
  public var requestItems: [KeysAndAttributes]
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?

  public init(
    requestItems: [KeysAndAttributes], returnConsumedCapacity: ReturnConsumedCapacity? = nil
  ) {
    self.requestItems = requestItems
    self.returnConsumedCapacity = returnConsumedCapacity
  }
}

/// The keys of the items wanted of one table, and what is wanted of them.
public struct KeysAndAttributes: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The primary keys, none twice.
  public var keys: [Item]
  /// The attributes and parts of attributes to return; nil returns all.
  public var projectionExpression: String?
  /// What the `#name` placeholders in the expressions stand for; nil and empty differ.
  public var expressionAttributeNames: [String: String]?
  /// True to read with strong consistency, at twice the price; nil means false.
  public var consistentRead: Bool?
  /// Legacy for `projectionExpression`: the names of the attributes to return.
  public var attributesToGet: [String]?

  public init(
    tableName: String, keys: [Item], projectionExpression: String? = nil,
    expressionAttributeNames: [String: String]? = nil, consistentRead: Bool? = nil,
    attributesToGet: [String]? = nil
  ) {
    self.tableName = tableName
    self.keys = keys
    self.projectionExpression = projectionExpression
    self.expressionAttributeNames = expressionAttributeNames
    self.consistentRead = consistentRead
    self.attributesToGet = attributesToGet
  }
}

/// The answer to a ``BatchGetItemRequest``.
public struct BatchGetItemResponse: Sendable {
  /// The items found, table by table in the order of the request.
  public var responses: [TableItems]
  /// What was left out because the answer had reached 16 MB; ask for it again.
  public var unprocessedKeys: [KeysAndAttributes]
  /// The capacity used on each table, if it was asked for.
  public var consumedCapacity: [ConsumedCapacity]?

  public init(
    responses: [TableItems], unprocessedKeys: [KeysAndAttributes],
    consumedCapacity: [ConsumedCapacity]? = nil
  ) {
    self.responses = responses
    self.unprocessedKeys = unprocessedKeys
    self.consumedCapacity = consumedCapacity
  }
}

/// The items found in one table.
public struct TableItems: Sendable {
  /// The table, as the request called it.
  public var tableName: String
  /// The items found; keys that have none are left out.
  public var items: ItemPage

  public init(
    tableName: String, items: ItemPage
  ) {
    self.tableName = tableName
    self.items = items
  }
}

/// Reads items of several tables by their keys, all of them as they are at one moment.
///
/// The service reads each on its own, and promises nothing of one beside another; reading all from one view
/// costs nothing here and is what everyone hopes for.
package enum BatchGetItem: Operation {
  package static let name = "BatchGetItem"
  /// The most keys a request may have, of all tables together.
  static let keysMax = 100
  /// How large an answer may be: keys whose items might make it larger are left to another request.
  static let answerBytesMax = 16 << 20

  package static func run(
    _ request: BatchGetItemRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> BatchGetItemResponse {
    let plans = try plans(request, in: database, &context)
    let present = database.tree.view()
    let past = database.view(of: nil, isConsistent: false)
    var response = BatchGetItemResponse(responses: [], unprocessedKeys: [])
    var consumed: [ConsumedCapacity] = []
    var answerBytes = 0
    var ledger = ChargeLedger()
    var refusal: AdmissionRefusal?
    var isAnythingRead = false
    for (wanted, (table, reader, treeKeys)) in zip(request.requestItems, plans) {
      var found = TableItems(tableName: wanted.tableName, items: ItemPage(itemsMax: wanted.keys.count))
      var left = wanted
      left.keys = []
      var tally = CapacityTally()
      for (key, treeKey) in zip(wanted.keys, treeKeys) {
        guard answerBytes + found.items.byteCount + ModelLimits.itemSizeBytesMax <= answerBytesMax else {
          left.keys.append(key)
          continue
        }
        if let reason = database.refusalOfRead(at: treeKey.span.bytes, of: table) {
          refusal = refusal ?? reason
          ledger.note(reason)
          left.keys.append(key)
          continue
        }
        let unitsBefore = tally.totalUnits
        if reader.isConsistent || database.pastOfItems == nil {
          try reader.read(treeKey.span.bytes, in: present, of: database, into: &found.items, &tally)
        } else {
          try reader.read(treeKey.span.bytes, in: past, of: database, into: &found.items, &tally)
        }
        let units = tally.totalUnits - unitsBefore
        database.charge(reading: units, at: treeKey.span.bytes, of: table, to: &ledger)
        isAnythingRead = true
      }
      found.items.finish()
      answerBytes += found.items.byteCount
      response.responses.append(found)
      if !left.keys.isEmpty { response.unprocessedKeys.append(left) }
      if tally.totalUnits > 0,
        let report = tally.report(request.returnConsumedCapacity, tableName: wanted.tableName)
      {
        consumed.append(report)
      }
    }
    ledger.settle()
    if let refusal, !isAnythingRead { throw .service(refusal.error) }
    if !consumed.isEmpty { response.consumedCapacity = consumed }
    return response
  }

  /// Checks the request: first what needs no table, then every table's keys.
  ///
  /// - Returns: how to read each table, and where its items lie.
  private static func plans(
    _ request: BatchGetItemRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> [(table: Table, reader: ItemReader, treeKeys: [[UInt8]])] {
    guard !request.requestItems.isEmpty else {
      throw KeyErrors.noRequestItems
    }
    try checkMix(request.requestItems)
    var keyCount = 0
    var projections: [AttributeProjection?] = []
    for wanted in request.requestItems {
      projections.append(
        try ItemProjection.read(
          expression: wanted.projectionExpression, names: wanted.expressionAttributeNames,
          attributesToGet: wanted.attributesToGet))
      guard !wanted.keys.isEmpty else {
        throw .validation(
          "The list of keys in RequestItems for BatchGetItem is required: \(wanted.tableName) has empty list")
      }
      keyCount += wanted.keys.count
      guard keyCount <= keysMax else {
        throw .validation("Too many items requested for the BatchGetItem call")
      }
      guard wanted.keys.count == 1 || Set(wanted.keys).count == wanted.keys.count else {
        throw .validation("Provided list of item keys contains duplicates")
      }
    }
    var plans: [(table: Table, reader: ItemReader, treeKeys: [[UInt8]])] = []
    for (wanted, projection) in zip(request.requestItems, projections) {
      let table = try database.table(wanted.tableName, &context)
      let treeKeys = try wanted.keys.map { key throws(Interruption) in
        var treeKey = KeyBuffer()
        try KeyChecks.append(key.view, in: table, to: &treeKey)
        return [UInt8](copying: treeKey.bytes)
      }
      try KeyChecks.checkScalar(nestedNames: projection?.nestedAttributeNames ?? [], of: table)
      let reader = ItemReader(
        io: context.io, projection: projection, isConsistent: wanted.consistentRead ?? false)
      plans.append((table, reader, treeKeys))
    }
    return plans
  }

  /// Refuses a projection of the old kind for one table beside one of the new kind for another.
  private static func checkMix(_ wanted: [KeysAndAttributes]) throws(Interruption) {
    guard wanted.contains(where: { $0.attributesToGet != nil }),
      wanted.contains(where: { $0.projectionExpression != nil })
    else { return }
    throw .validation(
      "Can not use both expression and non-expression parameters in the same request: "
        + "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}")
  }
}

extension Database {
  /// Reads up to 100 items of any tables by their keys.
  ///
  /// Cost: one lookup in the tree and one copy for each item. Throws the service's errors.
  nonisolated(nonsending) public func batchGetItem(
    _ request: BatchGetItemRequest
  ) async throws(ServiceError) -> BatchGetItemResponse {
    try await performAsync(BatchGetItem.self, request)
  }
}
