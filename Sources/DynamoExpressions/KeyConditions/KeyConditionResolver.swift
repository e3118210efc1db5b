import DynamoModel

/// Fits terms to a key.
struct KeyConditionResolver {
  let terms: [KeyCondition.Term]
  let partition: [KeyConditionAttribute]
  let sort: [KeyConditionAttribute]

  func resolve() throws(ExpressionError) -> KeyRange {
    try checkCount()
    try checkCoverage()
    try checkOperations()
    let partitionValues = try partition.map { attribute throws(ExpressionError) in
      guard let term = term(on: attribute), case .comparison(.equal) = term.operation else {
        throw Self.notSupported
      }
      return term.values[0]
    }
    var range = KeyRange(partition: partitionValues, sortEquals: [], sortRange: nil)
    for attribute in sort {
      guard let term = term(on: attribute) else { break }
      if case .comparison(.equal) = term.operation {
        range.sortEquals.append(term.values[0])
      } else {
        range.sortRange = sortRange(term)
        break
      }
    }
    return range
  }

  private func term(on attribute: KeyConditionAttribute) -> KeyCondition.Term? {
    terms.first { $0.name.isSame(as: attribute.name) }
  }

  /// One condition for each key attribute at most. Keys of one partition and one sort attribute are the rule,
  /// and the service's text speaks of them.
  private func checkCount() throws(ExpressionError) {
    guard !terms.isEmpty, terms.count <= max(2, partition.count + sort.count) else {
      throw ExpressionError("Conditions can be of length 1 or 2 only")
    }
    if sort.isEmpty, terms.count > partition.count { throw Self.notSupported }
  }

  /// Every partition attribute must have a condition, and what is left must be on the sort attributes, from
  /// the first on without a gap.
  private func checkCoverage() throws(ExpressionError) {
    for attribute in partition where term(on: attribute) == nil { throw missed(attribute) }
    let wanted = terms.count - partition.count
    guard sort.count > 1 else {
      if wanted > 0, let attribute = sort.first, term(on: attribute) == nil { throw missed(attribute) }
      return
    }
    let covered = sort.filter { term(on: $0) != nil }
    guard covered.count == wanted else { throw Self.notSupported }
    guard let last = sort.lastIndex(where: { term(on: $0) != nil }) else { return }
    let open = sort[..<last].filter { attribute in
      guard case .comparison(.equal) = term(on: attribute)?.operation else { return true }
      return false
    }
    guard open.isEmpty else {
      throw ExpressionError(
        "RANGE key attributes \(open.map(\.name).joined(separator: ", ")) must have equality conditions "
          + "specified in the query because a condition is present on key attribute \(sort[last].name)")
    }
  }

  private func checkOperations() throws(ExpressionError) {
    for term in terms {
      if case .notIndexable = term.operation {
        throw ExpressionError("Attempted conditional constraint is not an indexable operation")
      }
    }
    for attribute in partition + sort {
      guard let term = term(on: attribute) else { continue }
      guard term.values.allSatisfy({ $0.type == attribute.type }) else {
        throw ExpressionError(
          "One or more parameter values were invalid: Condition parameter type does not match schema type")
      }
    }
  }

  private func sortRange(_ term: KeyCondition.Term) -> SortRange? {
    switch term.operation {
    case .comparison(.less): .lessThan(term.values[0])
    case .comparison(.lessOrEqual): .lessThanOrEqual(term.values[0])
    case .comparison(.greater): .greaterThan(term.values[0])
    case .comparison(.greaterOrEqual): .greaterThanOrEqual(term.values[0])
    case .between: .between(term.values[0], term.values[1])
    case .beginsWith: .beginsWith(term.values[0])
    case .comparison(.equal), .comparison(.notEqual), .notIndexable: nil
    }
  }

  private static let notSupported = ExpressionError("Query key condition not supported")

  private func missed(_ attribute: KeyConditionAttribute) -> ExpressionError {
    ExpressionError("Query condition missed key schema element: \(attribute.name)")
  }
}
