import DynamoModel

/// What each action of an update does to the attribute at its path.
struct UpdateOutcomes {
  enum Outcome {
    /// Leave what is there, or the absence of it.
    case keep
    case remove
    /// Put these bytes of `values` there.
    case replace(Range<Int>)
  }

  /// By action.
  fileprivate(set) var outcomes: [Outcome] = []
  /// Encoded values, one after the other.
  fileprivate(set) var values: [UInt8] = []

  /// How deep the lists and maps of a value that replaces one are nested.
  func nestingLevels(of value: Range<Int>) -> Int {
    ValueView(trusting: values.span.bytes.extracting(value)).nestingLevels
  }
}

/// Works out an update's outcomes from an item as it was, before anything is written: so `SET a = b, b = a` exchanges
/// two attributes.
struct UpdateEvaluation {
  let update: Update

  private var tree: SyntaxTree { update.syntax.tree }

  /// The outcomes, worked out in the order the actions are written.
  func outcomes(for item: borrowing ItemView) throws(ExpressionError) -> UpdateOutcomes {
    var results = UpdateOutcomes()
    results.outcomes.reserveCapacity(update.syntax.actions.count)
    results.values.reserveCapacity(64)
    for action in update.syntax.actions {
      let start = results.values.count
      switch action.verb {
      case .set:
        try write(action.value!, item, into: &results.values)
        results.outcomes.append(.replace(start..<results.values.count))
      case .remove:
        results.outcomes.append(.remove)
      case .add:
        try add(action, item, into: &results.values)
        results.outcomes.append(.replace(start..<results.values.count))
      case .delete:
        results.outcomes.append(try delete(action, item, into: &results.values))
      }
    }
    return results
  }
}

// MARK: - SET

extension UpdateEvaluation {
  /// Writes the value of a right-hand side. Its depth is bounded by the number of operators.
  private func write(
    _ node: Int, _ item: borrowing ItemView, into values: inout [UInt8]
  ) throws(ExpressionError) {
    switch tree.nodes[node].kind {
    case .path(let path):
      guard let value = update.bindings.value(at: tree.paths[path], in: item) else {
        throw UpdateFailure.missingAttribute
      }
      values.append(encoded: value.encoded)
    case .value(let slot):
      values.append(encoded: update.bindings.value(slot).encoded)
    case .call(.ifNotExists):
      try write(chosen(node, item), item, into: &values)
    case .call(.listAppend):
      let start = values.count
      let count = try writeElements(node, item, into: &values)
      values.closeElements(.list, from: start, count: count)
    case .plus, .minus:
      if let sum = smallSum(node, item) {
        values.append(integer: sum)
      } else {
        values.append(number: try number(node, item))
      }
    default:
      preconditionFailure("a condition on the right-hand side of an update")
    }
  }

  /// Which operand of an `if_not_exists` counts.
  private func chosen(_ node: Int, _ item: borrowing ItemView) -> Int {
    let first = tree.operand(0, of: node)
    guard case .path(let path) = tree.nodes[first].kind,
      update.bindings.value(at: tree.paths[path], in: item) != nil
    else { return tree.operand(1, of: node) }
    return first
  }

  /// Writes the elements of a list, and says how many they are.
  private func writeElements(
    _ node: Int, _ item: borrowing ItemView, into values: inout [UInt8]
  ) throws(ExpressionError) -> Int {
    switch tree.nodes[node].kind {
    case .call(.listAppend):
      let first = try writeElements(tree.operand(0, of: node), item, into: &values)
      return first + (try writeElements(tree.operand(1, of: node), item, into: &values))
    case .call(.ifNotExists):
      return try writeElements(chosen(node, item), item, into: &values)
    case .path(let path):
      guard let value = update.bindings.value(at: tree.paths[path], in: item) else {
        throw UpdateFailure.missingAttribute
      }
      return try appendElements(of: value, to: &values)
    case .value(let slot):
      return try appendElements(of: update.bindings.value(slot), to: &values)
    default:
      throw update.typeMismatch
    }
  }

  private func appendElements(
    of list: borrowing ValueView, to values: inout [UInt8]
  ) throws(ExpressionError) -> Int {
    guard list.type == .list else { throw update.typeMismatch }
    values.append(encoded: list.elementBytes)
    return list.count
  }

  /// The sum or difference of two small integers that are not negative, as counters are, without their digits being taken apart. Nil
  /// for all else, which includes all that is wrong: `number` finds what.
  private func smallSum(_ node: Int, _ item: borrowing ItemView) -> UInt64? {
    guard let left = smallInteger(ofOperand: tree.operand(0, of: node), item),
      let right = smallInteger(ofOperand: tree.operand(1, of: node), item)
    else { return nil }
    if case .plus = tree.nodes[node].kind { return left + right }
    return left >= right ? left - right : nil
  }

  private func smallInteger(ofOperand node: Int, _ item: borrowing ItemView) -> UInt64? {
    switch tree.nodes[node].kind {
    case .path(let path):
      guard let value = update.bindings.value(at: tree.paths[path], in: item), value.type == .number else {
        return nil
      }
      return integer(ofEncoded: value.payload)
    case .value(let slot):
      let value = update.bindings.value(slot)
      return value.type == .number ? integer(ofEncoded: value.payload) : nil
    default: return nil
    }
  }

  private func number(_ node: Int, _ item: borrowing ItemView) throws(ExpressionError) -> DynamoNumber {
    switch tree.nodes[node].kind {
    case .plus:
      let left = try number(tree.operand(0, of: node), item)
      return try left.sum(number(tree.operand(1, of: node), item))
    case .minus:
      let left = try number(tree.operand(0, of: node), item)
      return try left.sum(number(tree.operand(1, of: node), item).negated)
    case .call(.ifNotExists):
      return try number(chosen(node, item), item)
    case .path(let path):
      guard let value = update.bindings.value(at: tree.paths[path], in: item) else {
        throw UpdateFailure.missingAttribute
      }
      guard value.type == .number else { throw update.typeMismatch }
      return value.number
    case .value(let slot):
      let value = update.bindings.value(slot)
      guard value.type == .number else { throw update.typeMismatch }
      return value.number
    default:
      throw update.typeMismatch
    }
  }
}

// MARK: - ADD and DELETE

extension UpdateEvaluation {
  private func operand(_ action: UpdateSyntax.Action) -> Int {
    guard let node = action.value, case .value(let slot) = tree.nodes[node].kind else {
      preconditionFailure("\(action.verb.name) without a value")
    }
    return slot
  }

  /// Writes the sum, the union or, in legacy updates, the longer list.
  private func add(
    _ action: UpdateSyntax.Action, _ item: borrowing ItemView, into values: inout [UInt8]
  ) throws(ExpressionError) {
    let added = update.bindings.value(operand(action))
    guard let old = update.bindings.value(at: tree.paths[action.path], in: item) else {
      values.append(encoded: added.encoded)
      return
    }
    guard old.type == added.type else { throw update.typeMismatch }
    switch old.type {
    case .number:
      if let left = integer(ofEncoded: old.payload), let right = integer(ofEncoded: added.payload) {
        values.append(integer: left + right)
      } else {
        values.append(number: try old.number.sum(added.number))
      }
    case .stringSet, .numberSet, .binarySet:
      let start = values.count
      let count = values.appendUnion(old, added)
      values.closeElements(ValueTag(old.type), from: start, count: count)
    case .list:
      let start = values.count
      let count = try appendElements(of: old, to: &values) + (try appendElements(of: added, to: &values))
      values.closeElements(.list, from: start, count: count)
    default:
      throw update.typeMismatch
    }
  }

  /// Writes the difference of two sets. A set that is left without elements goes.
  private func delete(
    _ action: UpdateSyntax.Action, _ item: borrowing ItemView, into values: inout [UInt8]
  ) throws(ExpressionError) -> UpdateOutcomes.Outcome {
    let removed = update.bindings.value(operand(action))
    guard let old = update.bindings.value(at: tree.paths[action.path], in: item) else { return .keep }
    guard old.type == removed.type else { throw update.typeMismatch }
    let start = values.count
    let count = values.appendDifference(old, removed)
    guard count > 0 else { return .remove }
    values.closeElements(ValueTag(old.type), from: start, count: count)
    return .replace(start..<values.count)
  }
}

extension DynamoNumber {
  /// The sum, or the service's words for why there is none.
  fileprivate func sum(_ other: DynamoNumber) throws(ExpressionError) -> DynamoNumber {
    do throws(NumberError) {
      return try adding(other)
    } catch {
      throw ExpressionError(error.message(for: ""))
    }
  }
}
