/// Makes document paths and sources of paths as they were written.
enum PathChecks {
  static func documentPath(_ path: SyntaxPath) throws(StatementError) -> DocumentPath {
    var steps: [DocumentPath.Step] = []
    for step in path.steps {
      switch step {
      case .name(let name, _):
        guard !name.isEmpty else { throw emptyComponent }
        steps.append(.name(name))
      case .index(let text, let span):
        guard let index = Int32(text), index >= 0 else {
          throw .at(span, "List index is not within the allowable range; index: [\(text)]")
        }
        steps.append(.index(Int(index)))
      case .wildcard(let isIndex, _):
        throw StatementError(
          isIndex
            ? "Wildcard path component like a[*].b are not supported"
            : "Unpivot path component like a.*.b are not supported")
      case .other(let span):
        throw Refusals.unexpectedPathComponent(span)
      }
    }
    return DocumentPath(steps: steps)
  }

  /// The table and index that a `SELECT` names.
  static func source(_ path: SyntaxPath) throws(StatementError) -> StatementSource {
    var names: [String] = []
    for step in path.steps {
      switch step {
      case .name(let name, _):
        guard !name.isEmpty else { throw emptyComponent }
        names.append(name)
      case .index, .wildcard(isIndex: true, _), .other:
        throw StatementError("Invalid list expression in source.")
      case .wildcard:
        throw StatementError(
          "Invalid path dot component in this operation, expecting either an IDENTIFIER or STAR.")
      }
    }
    guard names.count <= 2 else {
      throw StatementError("A path may contain at most 2 components in the FROM clause")
    }
    guard isTableName(names[0]) else {
      throw StatementError(
        "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'."
      )
    }
    return StatementSource(table: names[0], index: names.count == 2 ? names[1] : nil)
  }

  /// The table that a statement writes to.
  static func target(_ path: SyntaxPath) throws(StatementError) -> String {
    let source = try source(path)
    guard source.index == nil else { throw StatementError("This operation is not supported on an index") }
    return source.table
  }

  private static let emptyComponent = StatementError("Path component cannot be an empty string")

  private static func isTableName(_ name: String) -> Bool {
    (3...255).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
