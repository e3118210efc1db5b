public import DynamoModel

/// Which parameter a condition was given as.
public enum ConditionParameter: Sendable {
  case condition, filter

  var kind: ExpressionKind { self == .condition ? .condition : .filter }
}

/// A condition that is parsed, bound to its names and values, and checked: what is left is to ask it of items.
///
/// Legacy parameters make the same thing, so the database evaluates one kind of condition.
public struct Condition: Sendable {
  let syntax: ConditionSyntax
  let bindings: Bindings

  /// Parses, binds and checks a condition expression or a filter expression.
  ///
  /// - Throws: an `ExpressionError` with the service's text for the first thing wrong.
  public init(
    _ text: String, as parameter: ConditionParameter = .condition, placeholders: inout ExpressionPlaceholders
  ) throws(ExpressionError) {
    try self.init(text, as: parameter.kind, placeholders: &placeholders)
  }

  init(
    _ text: String, as kind: ExpressionKind, placeholders: inout ExpressionPlaceholders
  ) throws(ExpressionError) {
    do throws(Rejection) {
      syntax = try ParsedExpressionCaches.conditions.expression(text).syntax
    } catch {
      throw kind.invalid(error.reason)
    }
    bindings = placeholders.bind(syntax.tree)
    if let problem = ConditionChecks.problem(in: syntax, boundTo: bindings) { throw kind.invalid(problem) }
  }

  init(syntax: ConditionSyntax, bindings: Bindings) {
    self.syntax = syntax
    self.bindings = bindings
  }

  /// The names of the top-level attributes that the condition looks at, each once, in the order it names them.
  public var attributeNames: [String] {
    bindings.topLevelNames(of: syntax.tree.paths)
  }

  /// Those of `attributeNames` it reaches into, by `.` or `[]`. A key attribute may not be among them.
  public var nestedAttributeNames: [String] {
    guard syntax.tree.hasNestedPaths else { return [] }
    return bindings.topLevelNames(of: syntax.tree.paths.lazy.filter { $0.count > 1 })
  }

  /// Whether the condition holds for an item. Allocates nothing, unless `contains` looks for more than 32 bytes.
  public func matches(_ item: Item) -> Bool {
    matches(item.view)
  }

  /// Whether the condition holds for an item seen in place, in a block of the engine's say.
  public func matches(_ item: borrowing ItemView) -> Bool {
    ConditionEvaluator(self).matches(item)
  }

  /// Whether the condition holds where there is no item, which is as for an item without attributes.
  public func matchesAbsentItem() -> Bool {
    matches(Item.withoutAttributes)
  }
}

extension Item {
  /// An item without attributes: what an absent item is to an expression.
  static let withoutAttributes = Item(trusting: [Item.formatVersion, 0, 0])
}

extension Bindings {
  /// The first names of paths, each once, in order.
  func topLevelNames(of paths: some Sequence<Run>) -> [String] {
    var names: [String] = []
    for path in paths {
      let name = name(steps[Int(path.start)])
      if !names.hasSame(name) { names.append(name) }
    }
    return names
  }
}
