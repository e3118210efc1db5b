/// An attribute's value, as an app sees it.
///
/// Sets keep the order they were given in, but are equal whatever their order. Encoding a set that is empty
/// or holds a value twice throws, as the service refuses both. Strings are equal if their bytes are, as in
/// the database; only the names of a map follow Swift's `String`, which holds "é" in one piece and in two to
/// be the same.
public enum AttributeValue: Sendable {
  case string(String)
  case number(DynamoNumber)
  case binary([UInt8])
  case bool(Bool)
  case null
  case list([AttributeValue])
  case map([String: AttributeValue])
  case stringSet([String])
  case numberSet([DynamoNumber])
  case binarySet([[UInt8]])

  /// The value's type.
  public var type: AttributeType {
    switch self {
    case .string: .string
    case .number: .number
    case .binary: .binary
    case .bool: .bool
    case .null: .null
    case .list: .list
    case .map: .map
    case .stringSet: .stringSet
    case .numberSet: .numberSet
    case .binarySet: .binarySet
    }
  }
}

extension AttributeValue: Hashable {
  public static func == (left: AttributeValue, right: AttributeValue) -> Bool {
    switch (left, right) {
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.number(let a), .number(let b)): a == b
    case (.binary(let a), .binary(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.null, .null): true
    case (.list(let a), .list(let b)): a == b
    case (.map(let a), .map(let b)):
      a.count == b.count
        && a.allSatisfy { name, value in
          b.index(forKey: name).map { b[$0].key.isSame(as: name) && b[$0].value == value } ?? false
        }
    case (.stringSet(let a), .stringSet(let b)):
      a.count == b.count && Set(a.map { [UInt8]($0.utf8) }) == Set(b.map { [UInt8]($0.utf8) })
    case (.numberSet(let a), .numberSet(let b)): a.count == b.count && Set(a) == Set(b)
    case (.binarySet(let a), .binarySet(let b)): a.count == b.count && Set(a) == Set(b)
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    switch self {
    case .string(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .binary(let value): hasher.combine(value)
    case .bool(let value): hasher.combine(value)
    case .null: break
    case .list(let values): hasher.combine(values)
    case .map(let values): hasher.combine(values)
    case .stringSet(let values): hasher.combine(Set(values))
    case .numberSet(let values): hasher.combine(Set(values))
    case .binarySet(let values): hasher.combine(Set(values))
    }
  }
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .number(DynamoNumber(value)) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: AttributeValue...) { self = .list(elements) }

  /// A map; of a name given twice the last value stays.
  public init(dictionaryLiteral elements: (String, AttributeValue)...) {
    self = .map(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}

extension AttributeValue {
  /// A value of its own from one seen in place.
  public init(_ view: borrowing ValueView) {
    switch view.tag {
    case .null: self = .null
    case .false: self = .bool(false)
    case .true: self = .bool(true)
    case .number: self = .number(view.number)
    case .string: self = .string(view.string)
    case .binary: self = .binary([UInt8](copying: view.payload))
    case .list:
      var values: [AttributeValue] = []
      var cursor = view.elements
      values.reserveCapacity(cursor.remaining)
      while cursor.next() { values.append(AttributeValue(cursor.value)) }
      self = .list(values)
    case .map:
      var values: [String: AttributeValue] = [:]
      var cursor = view.elements
      values.reserveCapacity(cursor.remaining)
      while cursor.next() { values[String(copyingUTF8: cursor.name)] = AttributeValue(cursor.value) }
      self = .map(values)
    case .stringSet:
      var values: [String] = []
      var cursor = view.elements
      while cursor.next() { values.append(String(copyingUTF8: cursor.bytes)) }
      self = .stringSet(values)
    case .numberSet:
      var values: [DynamoNumber] = []
      var cursor = view.elements
      while cursor.next() { values.append(DynamoNumber(trusting: cursor.bytes)) }
      self = .numberSet(values)
    case .binarySet:
      var values: [[UInt8]] = []
      var cursor = view.elements
      while cursor.next() { values.append([UInt8](copying: cursor.bytes)) }
      self = .binarySet(values)
    }
  }

  /// A value of its own from an encoded one.
  public init(_ encoded: EncodedValue) {
    self.init(encoded.view)
  }
}
