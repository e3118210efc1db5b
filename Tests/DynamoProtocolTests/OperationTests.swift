import DynamoProtocol
import Testing

/// Every operation of the API is known by name: it is done, or answered as one that doesn't exist.
@Suite struct OperationTests {
  static let built = [
    "BatchGetItem", "BatchWriteItem", "CreateTable", "DeleteItem", "DeleteTable", "DescribeEndpoints",
    "DescribeLimits", "DescribeTable", "GetItem", "ListTables", "ListTagsOfResource", "PutItem", "Query",
    "Scan",
    "TagResource", "UntagResource", "UpdateItem", "UpdateTable", "PutResourcePolicy", "GetResourcePolicy",
    "DeleteResourcePolicy", "UpdateTimeToLive", "DescribeTimeToLive",
    "TransactGetItems", "TransactWriteItems", "ExecuteStatement", "BatchExecuteStatement",
    "ExecuteTransaction",
  ]

  /// The rest of botocore's model of `dynamodb/2012-08-10`.
  static let notBuilt = [
    "CreateBackup", "CreateGlobalTable", "DeleteBackup",
    "DescribeBackup", "DescribeContinuousBackups", "DescribeContributorInsights", "DescribeExport",
    "DescribeGlobalTable", "DescribeGlobalTableSettings", "DescribeImport",
    "DescribeKinesisStreamingDestination",
    "DescribeTableReplicaAutoScaling", "DisableKinesisStreamingDestination",
    "EnableKinesisStreamingDestination", "ExportTableToPointInTime",
    "ImportTable", "ListBackups", "ListContributorInsights", "ListExports",
    "ListGlobalTables",
    "ListImports", "RestoreTableFromBackup", "RestoreTableToPointInTime",
    "UpdateContinuousBackups", "UpdateContributorInsights", "UpdateGlobalTable",
    "UpdateGlobalTableSettings", "UpdateKinesisStreamingDestination", "UpdateTableReplicaAutoScaling",
  ]

  @Test func theModelHasFiftySevenOperations() {
    #expect(Set(Self.built + Self.notBuilt).count == 57)
  }

  @Test func everyOperationIsKnownByName() {
    for name in Self.built + Self.notBuilt {
      #expect(Endpoint.operationName(target: "DynamoDB_20120810.\(name)") == name)
    }
    #expect(Endpoint.operationName(target: "DynamoDB_20120810.ListTable") == nil)
    #expect(Endpoint.operationName(target: "") == nil)
  }

  @Test func whatIsNotBuiltIsUnknown() async throws {
    let client = try WireClient()
    let unknown = #"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#
    for name in Self.notBuilt {
      let response = await client.ask(name, "{}")
      #expect(response.status == 400 && response.text == unknown, "\(name)")
      #expect(response.errorType == "UnknownOperationException")
    }
    for name in Self.built {
      #expect(await client.ask(name, "{}").text != unknown, "\(name)")
    }
  }
}
