public import DynamoModel

/// What of an item a reply has: some of its attributes, or parts of them.
public struct Projection: Sendable {
  private let bindings: Bindings
  private let written: [Run]
  private let sorted: SortedPaths

  /// Parses, binds and checks a projection expression.
  ///
  /// - Throws: an `ExpressionError` with the service's text for the first thing wrong.
  public init(_ text: String, placeholders: inout ExpressionPlaceholders) throws(ExpressionError) {
    let tree: SyntaxTree
    do throws(Rejection) {
      tree = try ParsedExpressionCaches.projections.expression(text).syntax.tree
    } catch {
      throw ExpressionKind.projection.invalid(error.reason)
    }
    let bindings = placeholders.bind(tree)
    self.init(paths: tree.paths, bindings: bindings)
    if let problem = ProjectionChecks.problem(in: tree, sorted: sorted.paths, boundTo: bindings) {
      throw ExpressionKind.projection.invalid(problem)
    }
  }

  init(paths: [Run], bindings: Bindings) {
    self.bindings = bindings
    written = paths
    sorted = SortedPaths(PathOrder.sorted(paths, in: bindings).map { paths[$0] })
  }

  /// The names of the top-level attributes it takes from, each once, in the order they are written.
  public var attributeNames: [String] {
    bindings.topLevelNames(of: written)
  }

  /// Those of `attributeNames` it reaches into, by `.` or `[]`. A key attribute may not be among them.
  public var nestedAttributeNames: [String] {
    bindings.topLevelNames(of: written.lazy.filter { $0.count > 1 })
  }

  /// The projected part of an item: the named attributes it has, list elements closed up in their order. Lists and
  /// maps on the way are there only as far as something in them is named.
  public func project(_ item: Item) -> Item {
    project(item.view)
  }

  /// The projected part of an item seen in place.
  public func project(_ item: borrowing ItemView) -> Item {
    PathSelection(paths: sorted, bindings: bindings).select(from: item)
  }
}
