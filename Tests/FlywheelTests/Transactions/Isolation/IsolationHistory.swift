/// What clients did to lists that only grow, and what they were told.
///
/// Every value that is appended is appended once only, so a list tells the order of its writers, and a reader
/// how many of them it has seen: enough to know who depends on whom.
struct IsolationHistory: Sendable {
  /// A list as somebody saw it: how long it was, and a hash of what was in it.
  struct Sight: Sendable {
    var key: Int
    var length: Int
    var hash: UInt64
  }

  struct Append: Sendable {
    var key: Int
    var value: Int
  }

  enum Outcome: Sendable {
    /// It was answered with success.
    case done
    /// It was answered with an error that says that nothing happened.
    case refused
    /// It may have happened.
    case unknown
  }

  /// One operation or transaction. What it saw, it saw in one step with what it appended.
  struct Event: Sendable {
    /// Moments on a clock that all clients share; `ended` means nothing if the outcome is unknown.
    var began: Int
    var ended: Int
    var outcome: Outcome
    var sights: [Sight] = []
    var appends: [Append] = []
  }

  var events: [Event] = []
  /// What every list was in the end.
  var lists: [Int: [Int]] = [:]

  /// The hash of a list of which `hash` is that of all but the last.
  static func extend(_ hash: UInt64, by value: Int) -> UInt64 {
    (hash ^ UInt64(truncatingIfNeeded: value)) &* 0x0000_0100_0000_01B3 ^ (hash >> 29)
  }

  static let hashOfNothing: UInt64 = 0xCBF2_9CE4_8422_2325

  static func hash(of list: [Int]) -> UInt64 { list.reduce(hashOfNothing, extend) }
}
