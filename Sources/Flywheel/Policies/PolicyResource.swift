/// The table whose policy a request is about, by its ARN.
enum PolicyResource {
  /// The table's name, checked as far as the ARN alone goes. Policies of streams are those of a table that has
  /// one; here no table has.
  static func tableName(of arn: String) throws(ServiceError) -> String {
    guard arn.utf8.starts(with: "arn:".utf8) else { throw invalid("ARNs must start with 'arn:': \(arn)") }
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[2] == "dynamodb" else { throw notOurs(arn) }
    let path = parts[5].split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
    guard path.count >= 2, path[0] == "table" else { throw notOurs(arn) }
    guard TableName.isWellFormed(path[1]) else { throw invalid("Invalid resource Arn: \(arn)") }
    guard path.count > 2 else { return path[1] }
    switch (path[2], path.count) {
    case ("index", _):
      throw invalid(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: \(arn)")
    case ("stream", 4):
      throw ServiceError(
        .resourceNotFound,
        "Requested resource not found: Stream: \(path[3]) not found for Table: \(path[1])")
    default: throw notOurs(arn)
    }
  }

  /// The table, if its policy may be changed.
  static func table(_ name: String, in draft: borrowing CatalogDraft) throws(ServiceError) -> Table {
    guard let table = draft.table(name), table.status != .creating else { throw .tableNotFound(name) }
    if table.status == .deleting { throw .inUse("Table is being deleted: \(name)") }
    return table
  }

  /// Compares the revision that a request expects with what there is.
  static func check(_ expected: String?, _ definition: TableDefinition) throws(ServiceError) {
    guard let expected else { return }
    let name = definition.name
    let current = definition.policy?.revision ?? definition.policyDeleted
    if expected == "NO_POLICY" {
      guard let policy = definition.policy else { return }
      throw notFound(
        "Requested policy update expecting none to be present for table \(name), but a policy exists with "
          + "revision id \(policy.revision).")
    }
    guard let current else {
      throw notFound(
        "Requested update for policy with revision id \(expected), but table \(name) has no associated policy."
      )
    }
    guard definition.policy == nil || expected != String(current) else { return }
    throw notFound(
      "Requested update for policy with revision id \(expected), but the policy associated to target table "
        + "\(name) has revision id \(current).")
  }

  static func notFound(_ detail: String) -> ServiceError {
    ServiceError(
      .policyNotFound, "Resource-based policy not found for the provided ResourceArn: \(detail)")
  }

  private static func invalid(_ detail: String) -> ServiceError {
    .validation("One or more parameter values were invalid: \(detail)")
  }

  private static func notOurs(_ arn: String) -> ServiceError {
    invalid("Provided Arn is not a DynamoDB resource arn: \(arn)")
  }
}
