import DynamoModel

/// Builds the syntax and the bindings of legacy parameters, so that what evaluates expressions evaluates them.
///
/// Attribute names are put into the tree's text as they are: here they are never reserved words, placeholders or
/// paths, whatever characters they have.
struct LegacyBuilder {
  private(set) var tree = SyntaxTreeBuilder(text: [])
  private var values: [[UInt8]] = []

  /// A node for a top-level attribute, and its place in the tree's paths.
  mutating func attribute(_ name: String) -> (node: Int, path: Int) {
    let path = self.path(name)
    return (tree.add(.path(path), over: []), path)
  }

  /// The place in the tree's paths of a top-level attribute.
  mutating func path(_ name: String) -> Int {
    let start = tree.text.count
    tree.text.append(contentsOf: name.utf8)
    tree.paths.append(Run(start: Int32(tree.steps.count), count: 1))
    tree.steps.append(
      PathStep(kind: .name, offset: Int32(start), length: Int32(tree.text.count - start)))
    return tree.paths.count - 1
  }

  /// A node for a value.
  mutating func value(_ value: EncodedValue) -> Int {
    values.append(value.bytes)
    return tree.add(.value(values.count - 1), over: [])
  }

  /// A node above others.
  mutating func node(_ kind: SyntaxNode.Kind, over operands: [Int]) -> Int {
    tree.add(kind, over: operands)
  }

  /// A node for one operator on one attribute.
  mutating func condition(
    _ name: String, _ comparison: ComparisonOperator, _ arguments: [EncodedValue]
  ) -> Int {
    let operands = [attribute(name).node] + arguments.map { value($0) }
    switch comparison {
    case .equal: return node(.comparison(.equal), over: operands)
    case .notEqual: return node(.comparison(.notEqual), over: operands)
    case .less: return node(.comparison(.less), over: operands)
    case .lessOrEqual: return node(.comparison(.lessOrEqual), over: operands)
    case .greater: return node(.comparison(.greater), over: operands)
    case .greaterOrEqual: return node(.comparison(.greaterOrEqual), over: operands)
    case .between: return node(.between, over: operands)
    case .in: return node(.membership, over: operands)
    case .null: return node(.call(.attributeNotExists), over: operands)
    case .notNull: return node(.call(.attributeExists), over: operands)
    case .beginsWith: return node(.call(.beginsWith), over: operands)
    case .contains: return node(.call(.contains), over: operands)
    case .notContains:
      let contains = node(.call(.contains), over: operands)
      return node(.not, over: [contains])
    }
  }

  /// A condition that joins nodes: all of them, or any. Half on each side, so that its depth stays small however
  /// many there are.
  mutating func joined(_ nodes: ArraySlice<Int>, by conditionalOperator: ConditionalOperator) -> Int {
    guard nodes.count > 1 else { return nodes[nodes.startIndex] }
    let middle = nodes.startIndex + nodes.count / 2
    let left = joined(nodes[..<middle], by: conditionalOperator)
    let right = joined(nodes[middle...], by: conditionalOperator)
    return node(conditionalOperator == .and ? .and : .or, over: [left, right])
  }

  /// The bindings of what was built.
  func bindings() -> Bindings {
    var buffer = tree.text
    let slices = values.map { bytes in
      let start = buffer.count
      buffer.append(contentsOf: bytes)
      return Bindings.Slice(start: start, end: buffer.count)
    }
    return Bindings(buffer: buffer, steps: tree.steps, values: slices)
  }
}
