import DynamoModel

/// A table that a request names, and the key of the item in it if it names one.
struct RequestTarget {
  var tableName: String
  /// The key's attributes, among others where a whole item is put.
  var key: Item?
}

/// A request that names tables or items, as faults match it.
protocol TargetedRequest {
  var targets: [RequestTarget] { get }
}

/// A request that names one table and no item.
protocol TableRequest: TargetedRequest {
  var tableName: String { get }
}

extension TableRequest {
  var targets: [RequestTarget] { [RequestTarget(tableName: tableName)] }
}

/// A request that names one item by its key.
protocol KeyRequest: TargetedRequest {
  var tableName: String { get }
  var key: Item { get }
}

extension KeyRequest {
  var targets: [RequestTarget] { [RequestTarget(tableName: tableName, key: key)] }
}

extension GetItemRequest: KeyRequest {}
extension UpdateItemRequest: KeyRequest {}
extension DeleteItemRequest: KeyRequest {}

extension PutItemRequest: TargetedRequest {
  var targets: [RequestTarget] { [RequestTarget(tableName: tableName, key: item)] }
}

extension QueryRequest: TableRequest {}
extension ScanRequest: TableRequest {}
extension CreateTableRequest: TableRequest {}
extension DescribeTableRequest: TableRequest {}
extension UpdateTableRequest: TableRequest {}
extension DeleteTableRequest: TableRequest {}
extension UpdateTimeToLiveRequest: TableRequest {}
extension DescribeTimeToLiveRequest: TableRequest {}

extension BatchGetItemRequest: TargetedRequest {
  var targets: [RequestTarget] {
    requestItems.flatMap { table in
      table.keys.map { RequestTarget(tableName: table.tableName, key: $0) }
    }
  }
}

extension BatchWriteItemRequest: TargetedRequest {
  var targets: [RequestTarget] {
    requestItems.flatMap { table in
      table.requests.map { request in
        switch request {
        case .put(let item): RequestTarget(tableName: table.tableName, key: item)
        case .delete(let key): RequestTarget(tableName: table.tableName, key: key)
        }
      }
    }
  }
}

extension TransactGetItemsRequest: TargetedRequest {
  var targets: [RequestTarget] {
    transactItems.map { RequestTarget(tableName: $0.tableName, key: $0.key) }
  }
}

extension TransactWriteItemsRequest: TargetedRequest {
  var targets: [RequestTarget] {
    transactItems.map { action in
      switch action {
      case .put(let put): RequestTarget(tableName: put.tableName, key: put.item)
      case .update(let update): RequestTarget(tableName: update.tableName, key: update.key)
      case .delete(let delete): RequestTarget(tableName: delete.tableName, key: delete.key)
      case .conditionCheck(let check): RequestTarget(tableName: check.tableName, key: check.key)
      }
    }
  }
}
