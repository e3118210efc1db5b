import DynamoModel

/// Makes statements of what was written, or says why the service would not run it.
enum StatementChecks {
  static func statement(_ written: SyntaxStatement) throws(StatementError) -> Statement {
    switch written {
    case .select(let select): .select(try self.select(select))
    case .exists(let select): .exists(try self.select(select))
    case .insert(let insert): .insert(try self.insert(insert))
    case .update(let update): .update(try self.update(update))
    case .delete(let delete): .delete(try self.delete(delete))
    }
  }

  private static func condition(_ node: SyntaxNode?) throws(StatementError) -> Predicate? {
    guard let node else { return nil }
    return try PredicateChecks.condition(node)
  }

  // MARK: - SELECT

  private static func select(_ select: SyntaxStatement.Select) throws(StatementError) -> SelectStatement {
    if let refused = select.refused { throw refused }
    let source = try PathChecks.source(select.source)
    var projection: [DocumentPath]?
    if case .items(let items) = select.projection { projection = try self.projection(items) }
    let condition = try condition(select.condition)
    var ordering: [SelectStatement.Ordering] = []
    for (key, isDescending) in select.ordering {
      ordering.append(SelectStatement.Ordering(name: try orderingName(key), isDescending: isDescending))
    }
    if condition == nil, !ordering.isEmpty {
      throw StatementError("Must have WHERE clause in the statement when using ORDER BY clause.")
    }
    return SelectStatement(projection: projection, source: source, condition: condition, ordering: ordering)
  }

  private static func projection(_ items: [SyntaxNode]) throws(StatementError) -> [DocumentPath] {
    var paths: [DocumentPath] = []
    var seen: Set<ByteText> = []
    for item in items {
      guard case .path(let written) = item else { throw Refusals.unexpectedPathComponent(item.span) }
      let path = try PathChecks.documentPath(written)
      guard seen.insert(ByteText(path.columnName)).inserted else {
        throw StatementError("Duplicate identifiers in select clause: \(path.columnName)")
      }
      paths.append(path)
    }
    return paths
  }

  private static func orderingName(_ key: SyntaxNode) throws(StatementError) -> String {
    guard case .path(let written) = key, written.steps.count == 1 else {
      throw StatementError("Argument to ORDER BY must be of type VariableReference. Type: \(key.typeName)")
    }
    return try PathChecks.documentPath(written).attributeName
  }

  // MARK: - INSERT and DELETE

  private static func insert(_ insert: SyntaxStatement.Insert) throws(StatementError) -> InsertStatement {
    if let refused = insert.refused { throw refused }
    let table = try PathChecks.target(insert.source)
    switch insert.value {
    case .parameter(let index, _):
      return InsertStatement(table: table, value: .parameter(index))
    case .map(let entries, _):
      var attributes: [(name: String, value: Operand)] = []
      for (name, node) in try LiteralEncoder.named(entries, "root") {
        if case .parameter(let index, _) = node {
          attributes.append((name, .parameter(index)))
        } else {
          attributes.append((name, .value(try LiteralEncoder.encode(node))))
        }
      }
      return InsertStatement(table: table, value: .attributes(attributes))
    default:
      throw Refusals.itemFormat
    }
  }

  private static func delete(_ delete: SyntaxStatement.Delete) throws(StatementError) -> DeleteStatement {
    if let refused = delete.refused { throw refused }
    let table = try PathChecks.target(delete.source)
    let condition = try condition(delete.condition)
    if let returning = delete.returning, Returning(returning) != .allOld {
      throw StatementError(
        "Invalid returning clause: RETURNING \(Returning(returning).rawValue). "
          + "Only RETURNING ALL OLD * is allowed in DELETE statements.")
    }
    return DeleteStatement(table: table, condition: condition, returnsOldItem: delete.returning != nil)
  }

  // MARK: - UPDATE

  private static func update(_ update: SyntaxStatement.Update) throws(StatementError) -> UpdateStatement {
    if let refused = update.refused { throw refused }
    let table = try PathChecks.target(update.source)
    var actions: [UpdateStatement.Action] = []
    for action in update.actions {
      switch action {
      case .remove(let path): actions.append(.remove(try PathChecks.documentPath(path)))
      case .set(let path, let value): actions.append(try assignment(try PathChecks.documentPath(path), value))
      }
    }
    return UpdateStatement(
      table: table, actions: actions, condition: try condition(update.condition),
      returning: update.returning.map { Returning($0) })
  }

  private static func assignment(
    _ path: DocumentPath, _ node: SyntaxNode
  ) throws(StatementError) -> UpdateStatement.Action {
    switch node {
    case .binary("+", let left, let right, _):
      return .set(path, .sum(try updateOperand(left), try updateOperand(right)))
    case .binary("-", let left, let right, _):
      return .set(path, .difference(try updateOperand(left), try updateOperand(right)))
    case .call(let name, let arguments, let span):
      return try functionAssignment(path, name, arguments, span)
    default:
      return .set(path, .operand(try updateOperand(node)))
    }
  }

  private static func functionAssignment(
    _ path: DocumentPath, _ name: String, _ arguments: [SyntaxNode], _ span: SourceSpan
  ) throws(StatementError) -> UpdateStatement.Action {
    switch name {
    case "set_add":
      return .addToSet(path, try setOperand(path, "SET_ADD", arguments, span))
    case "set_delete":
      return .deleteFromSet(path, try setOperand(path, "SET_DELETE", arguments, span))
    case "list_append", "if_not_exists":
      guard arguments.count == 2 else { throw StatementError(operandCount(name, arguments.count)) }
      let second = try updateOperand(arguments[1])
      if name == "list_append" { return .set(path, .listAppend(try updateOperand(arguments[0]), second)) }
      guard case .path(let written) = arguments[0] else {
        throw StatementError(
          "Operator or function requires a document path; operator or function: if_not_exists")
      }
      return .set(path, .ifNotExists(try PathChecks.documentPath(written), second))
    default:
      throw Refusals.unknownFunction(name, span)
    }
  }

  private static func operandCount(_ name: String, _ count: Int) -> String {
    "Incorrect number of operands for operator or function; operator or function: \(name), "
      + "number of operands: \(count)"
  }

  /// The second argument of `set_add` and `set_delete`; the first must be what is assigned to.
  private static func setOperand(
    _ path: DocumentPath, _ name: String, _ arguments: [SyntaxNode], _ span: SourceSpan
  ) throws(StatementError) -> Operand {
    guard arguments.count == 2 else { throw .at(span, "\(name) must have exactly two arguments") }
    guard case .path(let written) = arguments[0], try PathChecks.documentPath(written) == path else {
      throw .at(span, "The first argument to \(name) must equal the assignment value")
    }
    switch arguments[1] {
    case .bag, .parameter: return try updateOperand(arguments[1])
    default: throw .at(arguments[0].span, "The second argument to \(name) must be a value with type SET")
    }
  }

  private static func updateOperand(_ node: SyntaxNode) throws(StatementError) -> Operand {
    switch node {
    case .isType: throw StatementError("IS operator is not supported in update expressions")
    case .binary(let sign, _, _, _), .signed(let sign, _, _): throw Refusals.updateOperator(sign)
    case .and: throw Refusals.updateOperator("AND")
    case .or: throw Refusals.updateOperator("OR")
    case .not: throw Refusals.updateOperator("NOT")
    case .between: throw Refusals.updateOperator("BETWEEN")
    case .membership: throw Refusals.updateOperator("IN")
    case .call(let name, _, let span): throw Refusals.unknownFunction(name, span)
    default: return try PredicateChecks.operand(node)
    }
  }
}

extension Returning {
  fileprivate init(_ written: SyntaxStatement.Returning) {
    switch (written.scope, written.image) {
    case ("all", "old"): self = .allOld
    case ("all", _): self = .allNew
    case (_, "old"): self = .modifiedOld
    default: self = .modifiedNew
    }
  }
}
