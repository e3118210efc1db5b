import DynamoProtocol
import Testing

/// Every operation of the API is known by name: it is done, or answered as one that doesn't exist.
@Suite struct OperationTests {
  static let built = [
    "BatchGetItem", "BatchWriteItem", "CreateTable", "DeleteItem", "DeleteTable", "DescribeEndpoints",
    "DescribeLimits", "DescribeTable", "GetItem", "ListTables", "ListTagsOfResource", "PutItem", "Query",
    "Scan",
    "TagResource", "UntagResource", "UpdateItem", "UpdateTable", "PutResourcePolicy", "GetResourcePolicy",
    "TransactGetItems", "TransactWriteItems", "ExecuteStatement", "BatchExecuteStatement",
    "ExecuteTransaction", "DeleteResourcePolicy", "UpdateTimeToLive", "DescribeTimeToLive",
    "UpdateContributorInsights", "DescribeTableReplicaAutoScaling", "UpdateTableReplicaAutoScaling",
    "DescribeContributorInsights", "ListContributorInsights",
  ]

  /// What there is none of, which is told.
  static let absent = [
    "CreateGlobalTable", "DeleteBackup", "DescribeBackup", "DescribeContinuousBackups", "DescribeExport",
    "DescribeGlobalTable", "DescribeGlobalTableSettings", "DescribeImport",
    "DescribeKinesisStreamingDestination",
    "DisableKinesisStreamingDestination", "ListBackups", "ListExports",
    "ListGlobalTables", "ListImports", "UpdateGlobalTable", "UpdateGlobalTableSettings",
    "UpdateKinesisStreamingDestination",
  ]

  /// The rest of botocore's model of `dynamodb/2012-08-10`.
  static let notBuilt = [
    "CreateBackup", "EnableKinesisStreamingDestination", "ExportTableToPointInTime", "ImportTable",
    "RestoreTableFromBackup", "RestoreTableToPointInTime", "UpdateContinuousBackups",
  ]

  @Test func theModelHasFiftySevenOperations() {
    #expect(Set(Self.built + Self.absent + Self.notBuilt).count == 57)
  }

  @Test func everyOperationIsKnownByName() {
    for name in Self.built + Self.absent + Self.notBuilt {
      #expect(Endpoint.operationName(target: "DynamoDB_20120810.\(name)") == name)
    }
    #expect(Endpoint.operationName(target: "DynamoDB_20120810.ListTable") == nil)
    #expect(Endpoint.operationName(target: "") == nil)
    for name in ["ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"] {
      #expect(Endpoint.operationName(target: "DynamoDBStreams_20120810.\(name)") == name)
      #expect(Endpoint.operationName(target: "DynamoDB_20120810.\(name)") == nil)
    }
    #expect(Endpoint.operationName(target: "DynamoDBStreams_20120810.ListTables") == nil)
  }

  @Test func whatIsNotBuiltIsUnknown() async throws {
    let client = try WireClient()
    let unknown = #"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#
    for name in Self.notBuilt {
      let response = await client.ask(name, "{}")
      #expect(response.status == 400 && response.text == unknown, "\(name)")
      #expect(response.errorType == "UnknownOperationException")
    }
    for name in Self.built + Self.absent {
      #expect(await client.ask(name, "{}").text != unknown, "\(name)")
    }
  }
}
