public import DynamoModel
import LSMTree

/// A request to put and delete up to 25 items in any tables.
public struct BatchWriteItemRequest: Sendable {
  /// What to write, table by table; no table twice.
  public var requestItems: [TableWrites]
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// Whether to tell the size of the item's collection; nil means `.none`.
  public var returnItemCollectionMetrics: ReturnItemCollectionMetrics?

  public init(
    requestItems: [TableWrites], returnConsumedCapacity: ReturnConsumedCapacity? = nil,
    returnItemCollectionMetrics: ReturnItemCollectionMetrics? = nil
  ) {
    self.requestItems = requestItems
    self.returnConsumedCapacity = returnConsumedCapacity
    self.returnItemCollectionMetrics = returnItemCollectionMetrics
  }
}

/// What to write in one table.
public struct TableWrites: Sendable {
  /// The table, by name or by ARN.
  public var tableName: String
  /// The writes, no two with one key.
  public var requests: [WriteRequest]

  public init(
    tableName: String, requests: [WriteRequest]
  ) {
    self.tableName = tableName
    self.requests = requests
  }
}

/// One write of a batch.
public enum WriteRequest: Sendable {
  /// Puts an item, in the place of the one with its key if there is one.
  case put(Item)
  /// Deletes the item with a key, if there is one.
  case delete(key: Item)
}

/// The answer to a ``BatchWriteItemRequest``.
public struct BatchWriteItemResponse: Sendable {
  /// What was not written; ask for it again.
  public var unprocessedItems: [TableWrites]
  /// The sizes of the item collections written, table by table, if they were asked for.
  public var itemCollectionMetrics: [(tableName: String, metrics: [ItemCollectionMetrics])]?
  /// The capacity used on each table, if it was asked for.
  public var consumedCapacity: [ConsumedCapacity]?

  public init(
    unprocessedItems: [TableWrites],
    itemCollectionMetrics: [(tableName: String, metrics: [ItemCollectionMetrics])]? = nil,
    consumedCapacity: [ConsumedCapacity]? = nil
  ) {
    self.unprocessedItems = unprocessedItems
    self.itemCollectionMetrics = itemCollectionMetrics
    self.consumedCapacity = consumedCapacity
  }
}

/// Puts and deletes items of several tables.
///
/// The service promises nothing of one write beside another; here all that are admitted are one batch of the log, so
/// readers see all or none of them. What a table, a partition or an index refuses for its rate is left unprocessed;
/// if that is everything, the request is refused.
package enum BatchWriteItem: Operation {
  package static let name = "BatchWriteItem"
  /// The most writes a request may have, of all tables together.
  static let writesMax = 25

  package static func run(
    _ request: BatchWriteItemRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> BatchWriteItemResponse {
    try check(request)
    var tables: [Table] = []
    var keys: [[UInt8]] = []
    for writes in request.requestItems {
      let table = try database.table(writes.tableName, &context)
      tables.append(table)
      for write in writes.requests { keys.append(try key(of: write, in: table)) }
    }
    guard Set(keys).count == keys.count else {
      throw .validation("Provided list of item keys contains duplicates")
    }
    let outcome = try write(request, tables, keys, in: database, &context)
    return response(to: request, tables, outcome)
  }

  /// Checks what needs no table.
  private static func check(_ request: BatchWriteItemRequest) throws(Interruption) {
    guard !request.requestItems.isEmpty else {
      throw KeyErrors.noRequestItems
    }
    var writeCount = 0
    for writes in request.requestItems {
      guard !writes.requests.isEmpty else {
        throw .validation(
          "The batch write request list for a table cannot be null or empty: \(writes.tableName)")
      }
      writeCount += writes.requests.count
      for case .put(let item) in writes.requests where item.sizeBytes > ModelLimits.itemSizeBytesMax {
        throw ItemWriter.itemTooLarge
      }
    }
    guard writeCount <= writesMax else {
      throw .validation("Too many items requested for the BatchWriteItem call")
    }
  }

  /// Checks one write against its table and makes the key of its item.
  private static func key(of write: WriteRequest, in table: Table) throws(Interruption) -> [UInt8] {
    var treeKey = KeyBuffer()
    switch write {
    case .put(let item):
      try KeyChecks.append(partsOf: item.view, in: table, to: &treeKey)
      try KeyChecks.checkIndexKeys(item.view, of: table)
    case .delete(let key):
      try KeyChecks.append(key.view, in: table, to: &treeKey)
    }
    return [UInt8](copying: treeKey.bytes)
  }

  /// What was written.
  private struct Outcome {
    /// What each table is charged.
    var tallies: [CapacityTally] = []
    /// Why each write was left out; nil if it was not.
    var refusals: [AdmissionRefusal?] = []
    /// How large the collection of each write is now.
    var collectionBytes: [Int?] = []
  }

  /// Latches all keys and writes what is admitted.
  private static func write(
    _ request: BatchWriteItemRequest, _ tables: [Table], _ keys: [[UInt8]], in database: Database,
    _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    let tableOfKey = zip(request.requestItems, tables).flatMap { writes, table in
      repeatElement(table, count: writes.requests.count)
    }
    let stripes = zip(keys, tableOfKey).flatMap { ItemCollections.stripes(for: $0.span.bytes, in: $1) }
    let latches = try database.latch(stripes: stripes, of: tables, io: context.io)
    let view = database.tree.appliedView()
    context.observe(view.sequence)
    var staged = StagedWrites(capacityBytes: 4096)
    var outcome = Outcome()
    for (writes, table) in zip(request.requestItems, tables) {
      var tally = CapacityTally()
      for write in writes.requests {
        let key = keys[outcome.refusals.count]
        if let refusal = database.refusalOfWrite(at: key.span.bytes, of: table) {
          outcome.refusals.append(refusal)
          continue
        }
        let snapshot = try ItemSnapshot(key.span.bytes, in: view, of: database, io: context.io)
        let new: Item? =
          switch write {
          case .put(let item): item
          case .delete: nil
          }
        outcome.refusals.append(
          try staged.stageUnlessRefused(
            key.span.bytes, in: table, old: snapshot.copy, new: new, view: view, of: database, io: context.io,
            &tally))
      }
      outcome.tallies.append(tally)
    }
    if let refusal = outcome.refusals[0], outcome.refusals.allSatisfy({ $0 != nil }) {
      for refusal in outcome.refusals { refusal?.count() }
      throw .service(refusal.error)
    }
    try staged.settleCollections(in: view, of: database, io: context.io)
    for (key, table) in zip(keys, tableOfKey) {
      outcome.collectionBytes.append(staged.collectionBytes(of: key.span.bytes, in: table))
    }
    try staged.commit(to: database, &context)
    latches.release()
    for refusal in outcome.refusals { refusal?.count() }
    return outcome
  }

  private static func response(
    to request: BatchWriteItemRequest, _ tables: [Table], _ outcome: Outcome
  ) -> BatchWriteItemResponse {
    var response = BatchWriteItemResponse(unprocessedItems: [])
    var consumed: [ConsumedCapacity] = []
    var metrics: [(tableName: String, metrics: [ItemCollectionMetrics])] = []
    var bytes = outcome.collectionBytes[...]
    var refusals = outcome.refusals[...]
    for (position, writes) in request.requestItems.enumerated() {
      let left = zip(writes.requests, refusals).compactMap { $1 == nil ? nil : $0 }
      if !left.isEmpty {
        response.unprocessedItems.append(TableWrites(tableName: writes.tableName, requests: left))
      }
      let report = outcome.tallies[position].report(
        request.returnConsumedCapacity, tableName: writes.tableName)
      if let report, left.count < writes.requests.count { consumed.append(report) }
      let tableMetrics = zip(writes.requests, zip(bytes, refusals)).compactMap {
        write, outcome -> ItemCollectionMetrics? in
        let (bytes, refusal) = outcome
        guard refusal == nil else { return nil }
        return switch write {
        case .put(let item), .delete(let item):
          ItemCollectionMetrics(of: item.view, in: tables[position], bytes: bytes)
        }
      }
      bytes = bytes.dropFirst(writes.requests.count)
      refusals = refusals.dropFirst(writes.requests.count)
      guard request.returnItemCollectionMetrics == .size else { continue }
      if !tableMetrics.isEmpty { metrics.append((writes.tableName, tableMetrics)) }
    }
    if !consumed.isEmpty { response.consumedCapacity = consumed }
    if !metrics.isEmpty { response.itemCollectionMetrics = metrics }
    return response
  }
}

extension Database {
  /// Puts and deletes up to 25 items in any tables. Returns when all of them are durable.
  ///
  /// Cost: one lookup in the tree for each, and one batch in the log. Throws the service's errors.
  nonisolated(nonsending) public func batchWriteItem(
    _ request: BatchWriteItemRequest
  ) async throws(ServiceError) -> BatchWriteItemResponse {
    try await performAsync(BatchWriteItem.self, request)
  }
}
