import DynamoModel

/// What a table's indexes must be like, in the service's words.
package enum IndexRules {
  /// Indexes that a table may have.
  package static let localIndexesMax = 5
  package static let globalIndexesMax = 20
  /// Names that all `NonKeyAttributes` of a table may hold together, each counted once an index.
  package static let projectedAttributesMax = 100

  private static let invalid = KeySchemaRules.invalid

  /// Checks the indexes of a table that is to be made. The table's own key has been checked.
  package static func check(
    local: [LocalSecondaryIndex]?, global: [GlobalSecondaryIndex]?, tableKey: [KeySchemaElement],
    definitions: [AttributeDefinition], billingMode: BillingMode
  ) throws(ServiceError) {
    if let local, local.isEmpty {
      throw .validation(invalid + "List of LocalSecondaryIndexes is empty")
    }
    if let global, global.isEmpty {
      throw .validation(invalid + "List of GlobalSecondaryIndexes is empty")
    }
    for (position, index) in (local ?? []).enumerated() {
      try KeySchemaRules.checkLength(
        index.keySchema, member: "localSecondaryIndexes.\(position + 1).member.keySchema")
    }
    if local != nil, tableKey.count < 2 {
      throw .validation(
        invalid + "Table KeySchema does not have a range key, which is required when specifying a "
          + "LocalSecondaryIndex")
    }
    let keys = (local ?? []).map(\.keySchema) + (global ?? []).map(\.keySchema)
    for key in keys { try KeySchemaRules.checkDefined(key, definitions) }
    try KeySchemaRules.checkAllUsed(definitions, tableKey, indexKeys: keys)

    var names: Set<String> = []
    for index in local ?? [] { try checkLocal(index, tableKey: tableKey, &names) }
    if let local, local.count > localIndexesMax {
      throw .validation(
        invalid + "Number of LocalSecondaryIndexes exceeds per-table limit of \(localIndexesMax)")
    }
    for index in global ?? [] { try checkGlobal(index, billingMode: billingMode, &names) }
    if let global, global.count > globalIndexesMax {
      throw .validation(
        invalid + "GlobalSecondaryIndex count exceeds the per-table limit of \(globalIndexesMax)")
    }
    try checkProjectedCount((local ?? []).map(\.projection) + (global ?? []).map(\.projection))
  }

  private static func checkLocal(
    _ index: LocalSecondaryIndex, tableKey: [KeySchemaElement], _ names: inout Set<String>
  ) throws(ServiceError) {
    try KeySchemaRules.checkTwoElements(index.keySchema)
    guard index.keySchema.count == 2 else {
      throw .validation(invalid + "Index KeySchema does not have a range key for index: \(index.indexName)")
    }
    let hash = index.keySchema[0].attributeName
    let tableHash = tableKey[0].attributeName
    guard hash == tableHash else {
      throw .validation(
        invalid + "Index KeySchema does not have the same leading hash key as table KeySchema for index: "
          + "\(index.indexName). index hash key: \(hash), table hash key: \(tableHash)")
    }
    try checkProjection(index.projection)
    try checkName(index.indexName, &names)
  }

  private static func checkGlobal(
    _ index: GlobalSecondaryIndex, billingMode: BillingMode, _ names: inout Set<String>
  ) throws(ServiceError) {
    try KeySchemaRules.checkGlobalIndex(index.keySchema)
    try checkProjection(index.projection)
    switch (billingMode, index.provisionedThroughput) {
    case (.payPerRequest, .some):
      throw .validation(
        invalid
          + "ProvisionedThroughput should not be specified for index: \(index.indexName) when BillingMode "
          + "is PAY_PER_REQUEST")
    case (.provisioned, nil):
      throw .validation(invalid + "ProvisionedThroughput is not specified for index: \(index.indexName)")
    default: break
    }
    try ThroughputRules.checkNewIndex(index, billingMode: billingMode)
    try checkName(index.indexName, &names)
  }

  /// Checks what an index copies.
  package static func checkProjection(_ projection: Projection) throws(ServiceError) {
    switch (projection.projectionType, projection.nonKeyAttributes) {
    case (nil, _):
      throw .validation(invalid + "Unknown ProjectionType: null")
    case (.include, nil):
      throw .validation(invalid + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    case (.include, .some(let names)):
      var seen: Set<ByteText> = []
      for name in names where !seen.insert(ByteText(name)).inserted {
        throw .validation(invalid + "Duplicate element in NonKeyAttributes: \(name)")
      }
    case (.some(let type), .some):
      throw .validation(invalid + "ProjectionType is \(type.rawValue), but NonKeyAttributes is specified")
    case (.some, nil): break
    }
  }

  /// Checks how many names all of a table's indexes copy.
  package static func checkProjectedCount(_ projections: [Projection]) throws(ServiceError) {
    let count = projections.reduce(0) { $0 + ($1.nonKeyAttributes?.count ?? 0) }
    if count > projectedAttributesMax {
      throw .validation(
        invalid + "Number of user specified NonKeyAttributes (\(count)) exceeds the per-table limit of "
          + "\(projectedAttributesMax)")
    }
  }

  private static func checkName(_ name: String, _ names: inout Set<String>) throws(ServiceError) {
    guard names.insert(name).inserted else {
      throw .validation(invalid + "Duplicate index name: \(name)")
    }
  }
}
