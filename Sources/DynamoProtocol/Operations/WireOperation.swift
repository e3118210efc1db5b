import DynamoExpressions
import Flywheel

/// An operation of the database as the wire knows it.
///
/// One file an operation says the three things that differ: what its request looks like and what must hold of
/// it (`input`), how its request is read, and how its response is written.
protocol WireOperation: Operation, SendableMetatype {
  /// The request's members, the rules they obey, and their order in the service's messages.
  static var input: Structure { get }

  /// Reads a request. The reader has noted what is wrong with it where that doesn't stop the reading.
  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> Request

  /// Whether a response has a body; the service sends none where its model has no output.
  static var hasOutput: Bool { get }

  /// Writes a response's members.
  static func write(_ response: Response, to json: inout JSONWriter)

  /// A guess of a response's length, in bytes.
  static func bytesExpected(of response: Response) -> Int

  /// Tells why a request is refused that is well formed but has attribute values that are none: the first of
  /// `faults` in the service's order, or what the service checks before it.
  static func explain(_ faults: ValueFaults, in request: Request) throws(ExpressionError) -> String
}

extension WireOperation {
  static var hasOutput: Bool { true }

  static func bytesExpected(of response: Response) -> Int { 256 }

  static func explain(
    _ faults: ValueFaults, in request: Request
  ) throws(ExpressionError) -> String {
    faults.first
  }
}

extension WireOperation where Response == Never {
  static func write(_ response: Never, to json: inout JSONWriter) {}
}

/// The attribute values of a request that are none; at least one.
struct ValueFaults: Sendable {
  let faults: [ValueFault]

  /// The first in the order of the request.
  var first: String { faults[0].message }

  /// The first in the first of some members that has one; if none has, the first of all.
  func first<Field: RawRepresentable>(in fields: Field...) -> String where Field.RawValue == Int {
    for field in fields {
      if let fault = faults.first(where: { $0.member == field.rawValue }) { return fault.message }
    }
    return first
  }

  /// Whether a member has one.
  func has<Field: RawRepresentable>(_ field: Field) -> Bool where Field.RawValue == Int {
    faults.contains { $0.member == field.rawValue }
  }
}
