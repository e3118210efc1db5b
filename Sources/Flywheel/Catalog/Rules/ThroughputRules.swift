/// What throughput may be asked for, in the service's words.
package enum ThroughputRules {
  /// Units that a table or an index may have, and all of an account's together: the service's default quotas.
  package static let unitsPerTableMax = 40_000
  package static let unitsPerAccountMax = 80_000
  /// Numbers above this are refused before anything is compared.
  static let unitsBound = 1_000_000_000_000
  /// Decreases a UTC day before there has to be an hour between them.
  static let freeDecreasesPerDay = 4

  private static let invalid = KeySchemaRules.invalid
  private static let guide =
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."

  /// Checks a new table's throughput against its billing mode.
  package static func checkNewTable(_ request: CreateTableRequest) throws(ServiceError) {
    let billingMode = request.billingMode ?? .provisioned
    switch (billingMode, request.provisionedThroughput) {
    case (.payPerRequest, .some):
      throw .validation(
        invalid + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          + "PAY_PER_REQUEST")
    case (.provisioned, nil):
      throw .validation(
        invalid
          + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
    default: break
    }
    try checkBounds(request.provisionedThroughput)
    if let asked = request.onDemandThroughput {
      if billingMode == .provisioned, let member = firstMember(asked) {
        throw .validation(
          invalid
            + "\(member) for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.")
      }
      try checkRange(asked, of: "for table", mayClear: false)
    }
    try checkWarm(
      request.warmThroughput, billingMode: billingMode, provisioned: request.provisionedThroughput,
      of: "table")
  }

  /// Checks what an index asks for beside provisioned throughput.
  package static func checkNewIndex(
    _ index: GlobalSecondaryIndex, billingMode: BillingMode
  ) throws(ServiceError) {
    try checkBounds(index.provisionedThroughput)
    if let asked = index.onDemandThroughput {
      if billingMode == .provisioned, let member = firstMember(asked) {
        throw .validation(
          invalid
            + "\(member) for OnDemandThroughput for index: \(index.indexName) cannot be specified when table "
            + "BillingMode is PROVISIONED.")
      }
      try checkRange(asked, of: "for index : \(index.indexName)", mayClear: false)
    }
    try checkWarm(
      index.warmThroughput, billingMode: billingMode, provisioned: index.provisionedThroughput,
      of: "index \(index.indexName)")
  }

  /// Checks that numbers are not absurd, and at least one (which the wire checks too).
  package static func checkBounds(_ throughput: ProvisionedThroughput?) throws(ServiceError) {
    guard let throughput else { return }
    for (name, units) in [
      ("ReadCapacityUnits", throughput.readCapacityUnits),
      ("WriteCapacityUnits", throughput.writeCapacityUnits),
    ] where units > unitsBound || units < 1 {
      throw .validation("Given value \(units) for \(name) is out of bounds")
    }
  }

  /// Checks limits for on-demand use. `mayClear`: whether -1 takes a limit away.
  package static func checkRange(
    _ asked: OnDemandThroughput, of subject: String, mayClear: Bool
  ) throws(ServiceError) {
    for (name, units) in [
      ("MaxReadRequestUnits", asked.maxReadRequestUnits),
      ("MaxWriteRequestUnits", asked.maxWriteRequestUnits),
    ] {
      guard let units, units < 1, !(mayClear && units == -1) else { continue }
      throw .validation(
        invalid + "Requested \(name) for OnDemandThroughput \(subject) is outside of valid range")
    }
  }

  /// The first of the two numbers that is given.
  package static func firstMember(_ asked: OnDemandThroughput) -> String? {
    if asked.maxReadRequestUnits != nil { return "MaxReadRequestUnits" }
    return asked.maxWriteRequestUnits != nil ? "MaxWriteRequestUnits" : nil
  }

  private static func checkWarm(
    _ asked: WarmThroughput?, billingMode: BillingMode, provisioned: ProvisionedThroughput?,
    of subject: String
  ) throws(ServiceError) {
    guard let asked else { return }
    let least = WarmLevel(billingMode: billingMode, throughput: provisioned, asked: nil)
    for (name, capacity, units, floor) in [
      ("ReadUnitsPerSecond", "ReadCapacityUnits", asked.readUnitsPerSecond, least.readUnitsPerSecond),
      ("WriteUnitsPerSecond", "WriteCapacityUnits", asked.writeUnitsPerSecond, least.writeUnitsPerSecond),
    ] {
      guard let units, units < floor else { continue }
      let why =
        billingMode == .payPerRequest
        ? "initial throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
          + "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
        : "\(capacity) of ProvisionedThroughput"
      throw .validation(invalid + "Requested \(name) for WarmThroughput for \(subject) is lower than \(why)")
    }
  }

  /// Checks that a level asked for is not below the present one.
  package static func checkWarmRaise(
    _ asked: WarmThroughput, from current: WarmLevel, of subject: String
  ) throws(ServiceError) {
    for (name, units, floor) in [
      ("ReadUnitsPerSecond", asked.readUnitsPerSecond, current.readUnitsPerSecond),
      ("WriteUnitsPerSecond", asked.writeUnitsPerSecond, current.writeUnitsPerSecond),
    ] {
      guard let units, units < floor else { continue }
      throw .validation(
        invalid + "Requested \(name) for WarmThroughput for \(subject) is lower than current WarmThroughput, "
          + "decreasing WarmThroughput is not supported")
    }
  }

  /// Checks what one table or index asks for against what one may have. `index` is nil for a table.
  package static func checkQuota(
    _ asked: ProvisionedThroughput, index: String?, region: String
  ) throws(ServiceError) {
    for (name, units) in [
      ("ReadCapacityUnits", asked.readCapacityUnits), ("WriteCapacityUnits", asked.writeCapacityUnits),
    ] where units > unitsPerTableMax {
      let subject = index.map { "\(name) for index \($0)" } ?? name
      throw ServiceError(
        .limitExceeded,
        "The requested \(subject), \(units), is above the per \(index == nil ? "table" : "index") maximum for the "
          + "account in \(region). Per table maximum: \(unitsPerTableMax). \(guide)")
    }
  }

  /// Checks all that is asked for an index against what one may have.
  package static func checkQuotas(
    ofIndex name: String, _ provisioned: ProvisionedThroughput?, _ onDemand: OnDemandThroughput?,
    _ warm: WarmThroughput?, region: String
  ) throws(ServiceError) {
    if let provisioned { try checkQuota(provisioned, index: name, region: region) }
    if let onDemand { try checkQuota(onDemand, of: "for index : \(name)", region: region) }
    if let warm { try checkQuota(warm, of: "index \(name)", region: region) }
  }

  /// Checks limits for on-demand use against what one table or index may have.
  static func checkQuota(
    _ asked: OnDemandThroughput, of subject: String, region: String
  ) throws(ServiceError) {
    try checkMaximum(
      ("MaxReadRequestUnits", asked.maxReadRequestUnits),
      ("MaxWriteRequestUnits", asked.maxWriteRequestUnits),
      of: "OnDemandThroughput \(subject)", region: region)
  }

  /// Checks a level asked for against what one table or index may have.
  static func checkQuota(_ asked: WarmThroughput, of subject: String, region: String) throws(ServiceError) {
    try checkMaximum(
      ("ReadUnitsPerSecond", asked.readUnitsPerSecond), ("WriteUnitsPerSecond", asked.writeUnitsPerSecond),
      of: "WarmThroughput for \(subject)", region: region)
  }

  private static func checkMaximum(
    _ read: (name: String, units: Int?), _ write: (name: String, units: Int?), of subject: String,
    region: String
  ) throws(ServiceError) {
    for (asked, direction) in [(read, "Read"), (write, "Write")] where (asked.units ?? 0) > unitsPerTableMax {
      throw ServiceError(
        .limitExceeded,
        "Subscriber limit exceeded: Requested \(asked.name) for \(subject) exceeds "
          + "TableMax\(direction)CapacityUnits of the account in region \(region)")
    }
  }

  /// Checks what is asked for against what the account may have. `reserved` is what everything else has.
  package static func checkAccount(
    asked: (read: Int, write: Int), reserved: (read: Int, write: Int), region: String
  ) throws(ServiceError) {
    for (name, units, held) in [
      ("ReadCapacityUnits", asked.read, reserved.read), ("WriteCapacityUnits", asked.write, reserved.write),
    ] where units + held > unitsPerAccountMax {
      throw ServiceError(
        .limitExceeded,
        "This request would have caused the \(name) limit to be exceeded for the account in \(region). Current "
          + "\(name) reserved by the account: \(held). Limit: \(unitsPerAccountMax). Requested: \(units). \(guide)"
      )
    }
  }

  /// Checks that a change of throughput is one, and that the day's decreases are not used up. `index` is nil
  /// for a table.
  package static func checkChange(
    _ asked: ProvisionedThroughput, of current: ThroughputHistory, index: String?, modeChanges: Bool,
    now: Timestamp
  ) throws(ServiceError) {
    if !modeChanges, asked.readCapacityUnits == current.readCapacityUnits,
      asked.writeCapacityUnits == current.writeCapacityUnits
    {
      let whole = index.map { "the index \($0)" } ?? "the table"
      let part = index.map { "index \($0)" } ?? "the table"
      throw .validation(
        "The provisioned throughput for \(whole) will not change. The requested value equals the current value. "
          + "Current ReadCapacityUnits provisioned for \(part): \(current.readCapacityUnits). Requested "
          + "ReadCapacityUnits: \(asked.readCapacityUnits). Current WriteCapacityUnits provisioned for \(part): "
          + "\(current.writeCapacityUnits). Requested WriteCapacityUnits: \(asked.writeCapacityUnits). \(guide)"
      )
    }
    guard !modeChanges, current.isDecrease(to: asked), let last = current.lastDecrease else { return }
    // The next day has decreases of its own, however soon it begins.
    let next = min(last.advanced(byMilliseconds: 3_600_000), now.nextUTCDay)
    if current.decreases(at: now) >= freeDecreasesPerDay, now < next {
      throw ServiceError(
        .limitExceeded,
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the "
          + "first \(freeDecreasesPerDay) decreases, each subsequent decrease in the same UTC day can be performed at "
          + "most once every 3600 seconds. Number of decreases today: \(current.decreases(at: now)). Last decrease at "
          + "\(last.spelledOut). Next decrease can be made at \(next.spelledOut)")
    }
  }
}
