/// Why an item or a value can't be built.
public enum ItemError: Error, Sendable, Equatable {
  /// A number that can't be held; `text` is what the client wrote.
  case number(NumberError, text: String)
  /// A value nests deeper than ``ModelLimits/nestingLevelsMax``.
  case nestingTooDeep
  /// A set of this type without elements.
  case emptySet(AttributeType)
  /// A set of this type that holds one value twice. For a string set, `elements` is the client's set as the
  /// message prints it: "[a, a]"; empty for the others.
  case duplicateSetElement(AttributeType, elements: String)
  /// An attribute name longer than ``ModelLimits/nameBytesMax``.
  case nameTooLong(bytes: Int)
  /// The encoding would outgrow ``ModelLimits/encodedBytesMax``.
  case tooLarge

  /// The service's message for this error.
  public var message: String {
    switch self {
    case .number(let error, let text):
      error.message(for: text)
    case .nestingTooDeep:
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
    case .emptySet(let type):
      switch type {
      case .stringSet: "One or more parameter values were invalid: An string set  may not be empty"
      case .numberSet: "One or more parameter values were invalid: An number set  may not be empty"
      default: "One or more parameter values were invalid: Binary sets should not be empty"
      }
    case .duplicateSetElement(_, let elements):
      elements.isEmpty
        ? "Input collection contains duplicates"
        : "One or more parameter values were invalid: Input collection \(elements) contains duplicates."
    case .nameTooLong:
      "One or more parameter values were invalid: Attribute name is too large, must be less than 65536 bytes"
    case .tooLarge:
      "Item size has exceeded the maximum allowed size"
    }
  }
}

/// What is wrong with bytes that claim to be an item, a value, a number or a key.
public struct EncodingFault: Error, Sendable, Equatable {
  /// The ways in which bytes fail to be an encoding.
  public enum Reason: Sendable, Equatable {
    /// The bytes end inside of something.
    case truncated
    /// Bytes are left after the end.
    case trailingBytes
    /// A format version this build does not know.
    case unsupportedVersion(UInt8)
    /// A byte that names no type.
    case unknownTag(UInt8)
    /// A length that is not in its shortest form, is too large, or disagrees with what it spans.
    case badLength
    /// Names, set elements or digits not in their canonical form or strictly ascending order.
    case notCanonical
    /// A string or a name that is not UTF-8.
    case invalidUTF8
    /// Nesting deeper than ``ModelLimits/nestingLevelsMax``.
    case nestingTooDeep
    /// The size written in an item's header is not its size.
    case wrongSize
  }

  /// What is wrong.
  public let reason: Reason
  /// Where, in bytes from the start of what was decoded.
  public let offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}
