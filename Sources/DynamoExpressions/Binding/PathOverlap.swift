/// Finds paths of one expression that can't stand together: the same, one inside the other (an overlap), or one
/// that takes for a list what another takes for a map (a conflict).
enum PathOverlap {
  /// What is wrong with paths, given as runs of the bindings' steps. An overlap is reported before a conflict:
  /// the first overlap in the order of the later path, and the last conflict.
  ///
  /// - Parameter sorted: the same paths in `Bindings.isSorted` order. Paths that collide have neighbours there that
  ///   collide, so an expression of a thousand paths is not compared path with path unless it is wrong.
  static func problem(among paths: [Run], sorted: [Run], in bindings: Bindings) -> String? {
    let collide = zip(sorted, sorted.dropFirst()).contains { relation($0, $1, in: bindings) != .separate }
    guard collide else { return nil }
    var conflict: String?
    for (position, later) in paths.enumerated() {
      for earlier in paths[..<position] {
        switch relation(earlier, later, in: bindings) {
        case .separate:
          continue
        case .overlap:
          return Reason.pathsOverlap(bindings.description(of: earlier), bindings.description(of: later))
        case .conflict:
          conflict = Reason.pathsConflict(bindings.description(of: earlier), bindings.description(of: later))
        }
      }
    }
    return conflict
  }

  private enum Relation { case separate, overlap, conflict }

  private static func relation(_ one: Run, _ other: Run, in bindings: Bindings) -> Relation {
    for position in 0..<Int(min(one.count, other.count)) {
      let left = bindings.steps[Int(one.start) + position]
      let right = bindings.steps[Int(other.start) + position]
      if (left.kind == .index) != (right.kind == .index) { return .conflict }
      if !bindings.areEqual(left, right) { return .separate }
    }
    return .overlap
  }
}
