/// What an UpdateTable request may ask for at once, in the service's words: the checks that need no table.
package enum UpdateRules {
  private static let invalid = KeySchemaRules.invalid

  /// Checks a request, in the service's order.
  package static func check(_ request: UpdateTableRequest) throws(ServiceError) {
    try checkNotEmpty(request)
    if request.billingMode == .payPerRequest, request.provisionedThroughput != nil {
      throw .validation(
        invalid + "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST")
    }
    try ThroughputRules.checkBounds(request.provisionedThroughput)
    if request.hasReplicaUpdates { throw .unsupported("replicas (ReplicaUpdates)") }
    try checkAlone(request)
    try checkIndexUpdates(request)
    try checkStream(request)
    try SettingsRules.checkEncryption(request.sseSpecification)
  }

  /// Checks that there is something to change. An empty list of index updates is nothing.
  private static func checkNotEmpty(_ request: UpdateTableRequest) throws(ServiceError) {
    let hasChange =
      request.provisionedThroughput != nil || request.billingMode != nil || request.streamSpecification != nil
      || request.globalSecondaryIndexUpdates?.isEmpty == false || request.sseSpecification != nil
      || request.hasReplicaUpdates || request.deletionProtectionEnabled != nil || request.onDemand != nil
      || request.warm != nil || request.tableClass != nil
    guard hasChange else {
      throw .validation(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
          + "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
          + "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
          + "required")
    }
    if request.globalSecondaryIndexUpdates?.isEmpty == true {
      throw .validation(invalid + "List of GlobalSecondaryIndexUpdates is empty")
    }
  }

  /// Checks that what has to be the only change is.
  private static func checkAlone(_ request: UpdateTableRequest) throws(ServiceError) {
    let parts: [(name: String, isThere: Bool)] = [
      ("Server-Side Encryption modification", request.sseSpecification != nil),
      ("TableClass modification", request.tableClass != nil),
      ("DeletionProtection modification", request.deletionProtectionEnabled != nil),
      ("WarmThroughput", request.warm != nil),
    ]
    let others =
      request.provisionedThroughput != nil || request.billingMode != nil || request.streamSpecification != nil
      || request.globalSecondaryIndexUpdates != nil || request.onDemand != nil
    let count = parts.count { $0.isThere }
    if request.warm != nil, request.globalSecondaryIndexUpdates?.contains(where: { $0.create != nil }) == true
    {
      throw .validation(
        invalid + "Create global secondary index cannot be specified when updating WarmThroughput")
    }
    for part in parts where part.isThere && (others || count > 1) {
      throw .validation(invalid + "\(part.name) must be the only operation in the request")
    }
    if request.onDemand != nil,
      request.provisionedThroughput != nil || request.streamSpecification != nil
        || request.globalSecondaryIndexUpdates != nil
    {
      throw .validation(
        invalid + "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request")
    }
  }

  private static func checkIndexUpdates(_ request: UpdateTableRequest) throws(ServiceError) {
    guard let updates = request.globalSecondaryIndexUpdates else { return }
    var names: Set<String> = []
    for update in updates {
      let actions = [update.update?.indexName, update.create?.indexName, update.delete?.indexName].compactMap
      { $0 }
      if actions.isEmpty {
        throw .validation(
          invalid + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
            + "GlobalSecondaryIndexUpdate.Delete must not be null")
      }
      if actions.count > 1 {
        throw .validation(
          invalid + "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object")
      }
      guard names.insert(actions[0]).inserted else {
        throw .validation(
          invalid + "Only one global secondary index update per index is allowed simultaneously. Index: "
            + actions[0])
      }
      if let warm = update.update?.warmThroughput, warm.isEmpty {
        throw .validation(
          invalid
            + "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified "
            + "for index: \(actions[0])")
      }
    }
    let makesOrDrops = updates.contains { $0.create != nil || $0.delete != nil }
    if makesOrDrops, request.provisionedThroughput != nil {
      throw .validation(invalid + "You cannot create or delete index while updating table IOPS")
    }
    if makesOrDrops, request.streamSpecification != nil {
      throw .validation(invalid + "You cannot create or delete index while changing stream status")
    }
  }

  private static func checkStream(_ request: UpdateTableRequest) throws(ServiceError) {
    guard let stream = request.streamSpecification else { return }
    if request.provisionedThroughput != nil || request.billingMode == .provisioned {
      throw .validation(invalid + "You cannot modify stream status while updating table IOPS")
    }
    if stream.streamEnabled, stream.streamViewType == nil {
      throw .validation(invalid + "If stream is being enabled then UpdateViewType is required")
    }
    if !stream.streamEnabled, stream.streamViewType != nil {
      throw .validation(invalid + "If stream is being disabled, then UpdateViewType must not be specified")
    }
    if stream.streamEnabled { throw .unsupported("streams (StreamSpecification)") }
  }
}

extension UpdateTableRequest {
  /// The limits for on-demand use that are asked for; a structure without a member asks for nothing.
  package var onDemand: OnDemandThroughput? {
    onDemandThroughput.flatMap { ThroughputRules.firstMember($0) == nil ? nil : $0 }
  }

  /// The level that is asked for; a structure without a member asks for nothing.
  package var warm: WarmThroughput? {
    warmThroughput.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension WarmThroughput {
  var isEmpty: Bool { readUnitsPerSecond == nil && writeUnitsPerSecond == nil }
}
