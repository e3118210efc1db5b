package import DynamoModel

/// A statement that is read and checked as far as it can be without the table it names.
///
/// `?` stand in it as parameters until ``PreparedStatement/bound(to:)`` puts their values in their place;
/// what makes an expression, an item or an update of its parts wants them bound.
package enum Statement: Sendable {
  case select(SelectStatement)
  case insert(InsertStatement)
  case update(UpdateStatement)
  case delete(DeleteStatement)
  /// `EXISTS(SELECT …)`: a condition on an item, in a transaction.
  case exists(SelectStatement)

  /// Whether the statement reads and does not write.
  package var isRead: Bool {
    if case .select = self { true } else { false }
  }

  /// The table the statement names.
  package var tableName: String {
    switch self {
    case .select(let select), .exists(let select): select.source.table
    case .insert(let insert): insert.table
    case .update(let update): update.table
    case .delete(let delete): delete.table
    }
  }
}

/// `"table"` or `"table"."index"`.
package struct StatementSource: Hashable, Sendable {
  package var table: String
  package var index: String?
}

/// `SELECT … FROM … WHERE … ORDER BY …`
package struct SelectStatement: Sendable {
  package struct Ordering: Hashable, Sendable {
    package var name: String
    package var isDescending: Bool
  }

  /// What of each item is wanted; nil for `*`.
  package var projection: [DocumentPath]?
  package var source: StatementSource
  package var condition: Predicate?
  package var ordering: [Ordering]
}

/// `INSERT INTO … VALUE {…}`
package struct InsertStatement: Sendable {
  package enum Value: Sendable {
    /// Attributes in the order they are written.
    case attributes([(name: String, value: Operand)])
    /// A map as the value of a parameter, and that value once it is bound.
    case parameter(Int)
    case bound(EncodedValue)
  }

  package var table: String
  package var value: Value
}

/// `UPDATE … SET … REMOVE … WHERE … RETURNING …`
package struct UpdateStatement: Sendable {
  package enum Action: Sendable {
    case set(DocumentPath, UpdateValue)
    case remove(DocumentPath)
    /// `SET a = set_add(a, …)`
    case addToSet(DocumentPath, Operand)
    /// `SET a = set_delete(a, …)`
    case deleteFromSet(DocumentPath, Operand)
  }

  package var table: String
  package var actions: [Action]
  package var condition: Predicate?
  package var returning: Returning?
}

/// `DELETE FROM … WHERE … RETURNING ALL OLD *`
package struct DeleteStatement: Sendable {
  package var table: String
  package var condition: Predicate?
  package var returnsOldItem: Bool
}

/// What an update's `RETURNING` asks for.
package enum Returning: String, Sendable {
  case allOld = "ALL OLD *"
  case allNew = "ALL NEW *"
  case modifiedOld = "MODIFIED OLD *"
  case modifiedNew = "MODIFIED NEW *"
}

/// A path into an item: a name, then names and list indices.
package struct DocumentPath: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    case name(String)
    case index(Int)

    package static func == (left: Step, right: Step) -> Bool {
      switch (left, right) {
      case (.name(let one), .name(let other)): one.isSame(as: other)
      case (.index(let one), .index(let other)): one == other
      case (.name, _), (.index, _): false
      }
    }
  }

  package var steps: [Step]

  /// The path of a top-level attribute.
  package init(attributeName: String) {
    self.init(steps: [.name(attributeName)])
  }

  init(steps: [Step]) {
    self.steps = steps
  }

  /// The top-level attribute.
  package var attributeName: String {
    guard case .name(let name) = steps[0] else { preconditionFailure("a path begins with a name") }
    return name
  }

  /// Whether it reaches into an attribute.
  package var isNested: Bool { steps.count > 1 }

  /// What the service calls the column of a projected path: its last name and the indices behind that.
  package var columnName: String {
    var name = ""
    for step in steps.reversed() {
      switch step {
      case .index(let index): name = "[\(index)]" + name
      case .name(let last): return last + name
      }
    }
    return name
  }
}

/// What a comparison or a function is given.
package indirect enum Operand: Sendable {
  case path(DocumentPath)
  case value(EncodedValue)
  /// The `?` of this position among all, from 0.
  case parameter(Int)
  case size(Operand)

  /// The value, if it is one.
  package var value: EncodedValue? {
    if case .value(let value) = self { value } else { nil }
  }
}

/// The right-hand side of an assignment.
package enum UpdateValue: Sendable {
  case operand(Operand)
  case sum(Operand, Operand)
  case difference(Operand, Operand)
  case listAppend(Operand, Operand)
  case ifNotExists(DocumentPath, Operand)
}
