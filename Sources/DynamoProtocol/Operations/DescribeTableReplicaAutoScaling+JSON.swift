import Flywheel

extension DescribeTableReplicaAutoScaling: WireOperation {
  enum Field: Int, CaseIterable { case tableName }

  static let input = Structure("DescribeTableReplicaAutoScalingInput", of: Field.self) { _ in .tableName }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> DescribeTableReplicaAutoScalingRequest {
    var request = DescribeTableReplicaAutoScalingRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: request.tableName = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: DescribeTableReplicaAutoScalingResponse, to json: inout JSONWriter) {
    json.autoScaling(response.tableAutoScalingDescription)
  }
}

extension JSONWriter {
  mutating func autoScaling(_ table: TableAutoScalingDescription) {
    object(table, named: "TableAutoScalingDescription") { json, table in
      json.string(table.tableName, named: "TableName")
      json.word(table.tableStatus, named: "TableStatus")
      json.array(table.replicas, named: "Replicas") { json, replica in
        json.beginObject()
        json.string(replica.regionName, named: "RegionName")
        json.array(replica.globalSecondaryIndexes, named: "GlobalSecondaryIndexes") { json, index in
          json.beginObject()
          json.string(index.indexName, named: "IndexName")
          json.word(index.indexStatus, named: "IndexStatus")
          json.settings(index.read, named: "ProvisionedReadCapacityAutoScalingSettings")
          json.settings(index.write, named: "ProvisionedWriteCapacityAutoScalingSettings")
          json.endObject()
        }
        json.settings(replica.read, named: "ReplicaProvisionedReadCapacityAutoScalingSettings")
        json.settings(replica.write, named: "ReplicaProvisionedWriteCapacityAutoScalingSettings")
        json.word(replica.status, named: "ReplicaStatus")
        json.endObject()
      }
    }
  }

  /// A direction's settings; one that is not scaled is told to be so.
  private mutating func settings(_ settings: AutoScalingSettings?, named name: StaticString) {
    self.name(name)
    beginObject()
    integer(settings?.minimumUnits, named: "MinimumUnits")
    integer(settings?.maximumUnits, named: "MaximumUnits")
    if settings == nil { bool(true, named: "AutoScalingDisabled") }
    string(settings?.roleARN, named: "AutoScalingRoleArn")
    array([settings].compactMap(\.self), named: "ScalingPolicies") { json, settings in
      json.beginObject()
      json.string(settings.policyName, named: "PolicyName")
      json.object(settings, named: "TargetTrackingScalingPolicyConfiguration") { json, settings in
        if settings.disableScaleIn { json.bool(true, named: "DisableScaleIn") }
        if settings.scaleInCooldownSeconds != 0 {
          json.integer(settings.scaleInCooldownSeconds, named: "ScaleInCooldown")
        }
        if settings.scaleOutCooldownSeconds != 0 {
          json.integer(settings.scaleOutCooldownSeconds, named: "ScaleOutCooldown")
        }
        json.double(settings.targetPercent, named: "TargetValue")
      }
      json.endObject()
    }
    endObject()
  }
}
