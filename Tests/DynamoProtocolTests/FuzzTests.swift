import DynamoProtocol
import Flywheel
import Foundation
import TestSupport
import Testing

/// Requests with damage: never a crash, always a success or an error of the client's in the service's form.
@Suite struct FuzzTests {
  static let requests: [(operation: String, body: String)] = [
    (
      "PutItem",
      #"{"TableName":"Things","Item":{"pk":{"S":"a\u00e9\ud83d\ude00"},"m":{"M":{"l":{"L":[{"N":"-1.5e3"},{"BS":["YQ==","Yg=="]},{"NULL":true}]}}},"ns":{"NS":["1","2"]},"b":{"B":"AP8="}},"ReturnValues":"ALL_OLD","Expected":{"x":{"Exists":false}}}"#
    ),
    (
      "UpdateItem",
      ##"{"TableName":"Things","Key":{"pk":{"S":"a"}},"UpdateExpression":"SET #a.b[1] = if_not_exists(c, :v) ADD n :v","ExpressionAttributeNames":{"#a":"x"},"ExpressionAttributeValues":{":v":{"N":"1.5"}},"ReturnValues":"ALL_NEW"}"##
    ),
    (
      "UpdateItem",
      #"{"TableName":"Things","Key":{"pk":{"S":"a"}},"AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"1"}}}}"#
    ),
    (
      "Query",
      #"{"TableName":"Things","KeyConditionExpression":"pk = :v","FilterExpression":"a BETWEEN :v AND :v OR NOT size(b) IN (:v)","ExpressionAttributeValues":{":v":{"S":"a"}},"Limit":10,"ReturnConsumedCapacity":"INDEXES"}"#
    ),
    (
      "Scan",
      #"{"TableName":"Things","ScanFilter":{"n":{"ComparisonOperator":"IN","AttributeValueList":[{"N":"1"},{"N":"2"}]}},"Segment":0,"TotalSegments":3,"Select":"COUNT"}"#
    ),
    (
      "BatchWriteItem",
      #"{"RequestItems":{"Things":[{"PutRequest":{"Item":{"pk":{"S":"q"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"r"}}}}]},"ReturnItemCollectionMetrics":"SIZE"}"#
    ),
    (
      "BatchGetItem",
      #"{"RequestItems":{"Things":{"Keys":[{"pk":{"S":"a"}},{"pk":{"S":"b"}}],"AttributesToGet":["pk"],"ConsistentRead":true}}}"#
    ),
    ("GetItem", #"{"TableName":"Things","Key":{"pk":{"S":"a"}},"ProjectionExpression":"pk, m.l[0]"}"#),
    (
      "CreateTable",
      #"{"TableName":"Others","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"N"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"GlobalSecondaryIndexes":[{"IndexName":"gsi","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["x"]}}],"BillingMode":"PAY_PER_REQUEST","Tags":[{"Key":"a","Value":"b"}]}"#
    ),
    (
      "UpdateTable",
      #"{"TableName":"Things","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"nothing"}}],"DeletionProtectionEnabled":false}"#
    ),
    ("ListTables", #"{"Limit":3,"ExclusiveStartTableName":"Some"}"#),
  ]

  private static let rounds = ProcessInfo.processInfo.environment["FLYWHEEL_LONG"] == nil ? 1_500 : 200_000

  @Test(arguments: [1, 2, 3] as [UInt64])
  func damagedRequestsAreAnswered(seed: UInt64) async throws {
    let seed = FuzzRounds.seed(seed)
    var generator = SeededGenerator(seed: seed)
    let client = try WireClient()
    await client.succeed(
      "CreateTable",
      #"{"TableName":"Things","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}"#
    )
    for round in FuzzRounds(Self.rounds) {
      let request = Self.requests.randomElement(using: &generator)!
      let body = Self.damaged(Array(request.body.utf8), &generator)
      let response = await client.ask(target: "DynamoDB_20120810.\(request.operation)", body)
      let sent = String(decoding: body, as: UTF8.self)
      #expect(
        Self.isWellFormed(response),
        "seed \(seed), round \(round): \(request.operation) \(sent) → \(response.text)")
    }
  }

  /// A success with a JSON object or nothing, or an error of the client's with its type.
  private static func isWellFormed(_ response: WireResponse) -> Bool {
    if response.status == 200, response.body.isEmpty { return true }
    guard response.status == 200 || response.status == 400,
      let json = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
    else { return false }
    return response.status == 200 || (json["__type"] as? String)?.contains("#") == true
  }

  private static func damaged(_ body: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var body = body
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !body.isEmpty {
      let position = Int.random(in: 0..<body.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: body[position] = UInt8.random(in: 0...255, using: &generator)
      case 1: body[position] = Array(#"{}[]",:0aS\tn-.e "#.utf8).randomElement(using: &generator)!
      case 2: body.remove(at: position)
      case 3: body.insert(UInt8.random(in: 0x20...0x7E, using: &generator), at: position)
      case 4: body.removeSubrange(position...)
      default:
        // A piece of it twice, so that names and brackets repeat.
        let end = min(body.count, position + Int.random(in: 1...40, using: &generator))
        body.insert(contentsOf: body[position..<end], at: position)
      }
    }
    return body
  }
}
