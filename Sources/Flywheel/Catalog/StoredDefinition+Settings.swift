import DynamoModel

/// Settings that are maps of their own.
extension StoredDefinition {
  static func encode(_ insights: ContributorInsights) -> AttributeValue {
    .map([
      "Enabled": .bool(insights.isEnabled), "Mode": .string(insights.mode.rawValue),
      "Changed": .time(insights.changed), "Made": .time(insights.rulesMade),
    ])
  }

  static func insights(_ fields: StoredFields) throws(DatabaseError) -> ContributorInsights? {
    guard let stored = try fields.optionalMap("Insights") else { return nil }
    return ContributorInsights(
      isEnabled: try stored.flag("Enabled"), mode: try stored.word("Mode"),
      changed: try stored.time("Changed"), rulesMade: try stored.time("Made"))
  }

  static func encode(_ changes: EncryptionChanges) -> AttributeValue {
    .map([
      "First": .time(changes.first), "Last": .time(changes.last), "Count": .int(changes.count),
    ])
  }

  static func encryptionChanges(_ fields: StoredFields) throws(DatabaseError) -> EncryptionChanges? {
    guard let stored = try fields.optionalMap("EncryptionChanges") else { return nil }
    return EncryptionChanges(
      first: try stored.time("First"), last: try stored.time("Last"), count: try stored.int("Count"))
  }
}
