package import DynamoModel

/// A statement's text read and checked: what can be kept and run again with other parameters.
package struct PreparedStatement: Sendable {
  /// The statement with its parameters as they stand: what it names can be looked up, and no more.
  package let unbound: Statement
  /// How many `?` the statement has.
  package let parameterCount: Int

  /// Reads and checks a statement.
  ///
  /// - Throws: a ``StatementError`` with the service's text: what is not well formed before what is not
  /// supported.
  package init(_ text: String) throws(StatementError) {
    let (written, parameters) = try Parser.parse(text)
    unbound = try StatementChecks.statement(written)
    parameterCount = parameters
  }

  /// The statement with values in the place of its parameters.
  ///
  /// - Throws: "Number of parameters in request and statement don't match."
  package func bound(to parameters: [EncodedValue]) throws(StatementError) -> Statement {
    guard parameters.count == parameterCount else { throw Refusals.parameterCount }
    return parameters.isEmpty ? unbound : unbound.bound(to: parameters)
  }
}

extension Statement {
  fileprivate func bound(to values: [EncodedValue]) -> Statement {
    switch self {
    case .select(let select): return .select(select.bound(to: values))
    case .exists(let select): return .exists(select.bound(to: values))
    case .insert(var insert):
      insert.value = insert.value.bound(to: values)
      return .insert(insert)
    case .update(var update):
      update.actions = update.actions.map { $0.bound(to: values) }
      update.condition = update.condition?.bound(to: values)
      return .update(update)
    case .delete(var delete):
      delete.condition = delete.condition?.bound(to: values)
      return .delete(delete)
    }
  }
}

extension InsertStatement.Value {
  fileprivate func bound(to values: [EncodedValue]) -> InsertStatement.Value {
    switch self {
    case .attributes(let attributes): .attributes(attributes.map { ($0.name, $0.value.bound(to: values)) })
    case .parameter(let index): .bound(values[index])
    case .bound: self
    }
  }
}

extension SelectStatement {
  fileprivate func bound(to values: [EncodedValue]) -> SelectStatement {
    var bound = self
    bound.condition = condition?.bound(to: values)
    return bound
  }
}

extension UpdateStatement.Action {
  fileprivate func bound(to values: [EncodedValue]) -> UpdateStatement.Action {
    switch self {
    case .set(let path, let value): .set(path, value.bound(to: values))
    case .remove: self
    case .addToSet(let path, let operand): .addToSet(path, operand.bound(to: values))
    case .deleteFromSet(let path, let operand): .deleteFromSet(path, operand.bound(to: values))
    }
  }
}

extension UpdateValue {
  fileprivate func bound(to values: [EncodedValue]) -> UpdateValue {
    switch self {
    case .operand(let operand): .operand(operand.bound(to: values))
    case .sum(let left, let right): .sum(left.bound(to: values), right.bound(to: values))
    case .difference(let left, let right): .difference(left.bound(to: values), right.bound(to: values))
    case .listAppend(let left, let right): .listAppend(left.bound(to: values), right.bound(to: values))
    case .ifNotExists(let path, let operand): .ifNotExists(path, operand.bound(to: values))
    }
  }
}

extension Predicate {
  fileprivate func bound(to values: [EncodedValue]) -> Predicate {
    switch self {
    case .and(let parts): .and(parts.map { $0.bound(to: values) })
    case .or(let parts): .or(parts.map { $0.bound(to: values) })
    case .not(let part): .not(part.bound(to: values))
    case .comparison(let comparator, let left, let right):
      .comparison(comparator, left.bound(to: values), right.bound(to: values))
    case .between(let value, let lower, let upper):
      .between(value.bound(to: values), lower.bound(to: values), upper.bound(to: values))
    case .membership(let value, let list):
      .membership(value.bound(to: values), list.map { $0.bound(to: values) })
    case .call(let function, let operands): .call(function, operands.map { $0.bound(to: values) })
    case .isMissing, .isType, .constant: self
    }
  }
}

extension Operand {
  fileprivate func bound(to values: [EncodedValue]) -> Operand {
    switch self {
    case .parameter(let index): .value(values[index])
    case .size(let operand): .size(operand.bound(to: values))
    case .path, .value: self
    }
  }
}
