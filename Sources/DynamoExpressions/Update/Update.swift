public import DynamoModel

/// An update that is parsed, bound to its names and values, and checked: what is left is to apply it to an item.
public struct Update: Sendable {
  /// What it is made of, behind one reference: an update goes through many hands on its way to its item, and each that took a copy of
  /// all of this counted nine references.
  private final class Parts: Sendable {
    let syntax: UpdateSyntax
    let bindings: Bindings
    let sorted: SortedPaths
    let sortedActions: [Int]
    let typeMismatch: ExpressionError

    init(_ syntax: UpdateSyntax, _ bindings: Bindings, _ typeMismatch: ExpressionError) {
      self.syntax = syntax
      self.bindings = bindings
      self.typeMismatch = typeMismatch
      let paths = syntax.actionPaths
      sortedActions = PathOrder.sorted(paths, in: bindings)
      sorted = SortedPaths(paths.count > 1 ? sortedActions.map { paths[$0] } : paths)
    }
  }

  private let parts: Parts

  var syntax: UpdateSyntax { parts.syntax }
  var bindings: Bindings { parts.bindings }
  /// The actions' paths in `PathOrder`.
  var sorted: SortedPaths { parts.sorted }
  /// For each of the sorted paths, its action.
  var sortedActions: [Int] { parts.sortedActions }
  /// What the service says of an operand whose type does not suit the attribute: expressions and
  /// `AttributeUpdates` have their own words for it.
  var typeMismatch: ExpressionError { parts.typeMismatch }

  /// Parses, binds and checks an update expression.
  ///
  /// - Throws: an `ExpressionError` with the service's text for the first thing wrong.
  public init(_ text: String, placeholders: inout ExpressionPlaceholders) throws(ExpressionError) {
    let syntax: UpdateSyntax
    do throws(Rejection) {
      syntax = try ParsedExpressionCaches.updates.expression(text).syntax
    } catch {
      throw ExpressionKind.update.invalid(error.reason)
    }
    let bindings = placeholders.bind(syntax.tree)
    self.init(syntax: syntax, bindings: bindings, typeMismatch: UpdateFailure.operandType)
    if let problem = UpdateChecks.problem(in: self) {
      throw ExpressionKind.update.invalid(problem)
    }
  }

  init(syntax: UpdateSyntax, bindings: Bindings, typeMismatch: ExpressionError) {
    parts = Parts(syntax, bindings, typeMismatch)
  }

  /// The names of the top-level attributes it writes to or into, each once, in the order of its actions.
  public var attributeNames: [String] {
    bindings.topLevelNames(of: syntax.actionPaths)
  }

  /// Those of `attributeNames` it writes into, by `.` or `[]`. An index key attribute may not be among them.
  public var nestedAttributeNames: [String] {
    guard syntax.tree.hasNestedPaths else { return [] }
    return bindings.topLevelNames(of: syntax.actionPaths.lazy.filter { $0.count > 1 })
  }

  /// The top-level attributes that the right-hand sides of `SET` reach into by `.` or `[]`.
  public var nestedOperandNames: [String] {
    guard syntax.tree.hasNestedPaths else { return [] }
    let targets = Set(syntax.actions.map(\.path))
    let operands = syntax.tree.paths.indices.lazy.filter { !targets.contains($0) }.map {
      syntax.tree.paths[$0]
    }
    return bindings.topLevelNames(of: operands.filter { $0.count > 1 })
  }

  /// Whether all it does is to remove: no action is `SET` or `ADD`. The service creates no item for such an
  /// update when there is none.
  public var onlyRemoves: Bool {
    syntax.actions.allSatisfy { $0.verb == .remove || $0.verb == .delete }
  }

  /// Refuses an update of a key attribute.
  ///
  /// - Throws: "One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of
  ///   the key".
  public func checkKeysUntouched(_ keyNames: [String]) throws(ExpressionError) {
    // Mostly none is, which is seen without making a string of any.
    guard keyNames.contains(where: { writes($0.utf8Span.span.bytes) }),
      let name = attributeNames.first(where: keyNames.hasSame)
    else { return }
    throw ExpressionError(
      "One or more parameter values were invalid: Cannot update attribute \(name). "
        + "This attribute is part of the key")
  }

  /// Whether it writes to or into the top-level attribute of this name.
  private func writes(_ name: RawSpan) -> Bool {
    let bindings = bindings
    for path in sorted.paths where equalBytes(bindings.nameBytes(bindings.steps[Int(path.start)]), name) {
      return true
    }
    return false
  }

  /// The item as the update leaves it. Right-hand sides read the item as it was.
  ///
  /// - Parameter item: the item, or where there is none one that has the key attributes only.
  /// - Throws: an `ExpressionError`: "The provided expression refers to an attribute that does not exist in the
  ///   item", "The document path provided in the update expression is invalid for update", "An operand in the
  ///   update expression has an incorrect data type", or a number's or the nesting's limit.
  public func apply(to item: Item) throws(ExpressionError) -> Item {
    try apply(to: item.view)
  }

  /// The item as the update leaves it, from one seen in place.
  public func apply(to item: borrowing ItemView) throws(ExpressionError) -> Item {
    let outcomes = try UpdateEvaluation(update: self).outcomes(for: item)
    return try UpdateRewriting(update: self, outcomes: outcomes).rewrite(item)
  }

  /// What of an item the update's paths lead to: the attributes of `UPDATED_OLD` when it is asked of the old item,
  /// and of `UPDATED_NEW` when it is asked of the new one. Empty when the reply has no attributes.
  public func updatedPaths(of item: Item) -> Item {
    PathSelection(paths: sorted, bindings: bindings).select(from: item.view)
  }
}

/// What goes wrong only when an update meets its item.
enum UpdateFailure {
  static let missingAttribute = ExpressionError(
    "The provided expression refers to an attribute that does not exist in the item")
  static let invalidPath = ExpressionError(
    "The document path provided in the update expression is invalid for update")
  static let operandType = ExpressionError(
    "An operand in the update expression has an incorrect data type")
  static let legacyTypeMismatch = ExpressionError("Type mismatch for attribute to update")
  static let nestedTooDeep = ExpressionError(ItemError.nestingTooDeep.message)
}
