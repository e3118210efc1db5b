import Flywheel

/// The operations of the API by name, and what serves each.
///
/// A table, so that nothing grows with the number of operations but this list.
enum OperationTable {
  /// Reads a request from a body, has it performed and gives the response; what `Endpoint.serve` does for one
  /// operation.
  typealias Handler =
    @Sendable (
      _ database: Database, _ body: RawSpan, _ respond: @escaping @Sendable (WireResponse) -> Void
    ) -> Void

  struct Entry: Sendable {
    let name: String
    let serve: Handler

    init<Served: WireOperation>(_ operation: Served.Type) {
      name = operation.name
      serve = { database, body, respond in
        Endpoint.serve(operation, in: database, body: body, respond: respond)
      }
    }
  }

  /// What this database does.
  static let built: [Entry] = [
    Entry(GetItem.self), Entry(PutItem.self), Entry(UpdateItem.self), Entry(DeleteItem.self),
    Entry(Query.self), Entry(Scan.self), Entry(BatchGetItem.self), Entry(BatchWriteItem.self),
    Entry(TransactGetItems.self), Entry(TransactWriteItems.self),
    Entry(CreateTable.self), Entry(DescribeTable.self), Entry(ListTables.self), Entry(UpdateTable.self),
    Entry(DeleteTable.self), Entry(DescribeLimits.self), Entry(DescribeEndpoints.self),
    Entry(TagResource.self), Entry(UntagResource.self), Entry(ListTagsOfResource.self),
    Entry(PutResourcePolicy.self), Entry(GetResourcePolicy.self), Entry(DeleteResourcePolicy.self),
    Entry(UpdateTimeToLive.self), Entry(DescribeTimeToLive.self),
    Entry(ExecuteStatement.self), Entry(BatchExecuteStatement.self),
    Entry(ExecuteTransaction.self),
  ]

  /// What the service does besides. A request for one of these is answered as one for an operation that the
  /// service doesn't have; the list is here so that a log can tell the two apart.
  static let notBuilt: [String] = [
    "CreateBackup", "CreateGlobalTable", "DeleteBackup",
    "DescribeBackup", "DescribeContinuousBackups", "DescribeContributorInsights", "DescribeExport",
    "DescribeGlobalTable", "DescribeGlobalTableSettings", "DescribeImport",
    "DescribeKinesisStreamingDestination", "DescribeTableReplicaAutoScaling",
    "DisableKinesisStreamingDestination", "EnableKinesisStreamingDestination",
    "ExportTableToPointInTime", "ImportTable", "ListBackups",
    "ListContributorInsights", "ListExports", "ListGlobalTables", "ListImports",
    "RestoreTableFromBackup", "RestoreTableToPointInTime",
    "UpdateContinuousBackups", "UpdateContributorInsights", "UpdateGlobalTable",
    "UpdateGlobalTableSettings", "UpdateKinesisStreamingDestination", "UpdateTableReplicaAutoScaling",
  ]

  private static let names = NameTable(built.map(\.name))
  private static let namesNotBuilt = NameTable(notBuilt)

  /// What `X-Amz-Target` asks for.
  enum Target {
    case built(Entry)
    /// An operation of the service that is not built.
    case notBuilt(name: String)
    case unknown
  }

  /// Finds the operation that an `X-Amz-Target` header names: `DynamoDB_20120810.PutItem`.
  static func find(_ target: RawSpan) -> Target {
    let prefix: StaticString = "DynamoDB_20120810."
    let count = prefix.utf8CodeUnitCount
    guard target.byteCount > count else { return .unknown }
    for offset in 0..<count where target.byte(offset) != prefix.utf8Start[offset] { return .unknown }
    let name = target.extracting(count..<target.byteCount)
    if let index = names.index(of: name) { return .built(built[index]) }
    if let index = namesNotBuilt.index(of: name) { return .notBuilt(name: notBuilt[index]) }
    return .unknown
  }
}
