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
    let names = tree.namePlaceholders.map { self.name(for: $0) }
    let values = tree.valuePlaceholders.map { self.value(for: $0) }

    var buffer = tree.text
    buffer.reserveCapacity(
      tree.text.count + names.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
        + values.reduce(0) { $0 + ($1?.bytes.count ?? 0) })
    let slices = values.map { value in
      guard let value else { return Bindings.Slice.undefined }
      let start = buffer.count
      buffer.append(contentsOf: value.bytes)
      return Bindings.Slice(start: start, end: buffer.count)
    }
    guard !names.isEmpty else { return Bindings(buffer: buffer, steps: tree.steps, values: slices) }

    let bound = names.map { name in
      guard let name else { return nil as PathStep? }
      let start = buffer.count
      buffer.append(contentsOf: name.utf8)
      return PathStep(kind: .name, offset: Int32(start), length: Int32(buffer.count - start))
    }
    let steps = tree.steps.map { step in
      step.kind == .placeholder ? bound[Int(step.offset)] ?? step : step
    }
    return Bindings(buffer: buffer, steps: steps, values: slices)
  }
}
