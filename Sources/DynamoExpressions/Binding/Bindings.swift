import DynamoModel

/// A parsed expression's paths and values with the placeholders filled in.
///
/// Everything the evaluator reads is in one buffer: the expression's text, whose ranges are its literal names,
/// then the attribute names behind `#names`, then the encoded values. A filter is evaluated once for every item
/// of a page, and a buffer per value would be a reference to count per operand.
package struct Bindings: Sendable {
  /// Bytes of `buffer`; `start` is -1 for a value that is not defined.
  struct Slice: Sendable {
    var start: Int
    var end: Int

    static let undefined = Slice(start: -1, end: -1)
    var isDefined: Bool { start >= 0 }
  }

  let buffer: [UInt8]
  /// The tree's steps, each now a name in `buffer` or an index. One that is still a placeholder is undefined.
  let steps: [PathStep]
  /// By the tree's value slots.
  let values: [Slice]
}

extension Bindings {
  /// A path for an error message: `[a, b, [1]]`.
  func description(of path: Run) -> String {
    let parts = steps[path.indices].map { step in
      switch step.kind {
      case .index: "[\(step.offset)]"
      case .name, .placeholder: name(step)
      }
    }
    return "[\(parts.joined(separator: ", "))]"
  }

  /// The attribute name of a step that is a name.
  func name(_ step: PathStep) -> String {
    String(decoding: buffer[Int(step.offset)..<Int(step.offset + step.length)], as: UTF8.self)
  }

  /// Whether two steps are the same index or the same name.
  func areEqual(_ left: PathStep, _ right: PathStep) -> Bool {
    guard left.kind == right.kind else { return false }
    if left.kind == .index { return left.offset == right.offset }
    return left.length == right.length
      && buffer[Int(left.offset)..<Int(left.offset + left.length)]
        .elementsEqual(buffer[Int(right.offset)..<Int(right.offset + right.length)])
  }

  /// Whether two paths have the same steps.
  func areEqual(_ left: Run, _ right: Run) -> Bool {
    left.count == right.count
      && zip(left.indices, right.indices).allSatisfy { areEqual(steps[$0], steps[$1]) }
  }

  /// The first thing that is wrong with a path itself: an undefined name, or too many elements.
  func problem(in path: Run, of tree: SyntaxTree) -> String? {
    for step in steps[path.indices] where step.kind == .placeholder {
      return Reason.undefinedName(tree.namePlaceholders[Int(step.offset)])
    }
    return Int(path.count) > ExpressionLimits.pathElementsMax ? Reason.pathTooDeep(Int(path.count)) : nil
  }
}

extension ExpressionPlaceholders {
  /// Fills in what is defined of a tree's placeholders, and notes that it is used.
  ///
  /// Undefined ones are left for the checks to report, since the service reports other problems of earlier
  /// conditions before them.
  mutating func bind(_ tree: SyntaxTree) -> Bindings {
    note(names: tree.namePlaceholders, values: tree.valuePlaceholders)
    var buffer: [UInt8] = []
    let placeholders = tree.namePlaceholders.count + tree.valuePlaceholders.count
    buffer.reserveCapacity(tree.text.count + placeholders * Self.bytesPerPlaceholderGuess)
    buffer.append(contentsOf: tree.text)
    var slices: [Bindings.Slice] = []
    slices.reserveCapacity(tree.valuePlaceholders.count)
    for placeholder in tree.valuePlaceholders {
      guard let value = value(for: placeholder) else {
        slices.append(.undefined)
        continue
      }
      let start = buffer.count
      buffer.append(contentsOf: value.bytes)
      slices.append(Bindings.Slice(start: start, end: buffer.count))
    }
    let steps = bindSteps(of: tree, into: &buffer)
    return Bindings(buffer: buffer, steps: steps, values: slices)
  }

  /// A tree without placeholders shares its steps with its bindings.
  private func bindSteps(of tree: SyntaxTree, into buffer: inout [UInt8]) -> [PathStep] {
    guard !tree.namePlaceholders.isEmpty else { return tree.steps }
    let count = tree.namePlaceholders.count
    return withUnsafeTemporaryAllocation(of: PathStep.self, capacity: count) { bound in
      for slot in 0..<count {
        bound.initializeElement(
          at: slot, to: bind(slot, named: tree.namePlaceholders[slot], into: &buffer))
      }
      var steps = tree.steps
      for index in steps.indices where steps[index].kind == .placeholder {
        steps[index] = bound[Int(steps[index].offset)]
      }
      return steps
    }
  }

  /// What the steps of a slot become. They stay as they are where the name is not defined.
  private func bind(_ slot: Int, named placeholder: String, into buffer: inout [UInt8]) -> PathStep {
    guard let name = name(for: placeholder) else {
      return PathStep(kind: .placeholder, offset: Int32(slot))
    }
    let start = buffer.count
    buffer.append(contentsOf: name.utf8)
    return PathStep(kind: .name, offset: Int32(start), length: Int32(buffer.count - start))
  }

  /// Room for a name or a value, so that the buffer of most requests is allocated once.
  private static var bytesPerPlaceholderGuess: Int { 24 }
}
