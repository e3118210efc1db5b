/// The first byte of an encoded value: its type, and for a Boolean its value too.
///
/// From `number` on, a length in bytes follows the tag: to skip a value of any type is to read one length.
@usableFromInline
@frozen package enum ValueTag: UInt8 {
  case null = 1
  case `false` = 2
  case `true` = 3
  case number = 4
  case string = 5
  case binary = 6
  case list = 7
  case map = 8
  case stringSet = 9
  case numberSet = 10
  case binarySet = 11

  @inlinable package init(_ type: AttributeType) {
    switch type {
    case .string: self = .string
    case .number: self = .number
    case .binary: self = .binary
    case .bool: self = .false
    case .null: self = .null
    case .list: self = .list
    case .map: self = .map
    case .stringSet: self = .stringSet
    case .numberSet: self = .numberSet
    case .binarySet: self = .binarySet
    }
  }

  @inlinable package var type: AttributeType {
    switch self {
    case .null: .null
    case .false, .true: .bool
    case .number: .number
    case .string: .string
    case .binary: .binary
    case .list: .list
    case .map: .map
    case .stringSet: .stringSet
    case .numberSet: .numberSet
    case .binarySet: .binarySet
    }
  }

  /// Whether a length and that many bytes follow the tag.
  @inlinable package var hasPayload: Bool { rawValue >= ValueTag.number.rawValue }
}
