/// One UpdateTable request being carried out on a table's definition: the checks that need the table, the
/// definition as it is to be, and the description that is answered.
///
/// The service's answers show the table between the two: the old throughput with the status UPDATING, a new
/// index CREATING, one that goes DELETING. What of this is also true for a moment is a matter of
/// ``DatabaseOptions/tableDelayMilliseconds``: without a delay the new definition is in force when the answer is
/// given.
package struct TableUpdate {
  let old: TableDefinition
  let request: UpdateTableRequest
  let context: Context
  /// The definition as it is to be.
  package internal(set) var new: TableDefinition
  /// Ids of indexes whose entries go.
  package internal(set) var droppedIDs: [UInt32] = []
  /// The index that is to be filled.
  package internal(set) var createdIndexID: UInt32?
  /// Whether the table itself counts as being updated.
  package internal(set) var isUpdating = false

  /// What an update needs besides the table.
  package struct Context {
    package var now: Timestamp
    package var region: String
    package var isDelayed: Bool
    package var reserved: (read: Int, write: Int)
    package var enforcesIntervals: Bool

    package init(
      now: Timestamp, region: String, isDelayed: Bool, reserved: (read: Int, write: Int),
      enforcesIntervals: Bool = true
    ) {
      self.now = now
      self.region = region
      self.isDelayed = isDelayed
      self.reserved = reserved
      self.enforcesIntervals = enforcesIntervals
    }
  }

  static let invalid = KeySchemaRules.invalid

  /// Carries out `request`, which has passed `UpdateRules`. `allocateID` gives an id for a new index.
  package init(
    _ request: UpdateTableRequest, of table: TableDefinition, _ context: Context, allocateID: () -> UInt32
  ) throws(ServiceError) {
    old = table
    new = table
    self.request = request
    self.context = context
    try checkState()
    try changeBilling()
    try changeOnDemand()
    try changeWarm()
    try changeIndexes(allocateID)
    try checkAccount()
    try checkQuotas()
    if request.streamSpecification != nil {
      throw .validation("Table has no stream to disable: TableName: \(old.name)")
    }
    try changeEncryption()
    if let tableClass = request.tableClass { try changeClass(tableClass) }
    if let isProtected = request.deletionProtectionEnabled { try changeProtection(isProtected) }
    if isUpdating, context.isDelayed { new.status = .updating }
  }

  /// The index of a name in the old definition.
  func position(of index: String) -> Int? {
    new.globalIndexes.firstIndex { $0.specification.indexName == index }
  }

  // MARK: State

  private func checkState() throws(ServiceError) {
    switch old.status {
    case .creating: throw .inUse("Table is being created: \(old.name)")
    case .deleting: throw .inUse("Table is being deleted: \(old.name)")
    case .active, .updating: break
    }
    if old.status == .updating, request.deletionProtectionEnabled != nil {
      throw ServiceError(
        .resourceInUse, "Table needs to be in ACTIVE status to modify deletion protection setting.")
    }
    let changesThroughput = request.provisionedThroughput != nil || request.billingMode != nil
    guard changesThroughput || request.onDemand != nil else { return }
    let isResend = request.billingMode == .payPerRequest && old.billingMode == .payPerRequest
    for (status, word) in [(IndexStatus.creating, "created"), (.deleting, "deleted")] where !isResend {
      let names = old.globalIndexes.filter {
        $0.status == status && !($0.isBackfilling && !old.isAllocating($0))
      }
      .map(\.specification.indexName)
      guard !names.isEmpty else { continue }
      if request.onDemand != nil {
        throw .inUse(
          "OnDemandThroughput cannot be updated while index \(status == .creating ? "creation" : "deletion") is in "
            + "progress for indexes: [\(names.joined(separator: ", "))]")
      }
      throw .inUse(
        "Can't change table IOPS when an index is being \(word). Table: \(old.name) "
          + "Indexes: [\(names.joined(separator: ", "))]")
    }
    if old.status == .updating, !isResend {
      throw .inUse("Table IOPS are currently being updated. Table: \(old.name)")
    }
  }

  // MARK: Throughput

  private mutating func changeBilling() throws(ServiceError) {
    let mode = request.billingMode ?? old.billingMode
    let modeChanges = mode != old.billingMode
    if request.billingMode == .provisioned, request.provisionedThroughput == nil {
      throw .validation(
        Self.invalid + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
    }
    if mode == .payPerRequest, request.provisionedThroughput != nil {
      throw .validation(
        Self.invalid
          + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          + "PAY_PER_REQUEST")
    }
    if let throughput = request.provisionedThroughput {
      try ThroughputRules.checkChange(
        throughput, of: old.throughput, index: nil, modeChanges: modeChanges, now: context.now)
      if modeChanges {
        new.throughput.resume(at: throughput)
      } else {
        new.throughput.change(to: throughput, at: context.now)
      }
      new.warmThroughput.raise(toRead: throughput.readCapacityUnits, write: throughput.writeCapacityUnits)
    }
    if request.billingMode != nil || request.provisionedThroughput != nil { isUpdating = true }
    guard modeChanges else { return }
    new.billingMode = mode
    // A switch either way takes the limits for on-demand use away.
    new.onDemandThroughput = nil
    for position in new.globalIndexes.indices {
      new.globalIndexes[position].specification.onDemandThroughput = nil
    }
    if mode == .payPerRequest { try becomeOnDemand() } else { try requireIndexThroughput() }
  }

  private mutating func becomeOnDemand() throws(ServiceError) {
    if context.enforcesIntervals { try ChangeIntervals.checkSwitchToOnDemand(old, at: context.now) }
    new.becameOnDemand = context.now
    new.onDemandSwitches = (old.onDemandSwitches + [context.now]).suffix(ChangeIntervals.onDemandSwitchesMax)
    new.throughput.readCapacityUnits = 0
    new.throughput.writeCapacityUnits = 0
    let initial = WarmLevel.onDemandInitial
    new.warmThroughput.raise(toRead: initial.readUnitsPerSecond, write: initial.writeUnitsPerSecond)
    for position in new.globalIndexes.indices {
      // For an index this counts as a decrease, for the table not.
      new.globalIndexes[position].throughput.change(
        to: ProvisionedThroughput(readCapacityUnits: 0, writeCapacityUnits: 0), at: context.now)
      new.globalIndexes[position].warmThroughput.raise(
        toRead: initial.readUnitsPerSecond, write: initial.writeUnitsPerSecond)
    }
  }

  /// Checks that a table that becomes provisioned has throughput for each of its indexes in the same request.
  private func requireIndexThroughput() throws(ServiceError) {
    let given = Set(
      (request.globalSecondaryIndexUpdates ?? []).compactMap { update in
        update.update.flatMap { $0.provisionedThroughput == nil ? nil : $0.indexName }
          ?? update.delete?.indexName
      })
    for index in old.globalIndexes where !given.contains(index.specification.indexName) {
      throw .validation(
        Self.invalid + "ProvisionedThroughput must be specified for index: \(index.specification.indexName)")
    }
  }

  private mutating func changeOnDemand() throws(ServiceError) {
    guard let asked = request.onDemand else { return }
    if new.billingMode == .provisioned, let member = ThroughputRules.firstMember(asked) {
      throw .validation(
        Self.invalid
          + "\(member) for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED")
    }
    try ThroughputRules.checkRange(asked, of: "for table", mayClear: true)
    new.onDemandThroughput = Self.merged(asked, into: new.onDemandThroughput)
  }

  /// The limits with those given in place of those there were.
  static func merged(
    _ asked: OnDemandThroughput, into current: OnDemandThroughput?
  ) -> OnDemandThroughput? {
    OnDemandThroughput(
      maxReadRequestUnits: asked.maxReadRequestUnits ?? current?.maxReadRequestUnits,
      maxWriteRequestUnits: asked.maxWriteRequestUnits ?? current?.maxWriteRequestUnits
    ).settled
  }

  private mutating func changeWarm() throws(ServiceError) {
    guard let asked = request.warm else { return }
    try ThroughputRules.checkWarmRaise(asked, from: old.warmThroughput, of: "table")
    new.warmThroughput.raise(toRead: asked.readUnitsPerSecond ?? 0, write: asked.writeUnitsPerSecond ?? 0)
  }

  private func checkAccount() throws(ServiceError) {
    guard request.provisionedThroughput != nil || request.globalSecondaryIndexUpdates != nil else { return }
    let all = [new.throughput] + new.globalIndexes.map(\.throughput)
    try ThroughputRules.checkAccount(
      asked: (all.reduce(0) { $0 + $1.readCapacityUnits }, all.reduce(0) { $0 + $1.writeCapacityUnits }),
      reserved: context.reserved, region: context.region)
  }

  /// Checks what is asked for against what one table or index may have. The account's quota comes first, as with the service.
  private func checkQuotas() throws(ServiceError) {
    let region = context.region
    if let asked = request.provisionedThroughput {
      try ThroughputRules.checkQuota(asked, index: nil, region: region)
    }
    if let asked = request.onDemand {
      try ThroughputRules.checkQuota(asked, of: "for table", region: region)
    }
    if let asked = request.warm { try ThroughputRules.checkQuota(asked, of: "table", region: region) }
    for update in request.globalSecondaryIndexUpdates ?? [] {
      if let index = update.create {
        try ThroughputRules.checkQuotas(
          ofIndex: index.indexName, index.provisionedThroughput, index.onDemandThroughput,
          index.warmThroughput,
          region: region)
      }
      if let action = update.update {
        try ThroughputRules.checkQuotas(
          ofIndex: action.indexName, action.provisionedThroughput, action.onDemandThroughput,
          action.warmThroughput, region: region)
      }
    }
  }

  // MARK: Settings

  private mutating func changeEncryption() throws(ServiceError) {
    guard let sse = request.sseSpecification else { return }
    guard sse.isOn else {
      if old.sse == nil { throw .validation(Self.invalid + "Table is already encrypted by default") }
      try noteEncryptionChange()
      new.sse = nil
      return
    }
    if let key = sse.kmsMasterKeyId, key.utf8.starts(with: "arn:".utf8), key == old.sse?.kmsMasterKeyId {
      throw .validation(
        Self.invalid
          + "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you want "
          + "to change Master Key")
    }
    try noteEncryptionChange()
    new.sse = SSESpecification(enabled: true, sseType: .kms, kmsMasterKeyId: sse.kmsMasterKeyId)
  }

  /// Asking for the key that there is counts, since it is encrypted afresh.
  private mutating func noteEncryptionChange() throws(ServiceError) {
    if context.enforcesIntervals { try ChangeIntervals.checkEncryption(old, at: context.now) }
    new.encryptionChanges = .adding(to: old.encryptionChanges, at: context.now)
  }

  private mutating func changeClass(_ tableClass: TableClass) throws(ServiceError) {
    if context.enforcesIntervals { try ChangeIntervals.checkTableClass(old, at: context.now) }
    isUpdating = true
    // A table that never had a class has the standard one: setting that changes nothing.
    if tableClass == (old.tableClass ?? .standard) { return }
    new.tableClass = tableClass
    new.tableClassChangedBefore = old.tableClassChanged
    new.tableClassChanged = context.now
  }

  private mutating func changeProtection(_ isProtected: Bool) throws(ServiceError) {
    if context.enforcesIntervals { try ChangeIntervals.checkDeletionProtection(old, at: context.now) }
    if isProtected == old.deletionProtection { return }
    new.deletionProtection = isProtected
    new.deletionProtectionChanged = context.now
  }
}
