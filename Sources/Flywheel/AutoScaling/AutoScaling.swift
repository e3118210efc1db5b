/// How the provisioned units of one direction of a table or a global index follow their use.
///
/// Target tracking: the units are kept so that the target's share of them is used. Defaults and bounds are those of
/// Application Auto Scaling for DynamoDB.
public struct AutoScalingSettings: Sendable, Hashable {
  /// The fewest and the most units that are ever provisioned. At least 1.
  public var minimumUnits: Int
  public var maximumUnits: Int
  /// The share of the provisioned units that is to be used, in percent: 10 to 90.
  public var targetPercent: Double
  /// True to let units only ever grow.
  public var disableScaleIn: Bool
  /// Seconds after units were lowered in which they are not lowered again.
  public var scaleInCooldownSeconds: Int
  /// Seconds after units were raised in which they are not raised again.
  public var scaleOutCooldownSeconds: Int
  public var policyName: String
  /// Kept and told; it has no effect.
  public var roleARN: String?

  public init(
    minimumUnits: Int, maximumUnits: Int, targetPercent: Double = 70, disableScaleIn: Bool = false,
    scaleInCooldownSeconds: Int = 0, scaleOutCooldownSeconds: Int = 0, policyName: String = "",
    roleARN: String? = nil
  ) {
    self.minimumUnits = minimumUnits
    self.maximumUnits = maximumUnits
    self.targetPercent = targetPercent
    self.disableScaleIn = disableScaleIn
    self.scaleInCooldownSeconds = scaleInCooldownSeconds
    self.scaleOutCooldownSeconds = scaleOutCooldownSeconds
    self.policyName = policyName
    self.roleARN = roleARN
  }
}

/// The settings of both directions of a table or a global index; nil where units stay as they are.
package struct AutoScaling: Sendable, Hashable {
  package var read: AutoScalingSettings?
  package var write: AutoScalingSettings?

  package init(read: AutoScalingSettings? = nil, write: AutoScalingSettings? = nil) {
    self.read = read
    self.write = write
  }

  package var isEmpty: Bool { read == nil && write == nil }

  package subscript(_ direction: CapacityDirection) -> AutoScalingSettings? {
    get { direction == .read ? read : write }
    set { if direction == .read { read = newValue } else { write = newValue } }
  }
}

/// How one direction of a table or a global index is to be scaled: minimum, maximum and a policy, or that it ends.
public struct AutoScalingSettingsUpdate: Sendable, Hashable {
  public var minimumUnits: Int?
  public var maximumUnits: Int?
  /// True ends the scaling and forgets its settings.
  public var autoScalingDisabled: Bool?
  public var autoScalingRoleArn: String?
  public var policy: Policy?

  /// A scaling policy; it takes the place of the one there was.
  public struct Policy: Sendable, Hashable {
    public var policyName: String?
    public var targetValue: Double
    public var disableScaleIn: Bool?
    public var scaleInCooldown: Int?
    public var scaleOutCooldown: Int?

    public init(
      policyName: String? = nil, targetValue: Double, disableScaleIn: Bool? = nil,
      scaleInCooldown: Int? = nil,
      scaleOutCooldown: Int? = nil
    ) {
      self.policyName = policyName
      self.targetValue = targetValue
      self.disableScaleIn = disableScaleIn
      self.scaleInCooldown = scaleInCooldown
      self.scaleOutCooldown = scaleOutCooldown
    }
  }

  public init(
    minimumUnits: Int? = nil, maximumUnits: Int? = nil, autoScalingDisabled: Bool? = nil,
    autoScalingRoleArn: String? = nil, policy: Policy? = nil
  ) {
    self.minimumUnits = minimumUnits
    self.maximumUnits = maximumUnits
    self.autoScalingDisabled = autoScalingDisabled
    self.autoScalingRoleArn = autoScalingRoleArn
    self.policy = policy
  }
}
