/// What is to change about the auto scaling of a table and its global indexes.
public struct UpdateTableReplicaAutoScalingRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String
  /// The writing of global indexes.
  public var globalSecondaryIndexUpdates: [IndexUpdate]?
  /// The writing of the table.
  public var provisionedWriteCapacityAutoScalingUpdate: AutoScalingSettingsUpdate?
  /// The reading, in each region. There is one: the database's own.
  public var replicaUpdates: [ReplicaUpdate]?

  /// What is to change about one direction of a global index.
  public struct IndexUpdate: Sendable {
    public var indexName: String?
    public var update: AutoScalingSettingsUpdate?

    public init(indexName: String? = nil, update: AutoScalingSettingsUpdate? = nil) {
      self.indexName = indexName
      self.update = update
    }
  }

  /// What is to change about reading in a region.
  public struct ReplicaUpdate: Sendable {
    public var regionName: String
    public var globalSecondaryIndexUpdates: [IndexUpdate]?
    public var provisionedReadCapacityAutoScalingUpdate: AutoScalingSettingsUpdate?

    public init(
      regionName: String, globalSecondaryIndexUpdates: [IndexUpdate]? = nil,
      provisionedReadCapacityAutoScalingUpdate: AutoScalingSettingsUpdate? = nil
    ) {
      self.regionName = regionName
      self.globalSecondaryIndexUpdates = globalSecondaryIndexUpdates
      self.provisionedReadCapacityAutoScalingUpdate = provisionedReadCapacityAutoScalingUpdate
    }
  }

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// The scaling as it is from now on.
public struct UpdateTableReplicaAutoScalingResponse: Sendable {
  public var tableAutoScalingDescription: TableAutoScalingDescription

  public init(tableAutoScalingDescription: TableAutoScalingDescription) {
    self.tableAutoScalingDescription = tableAutoScalingDescription
  }
}

extension Database {
  /// Has provisioned units of a table and its global indexes follow their use, within bounds, or ends that.
  ///
  /// Units are looked at once a minute by the database's clock, and changed as UpdateTable would change them; see
  /// ``AutoScalingSettings``. A direction that had no scaling needs minimum, maximum and a policy.
  ///
  /// - Throws: ``ErrorCode/validation``, ``ErrorCode/resourceNotFound``, ``ErrorCode/resourceInUse``.
  nonisolated(nonsending) public func updateTableReplicaAutoScaling(
    _ request: UpdateTableReplicaAutoScalingRequest
  ) async throws(ServiceError) -> UpdateTableReplicaAutoScalingResponse {
    try await performAsync(UpdateTableReplicaAutoScaling.self, request)
  }
}

package enum UpdateTableReplicaAutoScaling: Operation {
  package static let name = "UpdateTableReplicaAutoScaling"
  package static var mayRunInline: Bool { false }

  package static func run(
    _ request: UpdateTableReplicaAutoScalingRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> UpdateTableReplicaAutoScalingResponse {
    let name = TableName.resolve(request.tableName)
    let region = database.options.region
    let definition = try database.catalog.change(&context) { draft throws(ServiceError) in
      guard let table = draft.table(name) else { throw ServiceError.tableNotFound(name) }
      switch table.status {
      case .creating: throw .inUse("Table is being created: \(name)")
      case .deleting: throw .inUse("Table is being deleted: \(name)")
      case .active, .updating: break
      }
      let new = try changed(table.definition, by: request, region: region)
      if new != table.definition { draft.put(new) }
      return new
    }
    return UpdateTableReplicaAutoScalingResponse(
      tableAutoScalingDescription: TableAutoScalingDescription(of: definition, region: region))
  }

  private static func changed(
    _ table: TableDefinition, by request: UpdateTableReplicaAutoScalingRequest, region: String
  ) throws(ServiceError) -> TableDefinition {
    var new = table
    try change(
      &new, .write, request.provisionedWriteCapacityAutoScalingUpdate, request.globalSecondaryIndexUpdates)
    for replica in request.replicaUpdates ?? [] {
      guard replica.regionName == region else {
        throw .validation(
          KeySchemaRules.invalid
            + "Replica specified in the Replica Update or Replica Delete action of the request was "
            + "not found: \(replica.regionName)")
      }
      try change(
        &new, .read, replica.provisionedReadCapacityAutoScalingUpdate, replica.globalSecondaryIndexUpdates)
    }
    return new
  }

  private static func change(
    _ table: inout TableDefinition, _ direction: CapacityDirection, _ update: AutoScalingSettingsUpdate?,
    _ indexes: [UpdateTableReplicaAutoScalingRequest.IndexUpdate]?
  ) throws(ServiceError) {
    let word = direction == .read ? "Read" : "Write"
    if let update {
      table.autoScaling[direction] = try settings(
        update, table.autoScaling[direction], table, "DynamoDB\(word)CapacityUtilization:table/\(table.name)")
    }
    for entry in indexes ?? [] {
      guard let name = entry.indexName, let update = entry.update else { continue }
      guard let position = table.globalIndexes.firstIndex(where: { $0.specification.indexName == name })
      else {
        throw .validation(KeySchemaRules.invalid + "The table does not have the specified index: \(name)")
      }
      table.globalIndexes[position].autoScaling[direction] = try settings(
        update, table.globalIndexes[position].autoScaling[direction], table,
        "DynamoDB\(word)CapacityUtilization:table/\(table.name)/index/\(name)")
    }
  }

  private static func settings(
    _ update: AutoScalingSettingsUpdate, _ old: AutoScalingSettings?, _ table: TableDefinition,
    _ policyName: String
  ) throws(ServiceError) -> AutoScalingSettings? {
    if update.autoScalingDisabled != true, table.billingMode == .payPerRequest {
      throw .validation(
        KeySchemaRules.invalid + "Auto scaling can not be enabled when BillingMode is PAY_PER_REQUEST")
    }
    return try update.applied(to: old, policyName: policyName)
  }
}
