/// Checks of which expression parameters a request has, before any is looked into.
public enum ExpressionParameters {
  /// A request parameter's name and whether the request has it, be it empty.
  public typealias Presence = (name: String, isPresent: Bool)

  /// Refuses a request that mixes expressions with the parameters they replaced, or that fills placeholders
  /// without an expression to use them.
  ///
  /// - Parameters:
  ///   - expressions: the operation's expression parameters, in the order the service lists them.
  ///   - legacy: the parameters they replaced.
  ///   - hasNames: whether `ExpressionAttributeNames` is given.
  ///   - hasValues: whether `ExpressionAttributeValues` is given.
  /// - Throws: "Can not use both expression and non-expression parameters in the same request: …",
  ///   "ExpressionAttributeNames can only be specified when using expressions", or the same of values.
  public static func check(
    expressions: [Presence], legacy: [Presence], hasNames: Bool, hasValues: Bool
  ) throws(ExpressionError) {
    let used = expressions.filter(\.isPresent).map(\.name)
    let mixed = used.isEmpty ? [] : legacy.filter(\.isPresent).map(\.name)
    guard mixed.isEmpty else {
      throw ExpressionError(
        "Can not use both expression and non-expression parameters in the same request: "
          + "Non-expression parameters: {\(mixed.joined(separator: ", "))} "
          + "Expression parameters: {\(used.joined(separator: ", "))}")
    }
    guard !hasNames || !used.isEmpty else {
      throw ExpressionError("ExpressionAttributeNames can only be specified when using expressions")
    }
    // A projection has no values, so it is no reason to send any.
    let takers = expressions.filter { $0.name != ExpressionKind.projection.rawValue }
    guard !hasValues || takers.isEmpty || takers.contains(where: \.isPresent) else {
      throw ExpressionError(
        "ExpressionAttributeValues can only be specified when using expressions: "
          + "\(takers.map(\.name).joined(separator: " and ")) \(takers.count > 1 ? "are" : "is") null")
    }
  }
}
