import DynamoModel
import Flywheel

/// Reads one request: its JSON, and what is wrong with it.
///
/// Three kinds of wrong, which the service answers in this order:
///
/// 1. The body is not JSON, or a value has the wrong JSON type. Reading stops: a `SerializationFault` is thrown.
/// 2. A member is missing, too long, not one of its words…: a violation of the structure's rules. It is noted
///    and reading goes on, because the answer lists them all.
/// 3. An attribute value is no value: `{}`, `{"N": "x"}`, a set with duplicates. It is noted too (`ValueFault`),
///    a null stands in for it, and reading goes on, because other checks come before it in the answer's order.
///
/// A request that has none of them costs no allocation for the possibility.
struct RequestReader: ~Copyable, ~Escapable {
  var json: JSONReader
  var violations = Violations()
  /// Where in the request the reader is; empty at the top.
  var path: [PathStep] = []
  /// Attribute values that are none, in the order met.
  var valueFaults: [ValueFault] = []
  /// Builds the item that is being read; its memory serves all items of the request.
  var builder = ItemBuilder()
  /// What is wrong with the item or the value that is being read, if something is.
  var valueFault: String?
  /// Binary that has been decoded from base64, reused from value to value.
  var decoded: [UInt8] = []
  /// How many actions a transaction may have.
  let transactionItemsMax: Int

  @_lifetime(copy body)
  init(_ body: RawSpan, transactionItemsMax: Int = DatabaseOptions.transactionItemsMaxDefault) {
    json = JSONReader(body)
    self.transactionItemsMax = transactionItemsMax
  }
}

/// An attribute value that is none.
struct ValueFault: Sendable, Equatable {
  /// Which member of the request's outermost structure it was found in.
  var member: Int
  /// The service's text.
  var message: String
}

// MARK: - Structures

extension RequestReader {
  /// Reads a structure that has no members.
  @_lifetime(self: copy self)
  mutating func nothing(_ structure: Structure) throws(SerializationFault) {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, .structure(structure), at: .element) }
    try json.skipValue()
  }

  /// Enters a structure.
  @_lifetime(self: copy self)
  mutating func begin(
    _ structure: Structure, at position: ShapePosition = .member
  ) throws(SerializationFault) -> MemberCursor {
    let kind = try json.kind()
    guard kind == .object else { throw try wrongType(kind, .structure(structure), at: position) }
    json.open()
    return MemberCursor(structure: structure)
  }

  /// The next member that the structure knows and that is not null; nil at the structure's end.
  ///
  /// Members that it doesn't know are passed. At the end, required members that were not met are noted.
  @inline(__always)
  @_lifetime(self: copy self)
  mutating func next<Field: RawRepresentable>(
    _ cursor: inout MemberCursor, as field: Field.Type
  ) throws(SerializationFault) -> Field? where Field.RawValue == Int {
    while let name = try json.nextName(&cursor.isFirst) {
      guard let index = cursor.structure.names.index(of: json.bytes(of: name)) else {
        try json.skipValue()
        continue
      }
      if json.nextSignificantByte() == UInt8(ascii: "n") {
        try json.readLiteral("null")
        continue
      }
      cursor.index = index
      cursor.seen |= 1 << UInt64(index)
      return Field(rawValue: index)
    }
    let missing = cursor.structure.required & ~cursor.seen
    if missing != 0 { noteMissing(missing, in: cursor.structure) }
    return nil
  }

  @_lifetime(self: copy self)
  private mutating func noteMissing(_ missing: UInt64, in structure: Structure) {
    for (index, member) in structure.members.enumerated() where missing >> UInt64(index) & 1 == 1 {
      switch member.requirement {
      case .requiredFirst:
        violations.preempt("The parameter '\(member.name)' is required but was not present in the request")
      case .requiredAs(let message):
        violations.preempt(message)
      case .required, .optional:
        note("null", "Member must not be null", at: .member(structure, index))
      }
    }
  }

  /// Reads a structure that is the value of the current member.
  @_lifetime(self: copy self)
  mutating func structure<Value>(
    _ cursor: MemberCursor, _ read: (inout RequestReader) throws(SerializationFault) -> Value
  ) throws(SerializationFault) -> Value {
    path.append(.member(cursor.structure, cursor.index))
    let value = try read(&self)
    path.removeLast()
    return value
  }
}
