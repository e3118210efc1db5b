/// Checks a bound projection: names, then paths that collide.
enum ProjectionChecks {
  /// What is wrong with a projection, in the service's words; nil if nothing is.
  static func problem(in tree: SyntaxTree, sorted: [Run], boundTo bindings: Bindings) -> String? {
    let undefined = tree.paths.lazy.compactMap { bindings.problem(in: $0, of: tree) }.first
    return undefined ?? PathOverlap.problem(among: tree.paths, sorted: sorted, in: bindings)
  }
}
