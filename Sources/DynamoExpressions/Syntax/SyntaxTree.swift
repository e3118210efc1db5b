/// One element of a document path as it was written.
package struct PathStep: Sendable {
  package enum Kind: UInt8, Sendable {
    /// An attribute's name: `offset` and `length` are bytes of the tree's text.
    case name
    /// A `#name`: `offset` is its slot in `namePlaceholders`.
    case placeholder
    /// A list index: `offset` is the index.
    case index
  }

  package var kind: Kind
  package var offset: Int32
  package var length: Int32 = 0
}

/// A run of elements in one of a tree's arrays.
package struct Run: Sendable {
  package var start: Int32
  package var count: Int32

  package var indices: Range<Int> { Int(start)..<Int(start + count) }
}

/// The functions of conditions and updates. Their names are case-sensitive.
package enum Function: UInt8, Sendable, CaseIterable {
  case attributeExists, attributeNotExists, attributeType, beginsWith, contains, size
  case ifNotExists, listAppend

  package var name: String {
    switch self {
    case .attributeExists: "attribute_exists"
    case .attributeNotExists: "attribute_not_exists"
    case .attributeType: "attribute_type"
    case .beginsWith: "begins_with"
    case .contains: "contains"
    case .size: "size"
    case .ifNotExists: "if_not_exists"
    case .listAppend: "list_append"
    }
  }

  package init?(name: String) {
    guard let found = Function.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  package var operandCount: Int {
    switch self {
    case .attributeExists, .attributeNotExists, .size: 1
    case .attributeType, .beginsWith, .contains, .ifNotExists, .listAppend: 2
    }
  }

  package var isForUpdates: Bool { self == .ifNotExists || self == .listAppend }
}

/// The six comparators.
package enum Comparator: UInt8, Sendable {
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual

  package var symbol: String {
    switch self {
    case .equal: "="
    case .notEqual: "<>"
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    }
  }

  /// What says the same with the operands exchanged.
  package var mirrored: Comparator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

/// One node of a parsed expression.
package struct SyntaxNode: Sendable {
  package enum Kind: Sendable {
    /// A document path: its place in the tree's `paths`.
    case path(Int)
    /// A `:value`: its slot in `valuePlaceholders`.
    case value(Int)
    case call(Function)
    case comparison(Comparator)
    /// Three children: the operand, the lower bound, the upper bound.
    case between
    /// `IN`: the operand, then the list.
    case membership
    case not, and, or
    case plus, minus
  }

  package var kind: Kind
  /// Its children, as a run of the tree's `children`.
  package var operands: Run
}

/// A parsed expression: flat arrays in which a node comes after its operands.
///
/// An `indirect enum` reads better and was the first thought: every step down it retains and releases a box, seven
/// nanoseconds each, in an evaluator that runs once for every item of a scan. Flat, a parsed expression is a handful
/// of arrays of plain numbers; checks that must see every node before its parent, as the service's do, are a loop; and
/// an expression nested a thousand deep needs no stack to be checked.
///
/// A class, because everything bound to an expression shares it, and one reference is cheaper to hold than seven.
package final class SyntaxTree: Sendable {
  /// The expression's bytes; names are ranges of it.
  package let text: [UInt8]
  package let nodes: [SyntaxNode]
  /// Indices of nodes; each node's operands are together.
  package let children: [Int32]
  package let paths: [Run]
  package let steps: [PathStep]
  /// Distinct `#names` and `:values`, sign included, in the order they are first used.
  package let namePlaceholders: [String]
  package let valuePlaceholders: [String]
  /// Whether any path has more than one step.
  let hasNestedPaths: Bool

  init(_ builder: SyntaxTreeBuilder) {
    text = builder.text
    nodes = builder.nodes
    children = builder.children
    paths = builder.paths
    steps = builder.steps
    namePlaceholders = builder.namePlaceholders
    valuePlaceholders = builder.valuePlaceholders
    hasNestedPaths = builder.paths.contains { $0.count > 1 }
  }

  /// The index of one of a node's operands.
  package func operand(_ position: Int, of node: Int) -> Int {
    Int(children[Int(nodes[node].operands.start) + position])
  }

  /// The text of a path's literal name.
  package func string(_ step: PathStep) -> String {
    String(decoding: text[Int(step.offset)..<Int(step.offset + step.length)], as: UTF8.self)
  }
}

/// A tree while it grows.
struct SyntaxTreeBuilder {
  var text: [UInt8]
  private(set) var nodes: [SyntaxNode] = []
  private(set) var children: [Int32] = []
  var paths: [Run] = []
  var steps: [PathStep] = []
  private(set) var namePlaceholders: [String] = []
  private(set) var valuePlaceholders: [String] = []

  init(text: [UInt8]) {
    self.text = text
  }

  /// Adds a node above nodes that are already there, and returns its index.
  mutating func add(_ kind: SyntaxNode.Kind, over operands: some Sequence<Int>) -> Int {
    let start = children.count
    children.append(contentsOf: operands.lazy.map { Int32($0) })
    nodes.append(
      SyntaxNode(kind: kind, operands: Run(start: Int32(start), count: Int32(children.count - start))))
    return nodes.count - 1
  }

  /// The slot of a `:value`, which is given one when it is first met.
  mutating func slot(forValue placeholder: String) -> Int {
    slot(of: placeholder, in: &valuePlaceholders)
  }

  /// The slot of a `#name`.
  mutating func slot(forName placeholder: String) -> Int {
    slot(of: placeholder, in: &namePlaceholders)
  }

  private func slot(of placeholder: String, in placeholders: inout [String]) -> Int {
    if let known = placeholders.firstIndex(of: placeholder) { return known }
    placeholders.append(placeholder)
    return placeholders.count - 1
  }

  func finished() -> SyntaxTree {
    SyntaxTree(self)
  }
}

/// A parsed condition, filter or key condition.
package struct ConditionSyntax: Sendable {
  package var tree: SyntaxTree
  package var root: Int
}

/// A parsed projection: the tree has paths and nothing else.
package struct ProjectionSyntax: Sendable {
  package var tree: SyntaxTree
}

/// What one action of an update does to its path.
package enum UpdateVerb: UInt8, Sendable {
  case set, remove, add, delete

  package var name: String {
    switch self {
    case .set: "SET"
    case .remove: "REMOVE"
    case .add: "ADD"
    case .delete: "DELETE"
    }
  }
}

/// A parsed update.
package struct UpdateSyntax: Sendable {
  package struct Action: Sendable {
    package var verb: UpdateVerb
    /// In the tree's `paths`.
    package var path: Int
    /// In the tree's `nodes`; nil for `REMOVE`.
    package var value: Int?
  }

  package let tree: SyntaxTree
  package let actions: [Action]
  /// The actions' paths, in their order: kept with the parsed text, as every update by it wants them.
  let actionPaths: [Run]

  init(tree: SyntaxTree, actions: [Action]) {
    self.tree = tree
    self.actions = actions
    actionPaths = actions.map { tree.paths[$0.path] }
  }
}
