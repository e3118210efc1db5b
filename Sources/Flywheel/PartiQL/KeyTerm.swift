import DynamoExpressions
import DynamoModel
import PartiQL

/// A condition that a key answers: one key attribute against values.
struct KeyTerm {
  enum Test {
    /// One of these values: `=` and `IN`.
    case equals([EncodedValue])
    /// A range, of sort attributes only.
    case within(SortRange)
  }

  /// The attribute's place in the key, partition attributes first.
  let position: Int
  let part: KeyPart
  let test: Test

  /// Nil for a predicate that is none: it is about something else, or about two attributes, or no key can
  /// answer it.
  init?(_ predicate: Predicate, of key: KeyShape) {
    guard let (operand, test) = Self.read(predicate), case .path(let path) = operand, !path.isNested,
      let position = key.parts.firstIndex(where: { $0.name.isSame(as: path.attributeName) })
    else { return nil }
    if case .within = test, position < key.partition.count { return nil }
    self.position = position
    self.part = key.parts[position]
    self.test = test
  }

  private static func read(_ predicate: Predicate) -> (operand: Operand, test: Test)? {
    switch predicate {
    case .comparison(let comparator, let left, let right):
      if let value = right.value { return self.test(comparator, value).map { (left, $0) } }
      guard let value = left.value else { return nil }
      return self.test(comparator.mirrored, value).map { (right, $0) }
    case .between(let operand, let lower, let upper):
      guard let lower = lower.value, let upper = upper.value else { return nil }
      return (operand, .within(.between(lower, upper)))
    case .membership(let operand, let list):
      let values = list.compactMap(\.value)
      return values.count == list.count ? (operand, .equals(values)) : nil
    case .call(.beginsWith, let operands):
      guard let prefix = operands[1].value else { return nil }
      return (operands[0], .within(.beginsWith(prefix)))
    case .and, .or, .not, .isMissing, .isType, .call, .constant:
      return nil
    }
  }

  private static func test(_ comparator: Comparator, _ value: EncodedValue) -> Test? {
    switch comparator {
    case .equal: .equals([value])
    case .notEqual: nil
    case .less: .within(.lessThan(value))
    case .lessOrEqual: .within(.lessThanOrEqual(value))
    case .greater: .within(.greaterThan(value))
    case .greaterOrEqual: .within(.greaterThanOrEqual(value))
    }
  }

  /// The values that the attribute is compared with.
  private var values: [EncodedValue] {
    switch test {
    case .equals(let values): values
    case .within(let range): range.bounds
    }
  }

  /// Refuses values that the attribute can't have: the service does not take them for a search that finds
  /// nothing.
  func checkTypes() throws(Interruption) {
    for value in values where value.type != part.type.attributeType {
      switch value.type {
      case .string, .number, .binary:
        throw .validation(
          "Key attribute's data type should match its data type in table's schema: Key \(part.name)")
      default:
        throw .validation(
          "Key value must be of type S, N, or B. Key name: \(part.name), Key type: \(value.type.descriptor)")
      }
    }
  }
}

extension SortRange {
  /// The values that bound the range.
  var bounds: [EncodedValue] {
    switch self {
    case .between(let lower, let upper): [lower, upper]
    case .lessThan(let value), .lessThanOrEqual(let value), .greaterThan(let value),
      .greaterThanOrEqual(let value), .beginsWith(let value):
      [value]
    }
  }
}
