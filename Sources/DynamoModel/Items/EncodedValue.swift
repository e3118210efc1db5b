/// One attribute value on its own, in the encoding it has inside an item.
///
/// The form of expression values and of key values. Equal values have equal bytes.
public struct EncodedValue: Sendable, Hashable {
  /// The value's tag, and for most types a length and that many bytes.
  public let bytes: [UInt8]

  /// Takes bytes that an ``ItemBuilder`` made, or that storage returned under a checksum.
  public init(trusting bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Takes a copy of a value seen in place.
  public init(_ view: borrowing ValueView) {
    bytes = [UInt8](copying: view.encoded)
  }

  /// Takes bytes from anywhere, checking all of them.
  public init(validating bytes: [UInt8]) throws(EncodingFault) {
    try checkValue(bytes.span.bytes)
    self.bytes = bytes
  }

  /// Encodes a value.
  ///
  /// - Throws: ``ItemError`` for nesting that is too deep, and for sets that are empty or hold a value twice.
  public init(_ value: AttributeValue) throws(ItemError) {
    var builder = ItemBuilder()
    try builder.value(value)
    self = try builder.finishValue()
  }

  /// The value seen in place.
  @inlinable public var view: ValueView {
    @_lifetime(borrow self) get {
      _overrideLifetime(ValueView(trusting: bytes.span.bytes), borrowing: self)
    }
  }

  /// The value's type.
  @inlinable public var type: AttributeType { view.type }
}

// MARK: - Scalars, which nothing can be wrong with

extension EncodedValue {
  /// Encodes an S.
  package init(string: String) {
    self.init(.string, string.utf8Span.span.bytes)
  }

  /// Encodes an N.
  package init(number: DynamoNumber) {
    self.init(.number, number.encoded.bytes)
  }

  /// Encodes a BOOL.
  package init(bool: Bool) {
    bytes = [(bool ? ValueTag.true : .false).rawValue]
  }

  private init(_ tag: ValueTag, _ payload: RawSpan) {
    var store = ByteStore(capacity: 1 + Varint.bytesMax + payload.byteCount)
    store.append(tag.rawValue)
    store.append(withLength: payload)
    bytes = [UInt8](copying: store.bytes)
  }
}
