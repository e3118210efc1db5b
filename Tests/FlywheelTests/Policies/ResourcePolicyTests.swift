import DynamoModel
import Flywheel
import LSMTree
import Testing

/// Resource policies: kept in one form, with revisions, and refused in the service's words.
@Suite struct ResourcePolicyTests {
  private let database: Database
  private let arn = "arn:aws:dynamodb:us-east-1:000000000000:table/reference"
  private let account = "111122223333"

  init() throws {
    var options = DatabaseOptions()
    options.enforcesChangeIntervals = false
    database = try Database.inMemory(options: options)
    _ = try database.performAndWait(CreateTable.self, ReferenceTable.definition)
  }

  private func statement(
    sid: String? = "Read", effect: String = "Allow", principal: String? = nil,
    action: String = #""dynamodb:GetItem""#, resource: String? = nil, rest: String = ""
  ) -> String {
    var members: [String] = []
    if let sid { members.append(#""Sid":"\#(sid)""#) }
    members.append(#""Effect":"\#(effect)""#)
    members.append(#""Principal":\#(principal ?? #"{"AWS":"arn:aws:iam::\#(account):root"}"#)"#)
    members.append(#""Action":\#(action)"#)
    members.append(#""Resource":\#(resource ?? #""\#(arn)""#)"#)
    return "{" + members.joined(separator: ",") + rest + "}"
  }

  private func policy(_ statements: String...) -> String {
    #"{"Version":"2012-10-17","Statement":[\#(statements.joined(separator: ","))]}"#
  }

  private func put(_ policy: String, arn: String? = nil, expecting revision: String? = nil) throws -> String {
    let request = PutResourcePolicyRequest(
      resourceArn: arn ?? self.arn, policy: policy, expectedRevisionId: revision)
    return try database.performAndWait(PutResourcePolicy.self, request).revisionId
  }

  private func get(_ arn: String? = nil) throws -> GetResourcePolicyResponse {
    try database.performAndWait(
      GetResourcePolicy.self, GetResourcePolicyRequest(resourceArn: arn ?? self.arn))
  }

  private func delete(expecting revision: String? = nil) throws -> String? {
    let request = DeleteResourcePolicyRequest(resourceArn: arn, expectedRevisionId: revision)
    return try database.performAndWait(DeleteResourcePolicy.self, request).revisionId
  }

  private func refused(_ code: ErrorCode, _ message: String, _ body: () throws -> Void) {
    let error = #expect(throws: ServiceError.self) { try body() }
    #expect(error?.code == code)
    #expect(error?.message == message)
  }

  private func refusedPolicy(_ reason: String, _ policy: String) {
    refused(.validation, "One or more parameter values were invalid: Invalid policy document: \(reason)") {
      _ = try put(policy)
    }
  }

  @Test func aPolicyInItsFormIsShownAsItIs() throws {
    let text = policy(statement(rest: #","Condition":{"StringEquals":{"aws:PrincipalAccount":"1"}}"#))
    let revision = try put(text)
    #expect(try get().policy == text)
    #expect(try get().revisionId == revision)
    #expect(revision.count == 13)
  }

  /// Texts that say the same are one policy, and putting one after the other changes nothing.
  @Test func formattingMakesNoDifference() throws {
    let text = policy(statement())
    let revision = try put(text)
    let spaced = text.replacing(",", with: " ,\n\t ").replacing(":{", with: " : {")
    let same = [
      spaced,
      policy(statement(action: #"["dynamodb:GetItem"]"#, resource: #"["\#(arn)"]"#)),
      policy(statement(principal: #"{"AWS":"\#(account)"}"#)),
      policy(statement(principal: #"{"AWS":["\#(account)","arn:aws:iam::\#(account):root"]}"#)),
      policy(statement(effect: "allow")),
      policy(statement(sid: #"R\u0065ad"#)),
      #"{"Statement":\#(statement()),"Version":"2012-10-17"}"#,
    ]
    for other in same {
      #expect(try put(other) == revision, "\(other)")
      #expect(try get().policy == text)
    }
    let other = try put(policy(statement(action: #"["dynamodb:Query","dynamodb:GetItem"]"#)))
    #expect(try get().policy == policy(statement(action: #"["dynamodb:Query","dynamodb:GetItem"]"#)))
    #expect(other > revision)
    #expect(try put(text) > other)
  }

  @Test func aPolicyWithoutVersionIsShownWithTheOldest() throws {
    let revision = try put(#"{"Statement":[\#(statement(sid: nil))]}"#)
    let shown = try get().policy
    #expect(shown == #"{"Version":"2008-10-17","Statement":[\#(statement(sid: nil))]}"#)
    #expect(try put(#"{"Statement":[\#(statement(sid: nil))]}"#) == revision)
    #expect(try put(shown) != revision)
  }

  @Test func revisionsAreCompared() throws {
    let none = "Resource-based policy not found for the provided ResourceArn: "
    refused(.policyNotFound, none + arn) { _ = try get() }
    #expect(try delete() == nil)
    refused(
      .policyNotFound,
      none + "Requested update for policy with revision id 12, but table reference has no associated policy."
    ) { _ = try put(policy(statement()), expecting: "12") }
    let first = try put(policy(statement()), expecting: "NO_POLICY")
    refused(
      .policyNotFound,
      none
        + "Requested policy update expecting none to be present for table reference, but a policy exists with "
        + "revision id \(first)."
    ) { _ = try put(policy(statement(sid: "Other")), expecting: "NO_POLICY") }
    let second = try put(policy(statement(sid: "Other")), expecting: first)
    let stale =
      none
      + "Requested update for policy with revision id \(first), but the policy associated to target table "
      + "reference has revision id \(second)."
    refused(.policyNotFound, stale) { _ = try put(policy(statement()), expecting: first) }
    refused(.policyNotFound, stale) { _ = try delete(expecting: first) }
    #expect(try delete(expecting: second) == second)
    let deleted = try #require(try delete())
    #expect(deleted > second)
    refused(.policyNotFound, none + arn) { _ = try get() }
    #expect(try put(policy(statement()), expecting: "NO_POLICY") > deleted)
  }

  @Test func whatIsNoPolicyIsRefused() throws {
    refusedPolicy("This policy contains invalid Json", "")
    refusedPolicy("This policy contains invalid Json", "{not json")
    refusedPolicy("This policy contains invalid Json", "[]")
    refusedPolicy("This policy contains invalid Json", String(repeating: "[", count: 10_000))
    refusedPolicy("Could not parse the policy: Statement is empty!", policy())
    refusedPolicy("This text appears not to be a policy", "null")
    refusedPolicy("Syntax error at position (1,3)", "{}")
    refusedPolicy("Syntax error at position (2,2)", "{\n}")
    refusedPolicy(
      "Syntax error at position (1,94)", policy(statement(sid: "V16", principal: #""\#(account)""#)))
    refusedPolicy("Missing required field Effect", policy("{}"))
    refusedPolicy(
      "Missing required field Resource",
      policy(#"{"Effect":"Allow","Principal":{"AWS":"\#(account)"},"Action":"dynamodb:GetItem"}"#))
    refusedPolicy("The Statement Ids in the policy are not unique", policy(statement(), statement()))
    refusedPolicy(
      #"The following action names are invalid: "dynamodb:GetRecords", "dynamodb:DescribeStream""#,
      policy(statement(action: #"["dynamodb:GetRecords","dynamodb:DescribeStream"]"#)))
    refused(
      .validation, "One or more parameter values were invalid: Maximum policy size of 20480 bytes exceeded"
    ) { _ = try put(policy(statement()) + String(repeating: " ", count: 20_480)) }
    for principal in [#""*""#, #"{"AWS":"*"}"#] {
      refused(
        .validation,
        "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to "
          + "ensure least-privilege form of access"
      ) { _ = try put(policy(statement(principal: principal))) }
    }
    refused(.validation, "One or more parameter values were invalid: Invalid principal in policy document.") {
      _ = try put(policy(statement(principal: #"{"AWS":"somebody"}"#)))
    }
    _ = try put(policy(statement(effect: "Deny", principal: #""*""#)))
    _ = try put(policy(statement(resource: #""*""#)))
    _ = try put(policy(statement(action: #""dynamodb:getitem""#)))
    _ = try put(policy(statement()) + String(repeating: " ", count: 15_000))
  }

  @Test func resourcesAreTables() throws {
    let invalid = "One or more parameter values were invalid: "
    refused(.validation, invalid + "ARNs must start with 'arn:': reference") { _ = try get("reference") }
    refused(
      .validation,
      invalid + "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: "
        + arn + "/index/byG"
    ) { _ = try get(arn + "/index/byG") }
    refused(.validation, invalid + "Provided Arn is not a DynamoDB resource arn: \(arn)/backup/0170") {
      _ = try get(arn + "/backup/0170")
    }
    refused(
      .resourceNotFound,
      "Requested resource not found: Stream: 2000-01-01T00:00:00.000 not found for Table: reference"
    ) { _ = try get(arn + "/stream/2000-01-01T00:00:00.000") }
    refused(.resourceNotFound, "Requested resource not found: Table: missing not found") {
      _ = try put(policy(statement()), arn: arn.replacing("reference", with: "missing"))
    }
  }

  @Test func aTableIsMadeWithAPolicyAndKeepsItOverACrash() throws {
    let files = FaultFileSystem()
    let text = policy(statement())
    let before = try Database.open(at: "/database", options: DatabaseOptions(), fileSystem: files)
    var request = ReferenceTable.definition
    request.resourcePolicy = "{"
    refused(
      .validation,
      "One or more parameter values were invalid: Invalid policy document: This policy contains invalid Json"
    ) { _ = try before.performAndWait(CreateTable.self, request) }
    request.resourcePolicy = text
    _ = try before.performAndWait(CreateTable.self, request)
    let revision = try before.performAndWait(
      GetResourcePolicy.self, GetResourcePolicyRequest(resourceArn: arn)
    ).revisionId
    let after = files.afterPowerCut(seed: 1)
    try? before.close()
    let database = try Database.open(at: "/database", options: DatabaseOptions(), fileSystem: after)
    defer { try? database.close() }
    let found = try database.performAndWait(
      GetResourcePolicy.self, GetResourcePolicyRequest(resourceArn: arn))
    #expect(found.policy == text)
    #expect(found.revisionId == revision)
  }
}
