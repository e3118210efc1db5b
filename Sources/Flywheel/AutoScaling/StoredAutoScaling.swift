import DynamoModel

/// How the catalog's records hold auto scaling; see Docs/Formats/Catalog.md.
enum StoredAutoScaling {
  /// Nil if there is none.
  static func encode(_ scaling: AutoScaling) -> AttributeValue? {
    var fields: [String: AttributeValue] = [:]
    fields["Read"] = scaling.read.map(encode)
    fields["Write"] = scaling.write.map(encode)
    return fields.isEmpty ? nil : .map(fields)
  }

  private static func encode(_ settings: AutoScalingSettings) -> AttributeValue {
    func number(_ value: Int) -> AttributeValue { .number(DynamoNumber(value)) }
    var fields: [String: AttributeValue] = [
      "Minimum": number(settings.minimumUnits), "Maximum": number(settings.maximumUnits),
      // As the bits of the double: no decimal form of it is needed to compare.
      "Target": .string(String(settings.targetPercent.bitPattern, radix: 16)),
      "InCooldown": number(settings.scaleInCooldownSeconds),
      "OutCooldown": number(settings.scaleOutCooldownSeconds), "Policy": .string(settings.policyName),
    ]
    fields["NoScaleIn"] = settings.disableScaleIn ? .bool(true) : nil
    fields["Role"] = settings.roleARN.map { .string($0) }
    return .map(fields)
  }

  static func decode(_ fields: StoredFields) throws(DatabaseError) -> AutoScaling {
    guard let stored = try fields.optionalMap("AutoScaling") else { return AutoScaling() }
    return AutoScaling(read: try settings(stored, "Read"), write: try settings(stored, "Write"))
  }

  private static func settings(
    _ fields: StoredFields, _ name: String
  ) throws(DatabaseError) -> AutoScalingSettings? {
    guard let stored = try fields.optionalMap(name) else { return nil }
    guard let bits = UInt64(try stored.string("Target"), radix: 16) else {
      throw .catalogCorrupt(reason: "field Target of \(name) in AutoScaling is no number")
    }
    return AutoScalingSettings(
      minimumUnits: try stored.int("Minimum"), maximumUnits: try stored.int("Maximum"),
      targetPercent: Double(bitPattern: bits), disableScaleIn: try stored.flag("NoScaleIn"),
      scaleInCooldownSeconds: try stored.int("InCooldown"),
      scaleOutCooldownSeconds: try stored.int("OutCooldown"),
      policyName: try stored.string("Policy"), roleARN: try stored.optionalString("Role"))
  }
}
