package import DynamoExpressions
package import DynamoModel

extension UpdateStatement {
  /// The update that is applied to the item. Parameters must be bound.
  ///
  /// - Throws: a ``StatementError`` with the service's text for paths that collide and operands of a wrong
  /// type.
  package func update() throws(StatementError) -> Update {
    var builder = ExpressionBuilder()
    for action in actions {
      switch action {
      case .set(let path, let value):
        let target = builder.path(path.expressionSteps).path
        builder.act(.set, on: target, with: value.node(in: &builder))
      case .remove(let path):
        builder.act(.remove, on: builder.path(path.expressionSteps).path, with: nil)
      case .addToSet(let path, let operand):
        let target = builder.path(path.expressionSteps).path
        builder.act(.add, on: target, with: operand.node(in: &builder))
      case .deleteFromSet(let path, let operand):
        let target = builder.path(path.expressionSteps).path
        builder.act(.delete, on: target, with: operand.node(in: &builder))
      }
    }
    do throws(ExpressionError) {
      return try builder.update()
    } catch {
      throw StatementError(error.message)
    }
  }
}

extension UpdateValue {
  fileprivate func node(in builder: inout ExpressionBuilder) -> Int {
    switch self {
    case .operand(let operand): operand.node(in: &builder)
    case .sum(let left, let right): builder.node(.plus, over: [left, right].map { $0.node(in: &builder) })
    case .difference(let left, let right):
      builder.node(.minus, over: [left, right].map { $0.node(in: &builder) })
    case .listAppend(let left, let right):
      builder.node(.call(.listAppend), over: [left, right].map { $0.node(in: &builder) })
    case .ifNotExists(let path, let operand):
      builder.node(
        .call(.ifNotExists), over: [builder.path(path.expressionSteps).node, operand.node(in: &builder)])
    }
  }
}

extension InsertStatement {
  /// The item that is put. Parameters must be bound.
  ///
  /// - Throws: a ``StatementError`` for a parameter that is no map, or nests too deeply.
  package func item() throws(StatementError) -> Item {
    if case .bound(let value) = value, value.type != .map { throw Refusals.itemFormat }
    var builder = ItemBuilder()
    do throws(ItemError) {
      try builder.beginItem()
      switch value {
      case .attributes(let attributes):
        for (name, operand) in attributes {
          guard let value = operand.value else { preconditionFailure("a parameter that is not bound") }
          try builder.name(name)
          try builder.value(value)
        }
      case .bound(let map):
        var entries = map.view.elements
        while entries.next() {
          try builder.name(entries.name)
          try builder.value(entries.value)
        }
      case .parameter: preconditionFailure("a parameter that is not bound")
      }
      return try builder.finishItem()
    } catch {
      throw StatementError(error.message)
    }
  }
}

extension SelectStatement {
  /// What of an item the statement returns: all of it, or a column for each projected path that leads to
  /// something, named by the path's last name and the indices behind that.
  package func project(_ item: borrowing ItemView) throws(ItemError) -> Item {
    guard let projection else { return Item(item) }
    var builder = ItemBuilder()
    try builder.beginItem()
    for path in projection { try path.project(item, as: path.columnName, into: &builder) }
    return try builder.finishItem()
  }
}

extension DocumentPath {
  fileprivate func project(
    _ item: borrowing ItemView, as column: String, into builder: inout ItemBuilder
  ) throws(ItemError) {
    guard var found = item.attribute(named: attributeName) else { return }
    for step in steps.dropFirst() {
      let inner: ValueView?
      switch step {
      case .name(let name): inner = found.type == .map ? found.value(named: name) : nil
      case .index(let index): inner = found.type == .list ? found.element(at: index) : nil
      }
      guard let inner else { return }
      found = inner
    }
    try builder.name(column)
    try builder.value(found)
  }
}
