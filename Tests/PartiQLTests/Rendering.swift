import DynamoExpressions
import DynamoModel
import PartiQL

/// A statement's tree as text: one line, operators in front of their operands.
func render(_ statement: Statement) -> String {
  switch statement {
  case .select(let select): "select " + render(select)
  case .exists(let select): "exists " + render(select)
  case .insert(let insert): "insert " + insert.table + " " + render(insert.value)
  case .update(let update):
    parts(
      "update " + update.table, update.actions.map(render).joined(separator: " "),
      update.condition.map { "where " + render($0) }, update.returning.map { "returning " + $0.rawValue })
  case .delete(let delete):
    parts(
      "delete " + delete.table, delete.condition.map { "where " + render($0) },
      delete.returnsOldItem ? "returning ALL OLD *" : nil)
  }
}

private func parts(_ parts: String?...) -> String {
  parts.compactMap { $0 }.joined(separator: " ")
}

private func render(_ select: SelectStatement) -> String {
  let ordering = select.ordering.map { "\($0.name) \($0.isDescending ? "desc" : "asc")" }
  return parts(
    select.projection.map { "[" + $0.map(render).joined(separator: ", ") + "]" } ?? "*",
    "from " + select.source.table + (select.source.index.map { " index " + $0 } ?? ""),
    select.condition.map { "where " + render($0) },
    ordering.isEmpty ? nil : "order " + ordering.joined(separator: ", "))
}

private func render(_ value: InsertStatement.Value) -> String {
  switch value {
  case .parameter(let index): "?\(index)"
  case .bound(let value): render(value)
  case .attributes(let attributes):
    "{" + attributes.map { "\($0.name): \(render($0.value))" }.joined(separator: ", ") + "}"
  }
}

private func render(_ action: UpdateStatement.Action) -> String {
  switch action {
  case .set(let path, let value): "(set \(render(path)) \(render(value)))"
  case .remove(let path): "(remove \(render(path)))"
  case .addToSet(let path, let operand): "(add \(render(path)) \(render(operand)))"
  case .deleteFromSet(let path, let operand): "(delete \(render(path)) \(render(operand)))"
  }
}

private func render(_ value: UpdateValue) -> String {
  switch value {
  case .operand(let operand): render(operand)
  case .sum(let left, let right): "(+ \(render(left)) \(render(right)))"
  case .difference(let left, let right): "(- \(render(left)) \(render(right)))"
  case .listAppend(let left, let right): "(list_append \(render(left)) \(render(right)))"
  case .ifNotExists(let path, let operand): "(if_not_exists \(render(path)) \(render(operand)))"
  }
}

func render(_ predicate: Predicate) -> String {
  switch predicate {
  case .and(let parts): "(and \(parts.map(render).joined(separator: " ")))"
  case .or(let parts): "(or \(parts.map(render).joined(separator: " ")))"
  case .not(let part): "(not \(render(part)))"
  case .comparison(let comparator, let left, let right):
    "(\(comparator.symbol) \(render(left)) \(render(right)))"
  case .between(let value, let lower, let upper):
    "(between \(render(value)) \(render(lower)) \(render(upper)))"
  case .membership(let value, let list): "(in \(render(value)) \(list.map(render).joined(separator: " ")))"
  case .isMissing(let path): "(missing \(render(path)))"
  case .isType(let path, let type): "(is \(render(path)) \(type.descriptor))"
  case .call(let function, let operands): "(\(function.name) \(operands.map(render).joined(separator: " ")))"
  case .constant(let value): "\(value)"
  }
}

private func render(_ operand: Operand) -> String {
  switch operand {
  case .path(let path): render(path)
  case .value(let value): render(value)
  case .parameter(let index): "?\(index)"
  case .size(let operand): "(size \(render(operand)))"
  }
}

private func render(_ path: DocumentPath) -> String {
  var text = ""
  for step in path.steps {
    switch step {
    case .name(let name): text += (text.isEmpty ? "" : ".") + name
    case .index(let index): text += "[\(index)]"
    }
  }
  return text
}

private func render(_ value: EncodedValue) -> String {
  render(AttributeValue(value))
}

private func render(_ value: AttributeValue) -> String {
  switch value {
  case .string(let text): "'\(text)'"
  case .number(let number): number.description
  case .binary(let bytes): "b\(bytes)"
  case .bool(let value): "\(value)"
  case .null: "null"
  case .list(let values): "[" + values.map(render).joined(separator: ", ") + "]"
  case .map(let values):
    "{" + values.sorted { $0.key < $1.key }.map { "\($0.key): \(render($0.value))" }.joined(separator: ", ")
      + "}"
  case .stringSet(let values): "<<" + values.map { "'\($0)'" }.joined(separator: ", ") + ">>"
  case .numberSet(let values): "<<" + values.map(\.description).joined(separator: ", ") + ">>"
  case .binarySet(let values): "<<" + values.map { "b\($0)" }.joined(separator: ", ") + ">>"
  }
}
