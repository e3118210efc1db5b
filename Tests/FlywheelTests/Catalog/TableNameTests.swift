import Flywheel
import Testing

@Suite struct TableNameTests {
  @Test(arguments: [
    ("users", "users"),
    ("arn:aws:dynamodb:us-east-1:000000000000:table/users", "users"),
    ("arn:aws:dynamodb:eu-west-2:123456789012:table/users/index/by-age", "users"),
    ("arn:aws:s3:::bucket", "arn:aws:s3:::bucket"),
    ("arn:nonsense", "arn:nonsense"),
    ("", ""),
  ])
  func resolvesNamesAndARNs(given: String, name: String) {
    #expect(TableName.resolve(given) == name)
  }

  @Test(arguments: ["abc", "A.b-c_9", String(repeating: "x", count: 255)])
  func takesWellFormedNames(name: String) {
    #expect(TableName.isWellFormed(name))
  }

  @Test(arguments: ["", "ab", "a b", "a/b", "täble", String(repeating: "x", count: 256)])
  func refusesOthers(name: String) {
    #expect(!TableName.isWellFormed(name))
  }
}
