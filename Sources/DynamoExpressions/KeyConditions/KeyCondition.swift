import DynamoModel

/// A checked `KeyConditionExpression`, or `KeyConditions`: what a query asks of its table's key.
///
/// Its form is checked when it is made and its fit to a key when it meets one, since the service reports the
/// first before it looks for the table.
public struct KeyCondition: Sendable {
  /// A condition on one attribute.
  struct Term: Sendable {
    enum Operation: Sendable {
      case comparison(Comparator)
      case between
      case beginsWith
      /// An operator of `KeyConditions` that no key can answer.
      case notIndexable
    }

    var name: String
    var operation: Operation
    var values: [EncodedValue]
  }

  let terms: [Term]

  /// Parses, binds and checks a key condition expression.
  ///
  /// - Throws: an `ExpressionError`: "Invalid KeyConditionExpression: …" or one of the texts that have no such
  ///   beginning, as "Invalid operator used in KeyConditionExpression: OR".
  public init(_ text: String, placeholders: inout ExpressionPlaceholders) throws(ExpressionError) {
    let condition = try Condition(text, as: .keyCondition, placeholders: &placeholders)
    var reader = KeyTermReader(condition)
    try reader.read(condition.syntax.root)
    terms = reader.terms
  }

  init(terms: [Term]) {
    self.terms = terms
  }

  /// Checks the condition against a key.
  ///
  /// - Parameters:
  ///   - partition: the key's partition attributes, one to four.
  ///   - sort: the key's sort attributes, none to four.
  /// - Throws: "Query condition missed key schema element: pk", "Query key condition not supported", "One or more
  ///   parameter values were invalid: Condition parameter type does not match schema type", and for keys of
  ///   several sort attributes "RANGE key attributes … must have equality conditions …".
  public func resolve(
    partition: [KeyConditionAttribute], sort: [KeyConditionAttribute]
  ) throws(ExpressionError) -> KeyRange {
    try KeyConditionResolver(terms: terms, partition: partition, sort: sort).resolve()
  }
}
