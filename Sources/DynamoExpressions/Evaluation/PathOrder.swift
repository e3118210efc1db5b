import DynamoModel

/// Paths in the order in which an item has what they lead to: names by their bytes, list elements by their index,
/// and a path before those that go on from it.
///
/// In this order the paths that share their first steps are neighbours, so a run of it *is* the tree of what an
/// expression names, without a tree being built: evaluation takes a run and a depth, and splits it into the runs
/// that agree on one more step, while it walks the item's entries beside them.
enum PathOrder {
  /// The places of `paths`, in order.
  static func sorted(_ paths: [Run], in bindings: Bindings) -> [Int] {
    guard paths.count > 1 else { return paths.isEmpty ? [] : alone }
    return paths.indices.sorted { compare(paths[$0], paths[$1], in: bindings) < 0 }
  }

  /// The order of one path, which most updates have.
  private static let alone = [0]

  private static func compare(_ left: Run, _ right: Run, in bindings: Bindings) -> Int {
    for position in 0..<Int(min(left.count, right.count)) {
      let order = compare(
        bindings.steps[Int(left.start) + position], bindings.steps[Int(right.start) + position], in: bindings)
      if order != 0 { return order }
    }
    return Int(left.count - right.count)
  }

  private static func compare(_ left: PathStep, _ right: PathStep, in bindings: Bindings) -> Int {
    if left.kind == .index || right.kind == .index {
      if left.kind != right.kind { return left.kind == .index ? 1 : -1 }
      return Int(left.offset - right.offset)
    }
    return compareBytes(bindings.nameBytes(left), bindings.nameBytes(right))
  }
}

/// Paths in `PathOrder`, split step by step.
struct SortedPaths: Sendable {
  let paths: [Run]

  init(_ paths: [Run]) {
    self.paths = paths
  }

  var all: Range<Int> { paths.indices }

  /// The step of a path at a depth.
  func step(_ path: Int, at depth: Int, in bindings: Bindings) -> PathStep {
    bindings.steps[Int(paths[path].start) + depth]
  }

  /// Whether a run is one path that ends at a depth. Paths that pass the checks never end where others go on.
  func isLeaf(_ run: Range<Int>, at depth: Int) -> Bool {
    run.count == 1 && Int(paths[run.lowerBound].count) == depth
  }

  /// The part of a run, from its beginning, whose paths agree on the step at a depth.
  func firstGroup(of run: Range<Int>, at depth: Int, in bindings: Bindings) -> Range<Int> {
    let first = step(run.lowerBound, at: depth, in: bindings)
    var end = run.lowerBound + 1
    while end < run.upperBound, bindings.areEqual(first, step(end, at: depth, in: bindings)) { end += 1 }
    return run.lowerBound..<end
  }
}
