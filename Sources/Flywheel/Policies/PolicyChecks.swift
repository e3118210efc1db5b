/// What a resource policy's statements must be like, in the service's words.
enum PolicyChecks {
  /// The members of a statement, in the order in which they are shown.
  static let memberNames = [
    "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource",
    "Condition",
  ]

  /// Actions that a policy of a table may name besides those of the API that are about tables.
  private static let permissionActions: Set<String> = [
    "ConditionCheckItem", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate",
    "CreateTableReplica",
    "DeleteTableReplica", "UpdateGlobalTableVersion", "StartAwsBackupJob", "RestoreTableFromAwsBackup",
    "AssociateTableReplica", "ReadDataForReplication", "WriteDataForReplication", "ReplicateSettings",
  ]
  /// Operations of the API that are about a table.
  private static let tableActions: Set<String> = [
    "BatchGetItem", "BatchWriteItem", "CreateBackup", "CreateTable", "DeleteItem", "DeleteResourcePolicy",
    "DeleteTable", "DescribeContinuousBackups", "DescribeContributorInsights",
    "DescribeKinesisStreamingDestination", "DescribeTable", "DescribeTableReplicaAutoScaling",
    "DescribeTimeToLive", "DisableKinesisStreamingDestination", "EnableKinesisStreamingDestination",
    "ExportTableToPointInTime", "GetItem", "GetResourcePolicy", "ImportTable", "ListTagsOfResource",
    "PutItem",
    "PutResourcePolicy", "Query", "RestoreTableFromBackup", "RestoreTableToPointInTime", "Scan",
    "TagResource",
    "TransactGetItems", "TransactWriteItems", "UntagResource", "UpdateContinuousBackups",
    "UpdateContributorInsights", "UpdateItem", "UpdateKinesisStreamingDestination", "UpdateTable",
    "UpdateTableReplicaAutoScaling", "UpdateTimeToLive",
  ]
  private static let actions = Set(tableActions.union(permissionActions).map { $0.lowercased() })

  static func check(_ statements: [PolicyValue]) throws(ServiceError) {
    for statement in statements { try checkMembers(statement) }
    let sids = statements.compactMap { $0["Sid"] }
    guard Set(sids).count == sids.count else {
      throw .policy("The Statement Ids in the policy are not unique")
    }
    try checkActions(statements)
    for statement in statements { try checkPrincipal(statement) }
    guard !statements.contains(where: isUnbounded) else {
      throw .validation(
        "Resource-based policy grants unbounded access in one or more elements. Please revise the policy to "
          + "ensure least-privilege form of access")
    }
  }

  private static func checkMembers(_ statement: PolicyValue) throws(ServiceError) {
    for (name, opposite) in [
      ("Effect", nil), ("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"),
    ] where statement[name] == nil {
      guard let opposite, statement[opposite] != nil else {
        throw .policy("Missing required field \(name)")
      }
    }
    guard let effect = statement["Effect"]?.strings, effect.count == 1,
      ["allow", "deny"].contains(effect[0].lowercased())
    else {
      var text = ""
      statement["Effect"]?.write(to: &text)
      throw .policy("Invalid effect: \(statement["Effect"]?.strings?.first ?? text)")
    }
    for name in ["Action", "NotAction", "Resource", "NotResource"] {
      guard let value = statement[name] else { continue }
      guard let texts = value.strings, !texts.isEmpty else {
        throw .policy("This policy contains invalid Json")
      }
    }
  }

  /// Refuses actions that a table has not, all at once.
  private static func checkActions(_ statements: [PolicyValue]) throws(ServiceError) {
    var unknown: [String] = []
    for statement in statements {
      for action in (statement["Action"] ?? statement["NotAction"])?.strings ?? [] where !isKnown(action) {
        if !unknown.contains(action) { unknown.append(action) }
      }
    }
    guard !unknown.isEmpty else { return }
    let names = unknown.map { "\"\($0)\"" }.joined(separator: ", ")
    throw .policy("The following action names are invalid: \(names)")
  }

  private static func isKnown(_ action: String) -> Bool {
    if action == "*" { return true }
    let parts = action.lowercased().split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "dynamodb" else { return false }
    let name = String(parts[1])
    return name.contains("*") || name.contains("?") || actions.contains(name)
  }

  private static func checkPrincipal(_ statement: PolicyValue) throws(ServiceError) {
    guard let principal = statement["Principal"] ?? statement["NotPrincipal"] else { return }
    switch principal {
    case .string("*"): return
    case .object(let kinds):
      for kind in kinds {
        guard let names = kind.value.strings, !names.isEmpty else { throw invalidPrincipal }
        guard kind.name == "AWS" else { continue }
        for name in names where name != "*" && !isAccount(name) && !isIdentity(name) {
          throw invalidPrincipal
        }
      }
    default: throw invalidPrincipal
    }
  }

  private static var invalidPrincipal: ServiceError {
    .validation("One or more parameter values were invalid: Invalid principal in policy document.")
  }

  static func isAccount(_ text: String) -> Bool {
    text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// The ARN of somebody: of an account's root, a user, a role or a session.
  private static func isIdentity(_ arn: String) -> Bool {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    return parts.count == 6 && parts[0] == "arn" && (parts[2] == "iam" || parts[2] == "sts")
      && isAccount(String(parts[4])) && !parts[5].isEmpty
  }

  /// Whether a statement allows something to everyone, whatever the circumstances.
  private static func isUnbounded(_ statement: PolicyValue) -> Bool {
    guard statement["Effect"]?.strings?.first?.lowercased() == "allow", statement["Condition"] == nil else {
      return false
    }
    if statement["Principal"] == .string("*") { return true }
    return statement["Principal"]?["AWS"]?.strings?.contains("*") ?? false
  }
}
