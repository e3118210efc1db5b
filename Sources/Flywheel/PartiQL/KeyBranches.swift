import DynamoExpressions
import DynamoModel
import PartiQL

/// What a `WHERE` clause says of the key of a table or an index: the alternatives it leaves.
///
/// A clause such as `pk IN ['a', 'b'] AND (sk < 3 OR sk > 7)` is four reads of one range each. It is spread
/// here into its branches: each says of every key attribute what it must be, and has beside it the conditions
/// that no key answers. If all branches name one value for each attribute of the partition key, the statement
/// is answered by reading their ranges; else by looking at everything. What no key answers, `NOT`, `<>` and
/// comparisons of two attributes among it, never narrows a range: the whole clause is asked of every item
/// anyway, so a range only has to be wide enough.
///
/// Source of the rules: the developer guide's chapter on `SELECT`, and answers of the service that others
/// have published.
struct KeyBranches {
  /// What a branch says of a sort attribute.
  enum SortTest {
    case equals(EncodedValue)
    case within(SortRange)

    /// The values that the attribute is compared with.
    var values: [EncodedValue] {
      switch self {
      case .equals(let value): [value]
      case .within(let range): range.bounds
      }
    }
  }

  struct Branch {
    /// For each attribute of the partition key the value it must have; nil if the branch says none.
    var partition: [EncodedValue?]
    /// Tests of sort attributes, by their place among them.
    var sort: [(position: Int, test: SortTest)] = []
    /// Whether it wants two values of one partition attribute.
    var isContradictory = false
    /// What it says besides.
    var filters: [Predicate] = []
  }

  /// The most reads that a statement may come to.
  private static let readsMax = 50
  /// A clause with more branches is not spread.
  private static let branchesMax = 1_000

  private let key: KeyShape
  private(set) var branches: [Branch] = []
  /// Whether the clause names a partition key in every branch, also if it has too many to be spread.
  private(set) var namesPartitions: Bool
  private var isOverfull = false

  /// Spreads a clause.
  ///
  /// - Throws: what the service says of values that the key can't have.
  init(_ condition: Predicate?, key: KeyShape) throws(Interruption) {
    self.key = key
    guard let condition else {
      namesPartitions = false
      branches = [anything]
      return
    }
    namesPartitions = false
    namesPartitions = partitionsNamed(by: condition).count == key.partition.count
    branches = try spread(condition)
  }

  /// Whether the statement is answered by reading ranges.
  var areKeyed: Bool {
    !isOverfull
      && branches.allSatisfy { branch in
        !branch.isContradictory && branch.partition.allSatisfy { $0 != nil }
      }
  }

  /// Refuses statements that come to more reads than one statement may.
  func checkCount() throws(Interruption) {
    guard namesPartitions, isOverfull || branches.count > Self.readsMax else { return }
    throw .validation("Too many decomposed read operations for a given query.")
  }

  // MARK: - Spreading

  private var anything: Branch { Branch(partition: Array(repeating: nil, count: key.partition.count)) }

  private mutating func spread(_ predicate: Predicate) throws(Interruption) -> [Branch] {
    if let term = KeyTerm(predicate, of: key) {
      try term.checkTypes()
      return branches(of: term)
    }
    switch predicate {
    case .and(let parts):
      var spread = [anything]
      for part in parts { spread = joined(spread, try self.spread(part)) }
      return spread
    case .or(let parts) where namesKey(predicate):
      var spread: [Branch] = []
      for part in parts {
        spread += try self.spread(part)
        if isTooMany(spread.count) { return [anything] }
      }
      return spread
    default:
      var branch = anything
      branch.filters = [predicate]
      return [branch]
    }
  }

  private func branches(of term: KeyTerm) -> [Branch] {
    switch term.test {
    case .equals(let values):
      values.map { value in
        var branch = anything
        if term.position < key.partition.count {
          branch.partition[term.position] = value
        } else {
          branch.sort = [(term.position - key.partition.count, .equals(value))]
        }
        return branch
      }
    case .within(let range):
      [Branch(partition: anything.partition, sort: [(term.position - key.partition.count, .within(range))])]
    }
  }

  /// Every branch of the one with every branch of the other.
  private mutating func joined(_ left: [Branch], _ right: [Branch]) -> [Branch] {
    if isTooMany(left.count * right.count) { return [anything] }
    return left.flatMap { one in right.map { joined(one, $0) } }
  }

  private func joined(_ one: Branch, _ other: Branch) -> Branch {
    var joined = one
    for (position, value) in other.partition.enumerated() {
      guard let value else { continue }
      if let known = joined.partition[position], known != value { joined.isContradictory = true }
      joined.partition[position] = value
    }
    joined.sort += other.sort
    joined.isContradictory = joined.isContradictory || other.isContradictory
    joined.filters += other.filters
    return joined
  }

  private mutating func isTooMany(_ count: Int) -> Bool {
    if count > Self.branchesMax { isOverfull = true }
    return isOverfull
  }

  private func namesKey(_ predicate: Predicate) -> Bool {
    if KeyTerm(predicate, of: key) != nil { return true }
    switch predicate {
    case .and(let parts), .or(let parts): return parts.contains(where: namesKey)
    default: return false
    }
  }

  /// The places of the partition attributes that a clause names a value for, whatever else holds.
  private func partitionsNamed(by predicate: Predicate) -> Set<Int> {
    if let term = KeyTerm(predicate, of: key) {
      return term.position < key.partition.count ? [term.position] : []
    }
    switch predicate {
    case .and(let parts):
      return parts.reduce(into: []) { $0.formUnion(partitionsNamed(by: $1)) }
    case .or(let parts):
      guard let first = parts.first else { return [] }
      return parts.dropFirst().reduce(into: partitionsNamed(by: first)) {
        $0.formIntersection(partitionsNamed(by: $1))
      }
    default:
      return []
    }
  }
}
