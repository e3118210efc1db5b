/// The ten types of an attribute value.
@frozen public enum AttributeType: UInt8, Sendable, Hashable, CaseIterable {
  case string, number, binary, bool, null, list, map, stringSet, numberSet, binarySet

  /// The type's name on the wire and in `attribute_type`: "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS"
  /// or "BS".
  public var descriptor: String {
    switch self {
    case .string: "S"
    case .number: "N"
    case .binary: "B"
    case .bool: "BOOL"
    case .null: "NULL"
    case .list: "L"
    case .map: "M"
    case .stringSet: "SS"
    case .numberSet: "NS"
    case .binarySet: "BS"
    }
  }

  /// The type a wire name stands for; nil if it is none of the ten.
  public init?(descriptor: String) {
    self.init(descriptor: descriptor.utf8Span.span.bytes)
  }

  /// The type a wire name stands for, read from its bytes without making a `String`.
  public init?(descriptor: RawSpan) {
    // The name's bytes as one big-endian integer.
    guard (1...4).contains(descriptor.byteCount) else { return nil }
    var packed: UInt32 = 0
    for offset in 0..<descriptor.byteCount {
      packed = packed << 8 | UInt32(descriptor.byte(at: offset))
    }
    switch packed {
    case 0x53: self = .string
    case 0x4E: self = .number
    case 0x42: self = .binary
    case 0x424F_4F4C: self = .bool
    case 0x4E55_4C4C: self = .null
    case 0x4C: self = .list
    case 0x4D: self = .map
    case 0x5353: self = .stringSet
    case 0x4E53: self = .numberSet
    case 0x4253: self = .binarySet
    default: return nil
    }
  }

  /// Whether this is SS, NS or BS.
  public var isSet: Bool {
    switch self {
    case .stringSet, .numberSet, .binarySet: true
    default: false
    }
  }

  /// The type of a set's elements; nil for a type that is not a set.
  public var elementType: AttributeType? {
    switch self {
    case .stringSet: .string
    case .numberSet: .number
    case .binarySet: .binary
    default: nil
    }
  }
}
