import DynamoProtocol
import Foundation
import Testing

/// Bodies made to cost much: they are answered, in the service's words where it has some, and with messages of
/// bounded length.
@Suite struct HostileBodyTests {
  /// The whole ten megabytes take a release build.
  static let bytes =
    ProcessInfo.processInfo.environment["FLYWHEEL_LONG"] == nil ? 300_000 : 10_000_000

  private func repeated(_ piece: String, between opening: String, and closing: String) -> String {
    opening + String(repeating: piece, count: Self.bytes / piece.utf8.count) + closing
  }

  @Test(arguments: OperationTests.built)
  func bracketsAndNothingElse(_ operation: String) async throws {
    let client = try WireClient()
    for piece in ["[", "{\"a\":", "{\"L\":["] {
      let response = await client.ask(operation, repeated(piece, between: "", and: ""))
      #expect(response.status == 400)
      #expect(response.errorType == "SerializationException")
    }
  }

  @Test func aValueNestedWithoutEnd() async throws {
    let client = try WireClient()
    let levels = Self.bytes / 12
    let value =
      String(repeating: #"{"L":["#, count: levels) + #"{"S":"x"}"# + String(repeating: "]}", count: levels)
    let response = await client.ask("PutItem", #"{"TableName":"abc","Item":{"pk":\#(value)}}"#)
    #expect(response.errorType == "ValidationException")
    #expect(response.text.contains("Nesting Levels have exceeded supported limits"))
  }

  /// Many small things, in each place that holds them.
  @Test(arguments: [
    ("BatchGetItem", "{},", #"{"RequestItems":{"abc":{"Keys":["#, "{}]}}}"),
    ("BatchWriteItem", "{},", #"{"RequestItems":{"abc":["#, "{}]}}"),
    ("BatchWriteItem", #""a":[],"#, #"{"RequestItems":{"#, #""abc":[]}}"#),
    ("CreateTable", "{},", #"{"TableName":"abc","KeySchema":["#, "{}]}"),
    ("TagResource", "{},", #"{"ResourceArn":"arn:a","Tags":["#, "{}]}"),
    ("UntagResource", #""","#, #"{"ResourceArn":"arn:a","TagKeys":["#, #"""]}"#),
    ("Query", "{},", #"{"TableName":"abc","KeyConditions":{"a":{"AttributeValueList":["#, "{}]}}}"),
    ("GetItem", #""","#, #"{"TableName":"abc","Key":{},"AttributesToGet":["#, #"""]}"#),
    ("PutItem", #""x","#, #"{"TableName":"abc","Item":{"a":{"SS":["#, #""y"]}}}"#),
    ("PutItem", #"{"S":""},"#, #"{"TableName":"abc","Item":{"a":{"L":["#, #"{"S":""}]}}}"#),
    ("PutItem", #""a":{"S":""},"#, #"{"TableName":"abc","Item":{"#, #""b":{}}}"#),
    ("ListTables", #""Unknown":[{}],"#, "{", #""Limit":0}"#),
    ("ListTables", " ", "{", #""Limit":0}"#),
    ("GetItem", "x", #"{"TableName":""#, #"","Key":{}}"#),
    ("GetItem", #"\n"#, #"{"TableName":""#, #"","Key":{}}"#),
    ("GetItem", "9", #"{"TableName":"abc","Key":{"a":{"N":""#, #""}}}"#),
    ("Query", "9", #"{"TableName":"abc","Limit":-"#, "}"),
  ])
  func manySmallThings(_ operation: String, _ piece: String, _ opening: String, _ closing: String)
    async throws
  {
    let client = try WireClient()
    let response = await client.ask(operation, repeated(piece, between: opening, and: closing))
    #expect(response.status == 400)
    // A long list of nothing much may be a fine item.
    let isExpected = ["ValidationException", "ResourceNotFoundException"].contains(response.errorType)
    #expect(isExpected, "\(response.text.prefix(200))")
    let isShort = response.body.count < 400_000 || operation == "GetItem"
    #expect(isShort)
  }

  /// Distinct names, which can't be told to be too many by one of them coming twice.
  @Test func manyNames() async throws {
    let client = try WireClient()
    let tables = (0..<Self.bytes / 14).map { #""table\#($0)":[]"# }.joined(separator: ",")
    let writes = await client.ask("BatchWriteItem", #"{"RequestItems":{\#(tables)}}"#)
    #expect(writes.errorType == "ValidationException")
    #expect(writes.text.contains("Member must have length less than or equal to 25"))
    let values = (0..<Self.bytes / 20).map { #"":v\#($0)":{"S":""}"# }.joined(separator: ",")
    let scan = await client.ask(
      "Scan", #"{"TableName":"abc","FilterExpression":"a = :v","ExpressionAttributeValues":{\#(values)}}"#)
    #expect(scan.errorType == "ValidationException")
  }
}
