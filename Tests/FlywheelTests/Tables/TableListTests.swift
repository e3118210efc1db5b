import DynamoModel
import Flywheel
import Testing

@Suite struct TableListTests {
  @Test func listsPagesInOrder() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    let names = ["b-2", "a-1", "c-3", "B-1", "a.1"]
    for name in names { try database.create(.plain(name)) }
    let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    func list(_ after: String?, _ limit: Int?) throws -> ListTablesResponse {
      try database.performAndWait(
        ListTables.self, ListTablesRequest(exclusiveStartTableName: after, limit: limit))
    }
    #expect(try list(nil, nil).tableNames == sorted)
    #expect(try list(nil, nil).lastEvaluatedTableName == nil)
    var collected: [String] = []
    var after: String?
    repeat {
      let page = try list(after, 2)
      collected += page.tableNames
      after = page.lastEvaluatedTableName
    } while after != nil
    #expect(collected == sorted)
    #expect(
      try list("a-2", nil).tableNames == sorted.filter { "a-2".utf8.lexicographicallyPrecedes($0.utf8) })
    #expect(try list("zzz", 1).tableNames.isEmpty)
    #expect(try list(nil, -7).tableNames.count == 1)
  }

  @Test func tagsComeAndGo() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    let arn = try database.create(.plain("table")).tableArn
    func tag(_ tags: [TableTag]) throws {
      _ = try database.performAndWait(TagResource.self, TagResourceRequest(resourceArn: arn, tags: tags))
    }
    func untag(_ keys: [String]) throws {
      _ = try database.performAndWait(
        UntagResource.self, UntagResourceRequest(resourceArn: arn, tagKeys: keys))
    }
    func list() throws -> [TableTag] {
      var tags: [TableTag] = []
      var token: String?
      repeat {
        let page = try database.performAndWait(
          ListTagsOfResource.self, ListTagsOfResourceRequest(resourceArn: arn, nextToken: token))
        tags += page.tags
        token = page.nextToken
      } while token != nil
      return tags
    }
    #expect(try list().isEmpty)
    try tag((0..<25).map { TableTag(key: "key-\($0)", value: "\($0)") })
    try tag([TableTag(key: "key-3", value: "new"), TableTag(key: "ключ @:/", value: "")])
    let tags = try list()
    #expect(tags.count == 26)
    #expect(tags.contains(TableTag(key: "key-3", value: "new")))
    try untag(["key-3", "nothing"])
    #expect(try list().count == 25)
    #expect(serviceError { try tag([]) }?.message == "Atleast one Tag needs to be provided as Input.")
    #expect(serviceError { try untag([]) }?.message == "Atleast one Tag Key needs to be provided as Input.")
    #expect(
      serviceError { try tag((0..<26).map { TableTag(key: "more-\($0)", value: "") }) }?.message
        == "Number of Tags exceed the current limit for the provided ResourceArn")
    #expect(
      serviceError { try tag([TableTag(key: "twice", value: "1"), TableTag(key: "twice", value: "2")]) }?
        .message
        == "Duplicate Tag Keys provided as input: Duplicate Tag Key found twice")
    #expect(
      serviceError { try tag([TableTag(key: "k", value: "100%")]) }?.message
        == "The Tag Value provided is invalid, Value: 100%")
  }

  @Test(arguments: [
    (
      "table", "One or more parameter values were invalid: ARNs must start with 'arn:': table",
      ErrorCode.validation
    ),
    (
      "arn:aws:s3:::bucket",
      "One or more parameter values were invalid: Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::bucket",
      .validation
    ),
    (
      "arn:aws:dynamodb:us-east-1:000000000000:table/gone",
      "Requested resource not found: ResourceArn: arn:aws:dynamodb:us-east-1:000000000000:table/gone not found",
      .resourceNotFound
    ),
  ])
  func tagsNeedATable(arn: String, message: String, code: ErrorCode) throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    let errors = [
      serviceError {
        _ = try database.performAndWait(ListTagsOfResource.self, ListTagsOfResourceRequest(resourceArn: arn))
      },
      serviceError {
        _ = try database.performAndWait(
          TagResource.self, TagResourceRequest(resourceArn: arn, tags: [TableTag(key: "k", value: "v")]))
      },
    ]
    for error in errors {
      #expect(error?.message == message)
      #expect(error?.code == code)
    }
  }

  @Test func limitsAndEndpoints() throws {
    let database = try Database.inMemory()
    defer { try? database.close() }
    let limits = try database.performAndWait(DescribeLimits.self, DescribeLimitsRequest())
    #expect(limits.accountMaxReadCapacityUnits == 80_000)
    #expect(limits.tableMaxWriteCapacityUnits == 40_000)
    let endpoints = try database.performAndWait(
      DescribeEndpoints.self, DescribeEndpointsRequest(address: "localhost:8000"))
    #expect(
      endpoints.endpoints == [EndpointDescription(address: "localhost:8000", cachePeriodInMinutes: 1_440)])
  }
}
