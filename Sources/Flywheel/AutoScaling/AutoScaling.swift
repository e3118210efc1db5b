/// How the provisioned units of one direction of a table or a global index follow their use.
///
/// Target tracking: the units are kept so that the target's share of them is used. Defaults and bounds are those of
/// Application Auto Scaling for DynamoDB.
public struct AutoScalingSettings: Sendable, Hashable {
  /// The fewest and the most units that are ever provisioned. At least 1.
  public var minimumUnits: Int
  public var maximumUnits: Int
  /// The share of the provisioned units that is to be used, in percent: 20 to 90.
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

/// What is to change about the scaling of one direction of a table or a global index. What is nil stays as it is.
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

extension AutoScalingSettingsUpdate {
  /// The settings that this makes of those there were.
  ///
  /// - Parameter policyName: what a policy without a name is called.
  func applied(to old: AutoScalingSettings?, policyName: String) throws(ServiceError) -> AutoScalingSettings?
  {
    if autoScalingDisabled == true { return nil }
    guard let minimum = minimumUnits ?? old?.minimumUnits, let maximum = maximumUnits ?? old?.maximumUnits
    else {
      throw .validation(
        KeySchemaRules.invalid + "MinimumUnits and MaximumUnits are required to enable auto scaling")
    }
    guard minimum <= maximum else {
      throw .validation(
        KeySchemaRules.invalid
          + "MinimumUnits must be less than or equal to MaximumUnits: \(minimum) > \(maximum)")
    }
    guard let target = policy?.targetValue ?? old?.targetPercent else {
      throw .validation(KeySchemaRules.invalid + "ScalingPolicyUpdate is required to enable auto scaling")
    }
    guard (20...90).contains(target) else {
      throw .validation(KeySchemaRules.invalid + "TargetValue must be between 20 and 90")
    }
    guard policy?.scaleInCooldown ?? 0 >= 0, policy?.scaleOutCooldown ?? 0 >= 0 else {
      throw .validation(KeySchemaRules.invalid + "ScaleInCooldown and ScaleOutCooldown must not be negative")
    }
    var new = AutoScalingSettings(minimumUnits: minimum, maximumUnits: maximum, targetPercent: target)
    new.roleARN = autoScalingRoleArn ?? old?.roleARN
    if let policy {
      new.policyName = policy.policyName ?? policyName
      new.disableScaleIn = policy.disableScaleIn ?? false
      new.scaleInCooldownSeconds = policy.scaleInCooldown ?? 0
      new.scaleOutCooldownSeconds = policy.scaleOutCooldown ?? 0
    } else if let old {
      new.policyName = old.policyName
      new.disableScaleIn = old.disableScaleIn
      new.scaleInCooldownSeconds = old.scaleInCooldownSeconds
      new.scaleOutCooldownSeconds = old.scaleOutCooldownSeconds
    }
    return new
  }
}
