import DynamoModel
import Synchronization

/// The faults that are set for one database.
///
/// Faults are asked in the order in which they were added. The delays of all that a request meets add up; the first
/// that fails it decides how. A request meets faults before anything of it is carried out, and when its own form
/// (not yet its table) was found right. A batch is failed as a whole.
///
/// **How it costs nothing.** While no fault is set a request loads one flag. While any is, requests take a lock to ask
/// for theirs, which keeps "the next three" three and the sequence of chances one sequence.
public final class FaultControl: Sendable {
  /// How many faults may be set at a time.
  public static let faultsMax = 100

  fileprivate struct Entry {
    var status: FaultStatus
    var chance: SplitMix64
  }

  private struct State {
    var entries: [Entry] = []
    var nextID = 1
  }

  private let state = Mutex(State())
  private let isAnySet = Atomic<Bool>(false)

  package init() {}

  /// Whether any fault is set that may still happen.
  package var areSet: Bool { isAnySet.load(ordering: .relaxed) }

  /// Sets a fault; it holds for requests that come from now on.
  ///
  /// - Returns: an id by which it can be removed.
  /// - Throws: ``DatabaseError/invalidOption(name:reason:)`` if a number is out of its range, an operation is none of
  ///   the API's, or ``faultsMax`` faults are set.
  @discardableResult
  public func add(_ fault: Fault) throws(DatabaseError) -> Int {
    try Self.check(fault)
    let id: Int? = state.withLock { state in
      guard state.entries.count < Self.faultsMax else { return nil }
      let status = FaultStatus(id: state.nextID, fault: fault)
      state.nextID += 1
      state.entries.append(Entry(status: status, chance: SplitMix64(state: status.seed ?? 0)))
      isAnySet.store(true, ordering: .relaxed)
      return status.id
    }
    guard let id else {
      throw .invalidOption(name: "faults", reason: "\(Self.faultsMax) are set, which is as many as can be")
    }
    return id
  }

  /// All faults that are set, those that have happened as often as they were to included, in the order in which they
  /// were added.
  public func list() -> [FaultStatus] {
    state.withLock { $0.entries.map(\.status) }
  }

  /// Takes a fault away.
  ///
  /// - Returns: the fault as it was last; nil if there is none of this id.
  @discardableResult
  public func remove(_ id: Int) -> FaultStatus? {
    state.withLock { state in
      guard let position = state.entries.firstIndex(where: { $0.status.id == id }) else { return nil }
      defer { settle(&state) }
      return state.entries.remove(at: position).status
    }
  }

  /// Takes all faults away.
  public func clear() {
    state.withLock { state in
      state.entries = []
      settle(&state)
    }
  }

  private func settle(_ state: inout State) {
    isAnySet.store(state.entries.contains { ($0.status.remainingCount ?? 1) > 0 }, ordering: .relaxed)
  }

  private static func check(_ fault: Fault) throws(DatabaseError) {
    func require(_ holds: Bool, _ name: String, _ reason: String) throws(DatabaseError) {
      guard holds else { throw .invalidOption(name: name, reason: reason) }
    }
    if case .delay(let milliseconds) = fault.effect {
      try require(
        (1...600_000).contains(milliseconds), "delay", "\(milliseconds) is not between 1 and 600000")
    }
    switch fault.extent {
    case .every: break
    case .next(let count): try require(count >= 1, "next", "\(count) is not at least 1")
    case .probability(let probability, _):
      try require((0...1).contains(probability), "probability", "\(probability) is not between 0 and 1")
    }
    for name in fault.operations.sorted() {
      try require(OperationNames.all.contains(name), "operations", "\(name) is no operation of the API")
    }
  }
}

// MARK: - Asking

extension FaultControl {
  /// What is to happen to a request.
  struct Verdict: Sendable {
    var delayMilliseconds = 0
    var error: ServiceError?
    var errorAfterwards: ServiceError?

    var isNothing: Bool { delayMilliseconds == 0 && error == nil && errorAfterwards == nil }
  }

  /// What is to happen to a request; nil for nothing. Counts.
  func verdict<Request>(on operation: String, _ request: Request) -> Verdict? {
    // Asked only while faults are set, so that looking up what kind of request it is costs those who test.
    let targets = (request as? any TargetedRequest)?.targets ?? []
    let verdict = state.withLock { state in
      var verdict = Verdict()
      for position in state.entries.indices where verdict.error == nil {
        guard state.entries[position].status.fault.matches(operation, targets) else { continue }
        state.entries[position].status.matchedCount += 1
        guard state.entries[position].happens() else { continue }
        state.entries[position].status.injectedCount += 1
        verdict.add(state.entries[position].status.fault.effect)
      }
      settle(&state)
      return verdict
    }
    return verdict.isNothing ? nil : verdict
  }
}

extension FaultControl.Verdict {
  fileprivate mutating func add(_ effect: Fault.Effect) {
    switch effect {
    case .fail(let error): self.error = error
    case .failAfterwards(let error): errorAfterwards = errorAfterwards ?? error
    case .throttle:
      let code = ErrorCode.provisionedThroughputExceeded
      error = ServiceError(code, code.usualMessage)
    case .delay(let milliseconds): delayMilliseconds += milliseconds
    }
  }
}

extension FaultControl.Entry {
  /// Whether the fault happens to a request that matches.
  fileprivate mutating func happens() -> Bool {
    switch status.fault.extent {
    case .every: true
    case .next(let count): status.injectedCount < count
    case .probability(let probability, _):
      // 53 bits make a number below 1 with nothing rounded.
      Double(chance.next() >> 11) < probability * 0x1p53
    }
  }
}

extension Fault {
  fileprivate func matches(_ operation: String, _ targets: [RequestTarget]) -> Bool {
    guard operations.isEmpty || operations.contains(operation) else { return false }
    if tableName == nil, key == nil { return true }
    return targets.contains { target in
      if let tableName, TableName.resolve(target.tableName) != TableName.resolve(tableName) { return false }
      guard let key else { return true }
      return target.key.map { $0.contains(key) } ?? false
    }
  }
}

extension Item {
  /// Whether all attributes of `part` are here with the same values.
  fileprivate func contains(_ part: Item) -> Bool {
    part.attributes.allSatisfy { name, value in self[name] == value }
  }
}

/// A small generator of numbers that a seed decides: the same on every machine and in every release.
struct SplitMix64: Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
