import Flywheel

extension UpdateTableReplicaAutoScaling: WireOperation {
  enum Field: Int, CaseIterable {
    case globalSecondaryIndexUpdates, tableName, provisionedWriteCapacityAutoScalingUpdate, replicaUpdates
  }

  static let input = Structure("UpdateTableReplicaAutoScalingInput", of: Field.self) { field in
    switch field {
    case .globalSecondaryIndexUpdates:
      Member(
        "GlobalSecondaryIndexUpdates", .list(.structure(AutoScalingShapes.indexWrite)), .optional,
        [.lengthMin(1)])
    case .tableName: .tableName
    case .provisionedWriteCapacityAutoScalingUpdate:
      Member("ProvisionedWriteCapacityAutoScalingUpdate", .structure(AutoScalingShapes.settings))
    case .replicaUpdates:
      Member("ReplicaUpdates", .list(.structure(AutoScalingShapes.replica)), .optional, [.lengthMin(1)])
    }
  }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> UpdateTableReplicaAutoScalingRequest {
    var request = UpdateTableReplicaAutoScalingRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .globalSecondaryIndexUpdates:
        request.globalSecondaryIndexUpdates = try wire.list(members) { wire throws(SerializationFault) in
          try wire.indexScaling(AutoScalingShapes.indexWrite)
        }
      case .tableName: request.tableName = try wire.string(members)
      case .provisionedWriteCapacityAutoScalingUpdate:
        request.provisionedWriteCapacityAutoScalingUpdate = try wire.scalingSettings(members)
      case .replicaUpdates:
        request.replicaUpdates = try wire.list(members) { wire throws(SerializationFault) in
          try wire.replicaScaling()
        }
      }
    }
    return request
  }

  static func write(_ response: UpdateTableReplicaAutoScalingResponse, to json: inout JSONWriter) {
    json.autoScaling(response.tableAutoScalingDescription)
  }
}

/// The structures of which requests about auto scaling consist.
enum AutoScalingShapes {
  enum TrackingField: Int, CaseIterable {
    case disableScaleIn, scaleInCooldown, scaleOutCooldown, targetValue
  }
  static let tracking = Structure(
    "AutoScalingTargetTrackingScalingPolicyConfigurationUpdate", of: TrackingField.self
  ) {
    switch $0 {
    case .disableScaleIn: Member("DisableScaleIn", .boolean)
    case .scaleInCooldown: Member("ScaleInCooldown", .integer)
    case .scaleOutCooldown: Member("ScaleOutCooldown", .integer)
    case .targetValue: Member("TargetValue", .double, .required)
    }
  }

  enum PolicyField: Int, CaseIterable { case policyName, targetTrackingScalingPolicyConfiguration }
  static let policy = Structure("AutoScalingPolicyUpdate", of: PolicyField.self) {
    switch $0 {
    case .policyName: Member("PolicyName", .string, .optional, [.lengthMin(1), .lengthMax(256)])
    case .targetTrackingScalingPolicyConfiguration:
      Member("TargetTrackingScalingPolicyConfiguration", .structure(tracking), .required)
    }
  }

  enum SettingsField: Int, CaseIterable {
    case minimumUnits, maximumUnits, autoScalingDisabled, autoScalingRoleArn, scalingPolicyUpdate
  }
  static let settings = Structure("AutoScalingSettingsUpdate", of: SettingsField.self) {
    switch $0 {
    case .minimumUnits: Member("MinimumUnits", .long, .optional, [.valueMin(1)])
    case .maximumUnits: Member("MaximumUnits", .long, .optional, [.valueMin(1)])
    case .autoScalingDisabled: Member("AutoScalingDisabled", .boolean)
    case .autoScalingRoleArn:
      Member("AutoScalingRoleArn", .string, .optional, [.lengthMin(1), .lengthMax(1_600)])
    case .scalingPolicyUpdate: Member("ScalingPolicyUpdate", .structure(policy))
    }
  }

  enum IndexField: Int, CaseIterable { case indexName, update }
  static let indexWrite = index(
    "GlobalSecondaryIndexAutoScalingUpdate", "ProvisionedWriteCapacityAutoScalingUpdate")
  static let indexRead = index(
    "ReplicaGlobalSecondaryIndexAutoScalingUpdate", "ProvisionedReadCapacityAutoScalingUpdate")

  private static func index(_ name: String, _ update: String) -> Structure {
    Structure(name, of: IndexField.self) {
      switch $0 {
      case .indexName: .indexName
      case .update: Member(update, .structure(settings))
      }
    }
  }

  enum ReplicaField: Int, CaseIterable {
    case regionName, replicaGlobalSecondaryIndexUpdates, replicaProvisionedReadCapacityAutoScalingUpdate
  }
  static let replica = Structure("ReplicaAutoScalingUpdate", of: ReplicaField.self) {
    switch $0 {
    case .regionName: Member("RegionName", .string, .required)
    case .replicaGlobalSecondaryIndexUpdates:
      Member("ReplicaGlobalSecondaryIndexUpdates", .list(.structure(indexRead)))
    case .replicaProvisionedReadCapacityAutoScalingUpdate:
      Member("ReplicaProvisionedReadCapacityAutoScalingUpdate", .structure(settings))
    }
  }
}

extension RequestReader {
  @_lifetime(self: copy self)
  fileprivate mutating func replicaScaling() throws(SerializationFault)
    -> UpdateTableReplicaAutoScalingRequest.ReplicaUpdate
  {
    var update = UpdateTableReplicaAutoScalingRequest.ReplicaUpdate(regionName: "")
    var members = try begin(AutoScalingShapes.replica, at: .element)
    while let field = try next(&members, as: AutoScalingShapes.ReplicaField.self) {
      switch field {
      case .regionName: update.regionName = try string(members)
      case .replicaGlobalSecondaryIndexUpdates:
        update.globalSecondaryIndexUpdates = try list(members) { wire throws(SerializationFault) in
          try wire.indexScaling(AutoScalingShapes.indexRead)
        }
      case .replicaProvisionedReadCapacityAutoScalingUpdate:
        update.provisionedReadCapacityAutoScalingUpdate = try scalingSettings(members)
      }
    }
    return update
  }

  @_lifetime(self: copy self)
  fileprivate mutating func indexScaling(
    _ structure: Structure
  ) throws(SerializationFault) -> UpdateTableReplicaAutoScalingRequest.IndexUpdate {
    var update = UpdateTableReplicaAutoScalingRequest.IndexUpdate()
    var members = try begin(structure, at: .element)
    while let field = try next(&members, as: AutoScalingShapes.IndexField.self) {
      switch field {
      case .indexName: update.indexName = try string(members)
      case .update: update.update = try scalingSettings(members)
      }
    }
    return update
  }

  @_lifetime(self: copy self)
  fileprivate mutating func scalingSettings(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> AutoScalingSettingsUpdate {
    try structure(cursor) { wire throws(SerializationFault) in
      var update = AutoScalingSettingsUpdate()
      var members = try wire.begin(AutoScalingShapes.settings)
      while let field = try wire.next(&members, as: AutoScalingShapes.SettingsField.self) {
        switch field {
        case .minimumUnits: update.minimumUnits = try wire.integer(members)
        case .maximumUnits: update.maximumUnits = try wire.integer(members)
        case .autoScalingDisabled: update.autoScalingDisabled = try wire.bool()
        case .autoScalingRoleArn: update.autoScalingRoleArn = try wire.string(members)
        case .scalingPolicyUpdate: update.policy = try wire.scalingPolicy(members)
        }
      }
      return update
    }
  }

  @_lifetime(self: copy self)
  private mutating func scalingPolicy(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> AutoScalingSettingsUpdate.Policy {
    try structure(cursor) { wire throws(SerializationFault) in
      var policy = AutoScalingSettingsUpdate.Policy(targetValue: 0)
      var members = try wire.begin(AutoScalingShapes.policy)
      while let field = try wire.next(&members, as: AutoScalingShapes.PolicyField.self) {
        switch field {
        case .policyName: policy.policyName = try wire.string(members)
        case .targetTrackingScalingPolicyConfiguration: try wire.scalingTarget(members, of: &policy)
        }
      }
      return policy
    }
  }

  @_lifetime(self: copy self)
  private mutating func scalingTarget(
    _ cursor: MemberCursor, of policy: inout AutoScalingSettingsUpdate.Policy
  ) throws(SerializationFault) {
    var target = policy
    policy = try structure(cursor) { wire throws(SerializationFault) in
      var members = try wire.begin(AutoScalingShapes.tracking)
      while let field = try wire.next(&members, as: AutoScalingShapes.TrackingField.self) {
        switch field {
        case .disableScaleIn: target.disableScaleIn = try wire.bool()
        case .scaleInCooldown: target.scaleInCooldown = try wire.integer(members)
        case .scaleOutCooldown: target.scaleOutCooldown = try wire.integer(members)
        case .targetValue: target.targetValue = try wire.double(members)
        }
      }
      return target
    }
  }
}
