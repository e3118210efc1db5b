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

  /// What this database does, and what it truthfully says that there is none of (`Absences`).
  static let built: [Entry] = items + tables + settings + absences

  private static let items: [Entry] = [
    Entry(GetItem.self), Entry(PutItem.self), Entry(UpdateItem.self), Entry(DeleteItem.self),
    Entry(Query.self), Entry(Scan.self), Entry(BatchGetItem.self), Entry(BatchWriteItem.self),
    Entry(TransactGetItems.self), Entry(TransactWriteItems.self), Entry(ExecuteStatement.self),
    Entry(BatchExecuteStatement.self), Entry(ExecuteTransaction.self),
  ]

  private static let tables: [Entry] = [
    Entry(CreateTable.self), Entry(DescribeTable.self), Entry(ListTables.self), Entry(UpdateTable.self),
    Entry(DeleteTable.self), Entry(DescribeLimits.self), Entry(DescribeEndpoints.self),
  ]

  private static let settings: [Entry] = [
    Entry(TagResource.self), Entry(UntagResource.self), Entry(ListTagsOfResource.self),
    Entry(PutResourcePolicy.self), Entry(GetResourcePolicy.self), Entry(DeleteResourcePolicy.self),
    Entry(UpdateTableReplicaAutoScaling.self), Entry(DescribeTableReplicaAutoScaling.self),
    Entry(UpdateTimeToLive.self), Entry(DescribeTimeToLive.self), Entry(UpdateContributorInsights.self),
    Entry(DescribeContributorInsights.self), Entry(ListContributorInsights.self),
  ]

  private static let absences: [Entry] = [
    Entry(DescribeContinuousBackups.self), Entry(ListBackups.self), Entry(DescribeBackup.self),
    Entry(DeleteBackup.self), Entry(ListExports.self), Entry(DescribeExport.self), Entry(ListImports.self),
    Entry(DescribeImport.self), Entry(ListGlobalTables.self), Entry(DescribeGlobalTable.self),
    Entry(DescribeGlobalTableSettings.self), Entry(CreateGlobalTable.self), Entry(UpdateGlobalTable.self),
    Entry(UpdateGlobalTableSettings.self),
    Entry(DescribeKinesisStreamingDestination.self),
    Entry(DisableKinesisStreamingDestination.self), Entry(UpdateKinesisStreamingDestination.self),
  ]

  /// The operations of DynamoDB Streams, which have a target of their own.
  static let streams: [Entry] = [
    Entry(ListStreams.self), Entry(DescribeStream.self), Entry(GetShardIterator.self), Entry(GetRecords.self),
  ]

  /// What the service does besides. A request for one of these is answered as one for an operation that the
  /// service doesn't have; the list is here so that a log can tell the two apart.
  static let notBuilt: [String] = [
    "CreateBackup", "EnableKinesisStreamingDestination", "ExportTableToPointInTime", "ImportTable",
    "RestoreTableFromBackup", "RestoreTableToPointInTime", "UpdateContinuousBackups",
  ]

  private static let names = NameTable(built.map(\.name))
  private static let namesNotBuilt = NameTable(notBuilt)
  private static let namesOfStreams = NameTable(streams.map(\.name))

  /// What `X-Amz-Target` asks for.
  enum Target {
    case built(Entry)
    /// An operation of the service that is not built.
    case notBuilt(name: String)
    case unknown
  }

  /// Finds the operation that an `X-Amz-Target` header names: `DynamoDB_20120810.PutItem`.
  static func find(_ target: RawSpan) -> Target {
    if let name = name(in: target, behind: "DynamoDB_20120810.") {
      if let index = names.index(of: name) { return .built(built[index]) }
      if let index = namesNotBuilt.index(of: name) { return .notBuilt(name: notBuilt[index]) }
    } else if let name = name(in: target, behind: "DynamoDBStreams_20120810."),
      let index = namesOfStreams.index(of: name)
    {
      return .built(streams[index])
    }
    return .unknown
  }

  /// What is in a target behind the prefix of a service; nil if it has another.
  @_lifetime(copy target)
  private static func name(in target: RawSpan, behind prefix: StaticString) -> RawSpan? {
    let count = prefix.utf8CodeUnitCount
    guard target.byteCount > count else { return nil }
    for offset in 0..<count where target.byte(offset) != prefix.utf8Start[offset] { return nil }
    return target.extracting(count..<target.byteCount)
  }
}
