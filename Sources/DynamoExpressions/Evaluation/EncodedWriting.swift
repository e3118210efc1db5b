import DynamoModel

/// Writing the stored encoding from parts that are already encoded.
extension [UInt8] {
  mutating func append(encoded bytes: RawSpan) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }

  mutating func appendLength(_ length: Int) {
    var rest = length
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }

  mutating func append(number: DynamoNumber) {
    append(number.encoded)
  }

  mutating func append(integer: UInt64) {
    append(EncodedNumber(integer: integer))
  }

  private mutating func append(_ encoded: EncodedNumber) {
    append(ValueTag.number.rawValue)
    appendLength(encoded.bytes.byteCount)
    append(encoded: encoded.bytes)
  }

  /// Puts the tag, the length and the count of a list, map or set before the elements that begin at `start` and
  /// are the last bytes here.
  mutating func closeElements(_ tag: ValueTag, from start: Int, count: Int) {
    let length = self.count - start + Varint.byteCount(count)
    var header: [UInt8] = []
    header.append(tag.rawValue)
    header.appendLength(length)
    header.appendLength(count)
    insert(contentsOf: header, at: start)
  }

  /// Takes back what was written after a place.
  mutating func truncate(to count: Int) {
    removeSubrange(count...)
  }
}

extension ValueView {
  /// The elements of a list as they are encoded, without their count.
  var elementBytes: RawSpan {
    @_lifetime(copy self) get { payload.extracting(droppingFirst: Varint.byteCount(count)) }
  }
}

extension ElementCursor {
  /// The current element's encoding within its body, with a map entry's name.
  @_lifetime(copy body)
  func entry(in body: RawSpan) -> RawSpan {
    body.extracting(entryRange)
  }
}
