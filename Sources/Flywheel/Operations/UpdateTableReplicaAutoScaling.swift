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
  /// ``AutoScalingSettings``. A direction is told minimum, maximum and a policy, or that its scaling ends.
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
    do throws(ServiceError) {
      try ScalingRules.check(request, table: name)
    } catch {
      throw .service(error)
    }
    let options = database.options
    let definition = try database.catalog.change(&context) { draft throws(ServiceError) in
      guard let table = draft.table(name) else { throw ScalingRules.tableNotFound(name) }
      switch table.status {
      case .creating: throw .inUse("Table is being created: \(name)")
      case .deleting: throw .inUse("Table is being deleted: \(name)")
      case .active, .updating: break
      }
      let new = try Change(table.definition, options).applied(request)
      if new != table.definition { draft.put(new) }
      return new
    }
    return UpdateTableReplicaAutoScalingResponse(
      tableAutoScalingDescription: TableAutoScalingDescription(of: definition, region: options.region))
  }
}

/// A request being carried out on a table's definition.
private struct Change {
  private var table: TableDefinition
  private let region: String
  private let role: String

  init(_ table: TableDefinition, _ options: DatabaseOptions) {
    self.table = table
    region = options.region
    role =
      "arn:aws:iam::\(options.accountID):role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
      + "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
  }

  consuming func applied(
    _ request: UpdateTableReplicaAutoScalingRequest
  ) throws(ServiceError) -> TableDefinition {
    let replicas = request.replicaUpdates ?? []
    if let other = replicas.first(where: { $0.regionName != region }) {
      throw ScalingRules.noReplica(table.name, in: other.regionName)
    }
    try checkIndexes(request.globalSecondaryIndexUpdates, replicas)
    try checkBilling(request)
    try set(.write, request.provisionedWriteCapacityAutoScalingUpdate, request.globalSecondaryIndexUpdates)
    for replica in replicas {
      try set(.read, replica.provisionedReadCapacityAutoScalingUpdate, replica.globalSecondaryIndexUpdates)
    }
    return table
  }

  /// The index of a name, once it is made.
  private func position(of name: String) -> Int? {
    table.globalIndexes.firstIndex { $0.specification.indexName == name && $0.status != .creating }
  }

  private func checkIndexes(
    _ writes: [UpdateTableReplicaAutoScalingRequest.IndexUpdate]?,
    _ replicas: [UpdateTableReplicaAutoScalingRequest.ReplicaUpdate]
  ) throws(ServiceError) {
    let missing = (writes ?? []).compactMap(\.indexName).filter { position(of: $0) == nil }
    if !missing.isEmpty { throw ScalingRules.noIndexes(table.name, missing) }
    for replica in replicas {
      for name in (replica.globalSecondaryIndexUpdates ?? []).compactMap(\.indexName) {
        if position(of: name) == nil { throw ScalingRules.noIndex(table.name, name, in: region) }
      }
    }
  }

  /// On-demand tables have nothing to scale; that it ends may be said of them.
  private func checkBilling(_ request: UpdateTableReplicaAutoScalingRequest) throws(ServiceError) {
    guard table.billingMode == .payPerRequest else { return }
    func check(
      _ update: AutoScalingSettingsUpdate?, _ indexes: [UpdateTableReplicaAutoScalingRequest.IndexUpdate]?,
      _ member: String, _ memberOfIndexes: String
    ) throws(ServiceError) {
      if let update, update.autoScalingDisabled != true {
        throw ScalingRules.onDemand(table.name, region: region, member: member)
      }
      if (indexes ?? []).contains(where: { $0.update.map { $0.autoScalingDisabled != true } ?? false }) {
        throw ScalingRules.onDemand(table.name, region: region, member: memberOfIndexes)
      }
    }
    try check(
      request.provisionedWriteCapacityAutoScalingUpdate, request.globalSecondaryIndexUpdates,
      "GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate",
      "GlobalTableGlobalSecondaryIndexSettingsUpdate")
    for replica in request.replicaUpdates ?? [] {
      try check(
        replica.provisionedReadCapacityAutoScalingUpdate, replica.globalSecondaryIndexUpdates,
        "ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate", "ReplicaGlobalSecondaryIndexSettingsUpdate"
      )
    }
  }

  private mutating func set(
    _ direction: CapacityDirection, _ update: AutoScalingSettingsUpdate?,
    _ indexes: [UpdateTableReplicaAutoScalingRequest.IndexUpdate]?
  ) throws(ServiceError) {
    let name = "DynamoDB\(direction == .read ? "Read" : "Write")CapacityUtilization:table/\(table.name)"
    if let update {
      table.autoScaling[direction] = try ScalingRules.settings(
        update, table.autoScaling[direction], direction, table: table.name, policyName: name, role: role)
    }
    for entry in indexes ?? [] {
      guard let index = entry.indexName, let update = entry.update, let position = position(of: index) else {
        continue
      }
      table.globalIndexes[position].autoScaling[direction] = try ScalingRules.settings(
        update, table.globalIndexes[position].autoScaling[direction], direction, table: table.name,
        policyName: "\(name)/index/\(index)", role: role)
    }
  }
}
