import DynamoModel

/// Makes the keys of the items that a transaction is about.
///
/// What the service says of a wrong key depends on where it is found. An empty value that stands in the request is found
/// before the transaction begins and fails the request as it fails a single write; one that an update takes from the item is
/// found when the item is made, and cancels (`TransactionWriter`). A key that does not go with the table's schema, be it of
/// the table or of an index, cancels the transaction: the first action with one gets the reason, and nothing is said of the
/// others, whose conditions are not asked. Only then is looked for items that are met twice. (Behaviour of the service as
/// projects that test against it have written it down in 2026; a read is always cancelled.)
enum TransactionKeys {
  /// The keys of the tree for all actions, no two of them the same.
  ///
  /// - Parameter cancelsForAll: whether an action's empty key cancels, too.
  static func keys<Action>(
    of actions: [Action], cancelsForAll: Bool = false,
    _ append: (Action, inout KeyBuffer) throws(Interruption) -> Void
  ) throws(Interruption) -> [[UInt8]] {
    var keys: [[UInt8]] = []
    keys.reserveCapacity(actions.count)
    var faults = CancellationReasons(count: actions.count)
    for (position, action) in actions.enumerated() {
      var key = KeyBuffer()
      do throws(Interruption) {
        try append(action, &key)
      } catch {
        guard case .service(let fault) = error, cancelsForAll || fault.keyFault != .empty else { throw error }
        if faults.isEmpty { faults[position] = fault.asCancellationReason }
      }
      keys.append([UInt8](copying: key.bytes))
    }
    try faults.throwIfAny()
    guard Set(keys).count == keys.count else {
      throw .validation("Transaction request cannot include multiple operations on one item")
    }
    return keys
  }

  /// Refuses a transaction of reads if the table, or the partition, of one of its items has given what it can. Nothing is
  /// charged.
  ///
  /// - Throws: TransactionCanceledException with a reason for each item that is refused.
  static func admitReads(
    of keys: [[UInt8]], in database: Database, table: (_ position: Int) -> Table
  ) throws(Interruption) {
    var reasons = CancellationReasons(count: keys.count)
    for (position, key) in keys.enumerated() {
      if let refusal = database.refusalOfRead(at: key.span.bytes, of: table(position)) {
        reasons.refuse(position, refusal)
      }
    }
    try reasons.throwIfAny()
  }

  /// Builds the key of the item that `action` is about and checks what it does to keys.
  static func append(_ action: TransactionAction, to key: inout KeyBuffer) throws(Interruption) {
    try KeyChecks.append(keyOf: action.change, action.condition, in: action.table, to: &key)
  }
}

extension ServiceError {
  var asCancellationReason: CancellationReason { CancellationReason(.validationError, message) }
}

/// The reasons of a transaction's actions while they are looked for.
struct CancellationReasons {
  private var reasons: [CancellationReason]
  private var refusals: [AdmissionRefusal] = []
  /// Whether nothing is wrong with any action.
  private(set) var isEmpty = true

  init(count: Int) {
    reasons = Array(repeating: .none, count: count)
  }

  subscript(position: Int) -> CancellationReason {
    get { reasons[position] }
    set {
      reasons[position] = newValue
      isEmpty = false
    }
  }

  /// Whether nothing is wrong with any action but that its table has no units left.
  var areOfThroughput: Bool { reasons.allSatisfy { $0.code == .none || $0.isOfThroughput } }

  /// Notes that an action's table has no units left.
  mutating func refuse(_ position: Int, _ refusal: AdmissionRefusal) {
    self[position] = refusal.cancellation
    refusals.append(refusal)
  }

  /// Cancels the transaction if something is wrong with an action, and counts what is refused for its rate.
  func throwIfAny() throws(Interruption) {
    guard !isEmpty else { return }
    for refusal in refusals { refusal.count() }
    throw .service(.transactionCanceled(reasons))
  }
}
