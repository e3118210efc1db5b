/// One encoded value, seen in place: nothing is copied and nothing is allocated.
///
/// A view borrows the bytes of an ``Item``, of an ``EncodedValue``, or of a block in the engine's cache, and
/// can't outlive them. Equal values have equal bytes, so `==` is a comparison of bytes.
///
/// The bytes are trusted: they came from an ``ItemBuilder`` or passed ``EncodedValue/init(validating:)``.
/// Bytes that are not an encoding stop the process at the first read out of bounds; they never make it read
/// foreign memory.
public struct ValueView: ~Escapable {
  /// The value's encoding: its tag, and for most types a length and that many bytes.
  public let encoded: RawSpan
  /// Where the payload begins: after the tag and the length.
  @usableFromInline let payloadOffset: Int

  /// Views bytes that hold exactly one encoded value.
  @_lifetime(copy encoded)
  @inlinable @inline(__always)
  public init(trusting encoded: RawSpan) {
    self.encoded = encoded
    var reader = ByteReader(encoded)
    if reader.byte() >= ValueTag.number.rawValue { _ = reader.varint() }
    payloadOffset = reader.offset
  }

  /// Views bytes whose tag and length have been read already.
  @_lifetime(copy encoded)
  @inlinable @inline(__always)
  init(trusting encoded: RawSpan, payloadOffset: Int) {
    self.encoded = encoded
    self.payloadOffset = payloadOffset
  }

  /// The tag; a byte that is none stops the process.
  @inlinable package var tag: ValueTag {
    guard let tag = ValueTag(rawValue: encoded.byte(at: 0)) else {
      Self.failForUnknownTag(encoded.byte(at: 0))
    }
    return tag
  }

  @usableFromInline @inline(never)
  static func failForUnknownTag(_ byte: UInt8) -> Never {
    preconditionFailure("byte \(byte) names no type")
  }

  /// The value's type.
  @inlinable public var type: AttributeType { tag.type }

  /// What follows the tag and the length: the bytes of S and B, a number in its ordered encoding, or a count
  /// and the elements of L, M and the sets. Empty for BOOL and NULL.
  @inlinable public var payload: RawSpan {
    @_lifetime(copy self)
    @inline(__always) get { encoded.extracting(droppingFirst: payloadOffset) }
  }

  /// The value of a BOOL.
  @inlinable public var bool: Bool { encoded.byte(at: 0) == ValueTag.true.rawValue }

  /// The value of an N. Comparing two numbers does not need it: their payloads compare as they do.
  public var number: DynamoNumber { DynamoNumber(trusting: payload) }

  /// The value of an N as the service prints it, on the stack, for writers of bytes.
  public var numberText: NumberText { DecimalDigits(trusting: payload).text }

  /// The value of an S as a `String` of its own.
  public var string: String { String(copyingUTF8: payload) }

  /// How many elements an L, an M or a set has.
  @inlinable public var count: Int {
    var reader = ByteReader(payload)
    return reader.varint()
  }

  /// The elements of an L, an M or a set, in stored order.
  @inlinable public var elements: ElementCursor {
    @_lifetime(copy self) get { ElementCursor(of: self) }
  }

  /// The entry of a map by its name; nil if it has none. Steps over the entries before it, allocates nothing.
  @_lifetime(copy self)
  public func value(named name: RawSpan) -> ValueView? {
    findValue(named: name, inMapBody: payload)
  }

  /// The entry of a map by its name; nil if it has none.
  @_lifetime(copy self)
  public func value(named name: String) -> ValueView? {
    value(named: name.utf8Span.span.bytes)
  }

  /// The element of a list at an index from 0; nil beyond its end. Steps over the elements before it.
  @_lifetime(copy self)
  public func element(at index: Int) -> ValueView? {
    var reader = ByteReader(payload)
    let count = reader.varint()
    guard index >= 0, index < count else { return nil }
    for _ in 0..<index { reader.skipValue() }
    let start = reader.offset
    reader.skipValue()
    return ValueView(trusting: reader.bytes.extracting(start..<reader.offset))
  }

  /// Whether a set holds an element with these bytes: UTF-8 for SS, the ordered encoding for NS, raw for BS.
  public func contains(element bytes: RawSpan) -> Bool {
    var reader = ByteReader(payload)
    let count = reader.varint()
    for _ in 0..<count {
      let length = reader.varint()
      if equalBytes(reader.take(length), bytes) { return true }
    }
    return false
  }

  /// Whether two values are the same: same type, same content; sets compare without regard to order.
  @inlinable public static func == (left: borrowing ValueView, right: borrowing ValueView) -> Bool {
    equalBytes(left.encoded, right.encoded)
  }

  /// Orders two values of one type S, N or B: negative, zero or positive. Nil for other types, or two types.
  @inlinable public func order(comparedTo other: borrowing ValueView) -> Int? {
    let type = encoded.byte(at: 0)
    guard type == other.encoded.byte(at: 0) else { return nil }
    guard (ValueTag.number.rawValue...ValueTag.binary.rawValue).contains(type) else { return nil }
    return compareBytes(payload, other.payload)
  }
}

/// Walks the elements of a list, of a map or of a set, or the attributes of an item.
///
/// ```swift
/// var attributes = item.view.attributes
/// while attributes.next() { use(attributes.name, attributes.value) }
/// ```
public struct ElementCursor: ~Escapable {
  @usableFromInline enum Shape { case values, named, bare }

  @usableFromInline var reader: ByteReader
  @usableFromInline let shape: Shape
  @usableFromInline var valueStart = 0
  /// Where the payload of a list's or a map's value begins.
  @usableFromInline var payloadStart = 0
  @usableFromInline var nameStart = 0
  @usableFromInline var nameEnd = 0
  /// How many elements are still to come.
  @inlinable public var remaining: Int { left }
  @usableFromInline var left: Int

  @_lifetime(copy view)
  @inlinable
  init(of view: borrowing ValueView) {
    self.init(body: view.payload, type: view.type)
  }

  @_lifetime(copy body)
  @inlinable
  init(body: RawSpan, type: AttributeType) {
    var reader = ByteReader(body)
    switch type {
    case .list: shape = .values
    case .map: shape = .named
    case .stringSet, .numberSet, .binarySet: shape = .bare
    default: preconditionFailure("\(type.descriptor) has no elements")
    }
    left = reader.varint()
    self.reader = reader
  }

  /// Goes to the next element; false when there is none.
  @_lifetime(self: copy self)
  @inlinable
  public mutating func next() -> Bool {
    guard left > 0 else { return false }
    left -= 1
    switch shape {
    case .values:
      passValue()
    case .named:
      let length = reader.varint()
      nameStart = reader.offset
      nameEnd = nameStart + length
      reader.offset = nameEnd
      passValue()
    case .bare:
      let length = reader.varint()
      valueStart = reader.offset
      reader.offset += length
    }
    return true
  }

  @_lifetime(self: copy self)
  @inlinable @inline(__always)
  mutating func passValue() {
    valueStart = reader.offset
    if reader.byte() >= ValueTag.number.rawValue {
      let length = reader.varint()
      payloadStart = reader.offset
      reader.offset += length
    } else {
      payloadStart = reader.offset
    }
  }

  /// The name of a map's entry or of an attribute: UTF-8.
  @inlinable public var name: RawSpan {
    @_lifetime(copy self) get { reader.bytes.extracting(nameStart..<nameEnd) }
  }

  /// The element of a list, the value of a map's entry or of an attribute. Not for sets.
  @inlinable public var value: ValueView {
    @_lifetime(copy self) get {
      ValueView(
        trusting: reader.bytes.extracting(valueStart..<reader.offset),
        payloadOffset: payloadStart &- valueStart)
    }
  }

  /// The bytes of a set's element: UTF-8, the ordered encoding of a number, or raw.
  @inlinable public var bytes: RawSpan {
    @_lifetime(copy self) get { reader.bytes.extracting(valueStart..<reader.offset) }
  }

  /// Where the current element's encoding begins and ends within the body, its name included.
  package var entryRange: Range<Int> {
    let start = shape == .named ? nameStart - Varint.byteCount(nameEnd - nameStart) : valueStart
    return start..<reader.offset
  }
}

/// Finds a name in a map body: a count, then the entries in order of their names.
///
/// Names of another length are stepped over without being looked at; the order lets a miss stop early only
/// where lengths agree, which costs nothing to ask. The step over an entry is three bytes read: lengths below
/// 128 are one byte, and the position stays in a register.
@_lifetime(copy body)
@inlinable
func findValue(named name: RawSpan, inMapBody body: RawSpan) -> ValueView? {
  var reader = ByteReader(body)
  var remaining = reader.varint()
  var offset = reader.offset
  let wanted = name.byteCount
  while remaining > 0 {
    remaining -= 1
    let length = body.varint(at: &offset)
    let nameStart = offset
    offset += length
    let order = length == wanted ? compareBytes(body.extracting(nameStart..<offset), name) : -1
    if order > 0 { return nil }
    let valueStart = offset
    offset += 1
    var payloadStart = offset
    if body.byte(at: valueStart) >= ValueTag.number.rawValue {
      let payload = body.varint(at: &offset)
      payloadStart = offset
      offset += payload
    }
    if order == 0 {
      return ValueView(
        trusting: body.extracting(valueStart..<offset), payloadOffset: payloadStart &- valueStart)
    }
  }
  return nil
}

extension String {
  /// A string of its own from bytes that are known to be UTF-8.
  package init(copyingUTF8 bytes: RawSpan) {
    self = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}
