/// What a request violates of its structure's rules, gathered while it is read and told in one message.
///
/// The service checks a request as a whole before it does anything else with it, and lists what it finds in
/// the order of its own members, whatever order the client wrote them in. So each violation is kept with its
/// place: the members' positions in their structures and the elements' in their lists, from the outermost in.
struct Violations: Sendable {
  /// The service stops at so many.
  static let listedMax = 10

  private struct Violation: Sendable {
    var place: [Int]
    var text: String
  }

  private var violations: [Violation] = []
  /// A message that takes the place of all others.
  private var preempting: String?

  /// Whether no more are kept.
  var isFull: Bool { violations.count >= RequestLimits.violationsKeptMax }

  /// Notes one.
  ///
  /// - Parameters:
  ///   - value: what was found, quoted by the caller; "null" if nothing was.
  ///   - path: where, as the service writes it.
  mutating func add(_ value: String, at path: String, place: [Int], _ statement: String) {
    violations.append(
      Violation(
        place: place,
        text: "Value \(value) at '\(path)' failed to satisfy constraint: \(statement)"))
  }

  /// Notes one that is the whole answer. The first such wins.
  mutating func preempt(_ message: String) {
    preempting = preempting ?? message
  }

  /// The message; nil if there is nothing to tell.
  func message() -> String? {
    if let preempting { return preempting }
    guard !violations.isEmpty else { return nil }
    // A stable order: what is found at one place stays in the order of that place's rules.
    let ordered = violations.enumerated().sorted { a, b in
      a.element.place == b.element.place
        ? a.offset < b.offset : a.element.place.lexicographicallyPrecedes(b.element.place)
    }
    let listed = ordered.prefix(Self.listedMax)
    let texts = listed.map(\.element.text).joined(separator: "; ")
    return "\(listed.count) validation error\(listed.count == 1 ? "" : "s") detected: \(texts)"
  }
}
