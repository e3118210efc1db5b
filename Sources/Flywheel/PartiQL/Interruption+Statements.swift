import PartiQL

extension Interruption {
  /// A statement's error, which is always the request's fault.
  init(_ error: StatementError) {
    self = .validation(error.message)
  }

  /// Does what a statement may be refused for.
  static func ofStatement<Value>(
    _ body: () throws(StatementError) -> Value
  ) throws(Interruption) -> Value {
    do throws(StatementError) {
      return try body()
    } catch {
      throw Interruption(error)
    }
  }
}
