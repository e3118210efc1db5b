/// An expression as it was written, before anyone asks whether it makes sense where it stands.
///
/// The service reads a whole statement first and looks at its meaning after: what is not well formed is said
/// before what is not supported, wherever the two stand. Hence two steps and two trees: this one says only
/// what was written; the checker makes a `Statement` of it. `AND` and `OR` hold all their operands, so a long
/// chain is wide and not deep, and no walk of the tree goes deeper than the parser did.
indirect enum SyntaxNode {
  case path(SyntaxPath)
  case string(String, SourceSpan)
  /// A number as written, signs in front included.
  case number(String, SourceSpan)
  case bool(Bool, SourceSpan)
  case null(SourceSpan)
  case missing(SourceSpan)
  /// The `?` of this position among all, from 0.
  case parameter(Int, SourceSpan)
  case list([SyntaxNode], SourceSpan)
  case bag([SyntaxNode], SourceSpan)
  case map([(key: SyntaxNode, value: SyntaxNode)], SourceSpan)
  /// A function by its name in lower case.
  case call(String, [SyntaxNode], SourceSpan)
  case not(SyntaxNode, SourceSpan)
  case and([SyntaxNode], SourceSpan)
  case or([SyntaxNode], SourceSpan)
  /// A comparison, an arithmetic operator, `LIKE` or `||`, by its sign.
  case binary(String, SyntaxNode, SyntaxNode, SourceSpan)
  /// A sign in front of something that is no number.
  case signed(String, SyntaxNode, SourceSpan)
  case between(SyntaxNode, SyntaxNode, SyntaxNode, SourceSpan)
  case membership(SyntaxNode, SyntaxNode, SourceSpan)
  /// `IS`, and the type's name in lower case.
  case isType(SyntaxNode, String, SourceSpan)

  var span: SourceSpan {
    switch self {
    case .path(let path): path.span
    case .string(_, let span), .number(_, let span), .bool(_, let span), .null(let span), .missing(let span),
      .parameter(_, let span), .list(_, let span), .bag(_, let span), .map(_, let span),
      .call(_, _, let span),
      .not(_, let span), .and(_, let span), .or(_, let span), .binary(_, _, _, let span),
      .signed(_, _, let span), .between(_, _, _, let span), .membership(_, _, let span),
      .isType(_, _, let span):
      span
    }
  }
}

/// A document path as it was written.
struct SyntaxPath {
  enum Step {
    case name(String, SourceSpan)
    /// `[n]`, a sign in front included.
    case index(String, SourceSpan)
    /// `.*` or `[*]`
    case wildcard(isIndex: Bool, SourceSpan)
    /// `[…]` around something else.
    case other(SourceSpan)
  }

  var steps: [Step]
  /// That of the first name.
  var span: SourceSpan
}

/// A statement as it was written.
enum SyntaxStatement {
  struct Select {
    enum Projection {
      case all
      case items([SyntaxNode])
    }

    var projection: Projection
    /// Where a word stands that the projection may not have: `DISTINCT`, `VALUE`, an alias.
    var refused: StatementError?
    var source: SyntaxPath
    var condition: SyntaxNode?
    var ordering: [(key: SyntaxNode, isDescending: Bool)]
  }

  struct Returning {
    var scope: String
    var image: String
  }

  struct Update {
    enum Action {
      case set(SyntaxPath, SyntaxNode)
      case remove(SyntaxPath)
    }

    var source: SyntaxPath
    var refused: StatementError?
    var actions: [Action]
    var condition: SyntaxNode?
    var returning: Returning?
  }

  struct Delete {
    var source: SyntaxPath
    var refused: StatementError?
    var condition: SyntaxNode?
    var returning: Returning?
  }

  struct Insert {
    var source: SyntaxPath
    var refused: StatementError?
    var value: SyntaxNode
  }

  case select(Select)
  case update(Update)
  case delete(Delete)
  case insert(Insert)
  case exists(Select)
}
