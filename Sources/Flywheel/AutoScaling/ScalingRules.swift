/// What settings of auto scaling are taken and refused, in the service's words.
///
/// Source: answers of the service (recordings of the ACK project's probes, October 2026). Some are those of Application Auto
/// Scaling, which the service passes on with the identifier of a request of its own. They differ from the documentation in the
/// target, which may be from 10 to 90.
package enum ScalingRules {
  static let targets = 10.0...90.0
  /// What a target is refused below and above in other words than those for `targets`.
  private static let targetsAtAll = 8.51592e-109...1.174271e108

  package static func tableNotFound(_ table: String) -> ServiceError {
    ServiceError(.resourceNotFound, "Global table with name: '\(table)' does not exist.")
  }

  private static func failed(_ table: String, _ why: String, _ code: ErrorCode = .validation) -> ServiceError
  {
    ServiceError(code, "Failed to update settings for global table with name: ‘\(table)’ because \(why).")
  }

  /// Checks what a request shows without its table.
  static func check(_ request: UpdateTableReplicaAutoScalingRequest, table: String) throws(ServiceError) {
    let writes = (request.globalSecondaryIndexUpdates ?? []).map(\.update)
    let replicas = request.replicaUpdates ?? []
    if request.provisionedWriteCapacityAutoScalingUpdate == nil, writes.isEmpty, replicas.isEmpty {
      throw failed(table, "at least one update parameter must be specified")
    }
    var regions: Set<String> = []
    for replica in replicas {
      let region = replica.regionName
      if !regions.insert(region).inserted {
        throw failed(table, "there is more than one update for region: ‘\(region)’")
      }
      if replica.provisionedReadCapacityAutoScalingUpdate == nil,
        replica.globalSecondaryIndexUpdates?.isEmpty ?? true
      {
        throw failed(table, "at least one update parameter must be specified for region: ‘\(region)’")
      }
    }
    let reads = replicas.flatMap { replica in
      [replica.provisionedReadCapacityAutoScalingUpdate]
        + (replica.globalSecondaryIndexUpdates ?? []).map(\.update)
    }
    for update in [request.provisionedWriteCapacityAutoScalingUpdate] + writes + reads {
      if let update { _ = try whole(update, table: table) }
    }
  }

  /// What a direction is to be scaled by: all of it, or nothing.
  private static func whole(
    _ update: AutoScalingSettingsUpdate, table: String
  ) throws(ServiceError) -> (minimum: Int, maximum: Int, policy: AutoScalingSettingsUpdate.Policy)? {
    let parts = [
      ("MaximumUnits", update.maximumUnits != nil), ("ScalingPolicyUpdate", update.policy != nil),
      ("MinimumUnits", update.minimumUnits != nil),
    ]
    func names(_ isThere: Bool) -> String {
      parts.filter { $0.1 == isThere }.map { "'\($0.0)'" }.joined(separator: ", ")
    }
    if update.autoScalingDisabled == true {
      if parts.contains(where: \.1) {
        throw .validation(
          "Failed to update settings for global table with name ‘\(table)’: Parameters \(names(true)) must be left blank "
            + "when disabling auto scaling.")
      }
      return nil
    }
    guard let minimum = update.minimumUnits, let maximum = update.maximumUnits, let policy = update.policy
    else {
      throw .validation(
        "Failed to update settings for global table with name: ‘\(table)’: Parameters \(names(false)) are required unless "
          + "auto scaling is being disabled.")
    }
    return (minimum, maximum, policy)
  }

  /// The settings that an update makes of those there were; nil if it ends the scaling.
  ///
  /// - Parameters:
  ///   - policyName: what a policy without a name is called.
  ///   - role: what is told of a direction for which none was named.
  static func settings(
    _ update: AutoScalingSettingsUpdate, _ old: AutoScalingSettings?, _ direction: CapacityDirection,
    table: String,
    policyName: String, role: String
  ) throws(ServiceError) -> AutoScalingSettings? {
    guard let (minimum, maximum, policy) = try whole(update, table: table) else { return nil }
    if minimum > maximum { throw passedOn("Maximum capacity cannot be less than minimum capacity") }
    let target = policy.targetValue
    if !targetsAtAll.contains(target) {
      throw passedOn(
        "For target tracking scaling, target value must be between '8.51592E-109' and '1.174271E108', but was "
          + "'\(target)'.")
    }
    if !targets.contains(target) {
      throw passedOn(
        "For predefined metric type DynamoDB\(direction == .read ? "Read" : "Write")CapacityUtilization, target value "
          + "must be between '\(targets.lowerBound)' and '\(targets.upperBound)', but was '\(target)'.")
    }
    return AutoScalingSettings(
      minimumUnits: minimum, maximumUnits: maximum, targetPercent: target,
      disableScaleIn: policy.disableScaleIn ?? false, scaleInCooldownSeconds: policy.scaleInCooldown ?? 0,
      scaleOutCooldownSeconds: policy.scaleOutCooldown ?? 0, policyName: policy.policyName ?? policyName,
      roleARN: update.autoScalingRoleArn ?? old?.roleARN ?? role)
  }

  /// An error of Application Auto Scaling.
  private static func passedOn(_ message: String) -> ServiceError {
    .validation(
      "\(message) (Service: AWSApplicationAutoScaling; Status Code: 400; Error Code: ValidationException; Request ID: "
        + "\(RandomIdentifier.make()); Proxy: null)")
  }

  // MARK: What the table does not go with

  /// - Parameter member: what sets the direction, by the name it had in the first version of the API.
  static func onDemand(_ table: String, region: String, member: String) -> ServiceError {
    // The marks are as the service has them.
    .validation(
      "Failed to update global table with name ‘\(table)‘. Replicas '\(region.uppercased())' BillingMode is "
        + "PayPerRequest. You must convert table's BillingMode to PROVISIONED to set parameters: '\(member)'."
    )
  }

  static func noReplica(_ table: String, in region: String) -> ServiceError {
    failed(table, "a replica does not exist in regions: ‘[\(region)]’", .resourceNotFound)
  }

  static func noIndexes(_ table: String, _ names: [String]) -> ServiceError {
    failed(
      table,
      "the global secondary indexes with names: ‘[\(names.joined(separator: ", "))]’ do not exist",
      .resourceNotFound)
  }

  static func noIndex(_ table: String, _ name: String, in region: String) -> ServiceError {
    failed(
      table, "a global secondary index with name: ‘\(name)’ does not exist in region: ‘\(region)’",
      .resourceNotFound)
  }
}
