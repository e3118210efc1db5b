import DynamoModel

/// The functions of conditions, on values seen in place.
extension ValueView {
  /// What `size` says of a value that has one: UTF-16 code units of S, bytes of B, elements of the others.
  ///
  /// Code units and not characters or bytes, as the service counts: "é𝄞" has a size of 3.
  var expressionSize: Int {
    switch type {
    case .string: utf16Count(payload)
    case .binary: payload.byteCount
    default: count
    }
  }

  /// Orders an N and the result of `size`; nil for other types.
  func order(comparedTo size: Int) -> Int? {
    guard type == .number else { return nil }
    let left = number
    let right = DynamoNumber(Int64(size))
    return left == right ? 0 : left < right ? -1 : 1
  }

  /// Whether this begins with a value of the same type, S or B.
  func beginsWith(_ prefix: borrowing ValueView) -> Bool {
    guard type == prefix.type, type == .string || type == .binary else { return false }
    let wanted = prefix.payload
    guard wanted.byteCount <= payload.byteCount else { return false }
    return equalBytes(payload.extracting(first: wanted.byteCount), wanted)
  }

  /// Whether `part` is a substring of this S or B, an element of this set, or equal to an element of this list.
  func contains(_ part: borrowing ValueView) -> Bool {
    switch type {
    case .string, .binary:
      return type == part.type && ByteSearch.contains(part.payload, in: payload)
    case .stringSet, .numberSet, .binarySet:
      return type.elementType == part.type && contains(element: part.payload)
    case .list:
      var cursor = elements
      while cursor.next() {
        if cursor.value == part { return true }
      }
      return false
    case .number, .bool, .null, .map:
      return false
    }
  }
}

extension ValueView {
  /// Whether the result of `size` is an element of this NS or equal to an element of this list.
  func contains(size: Int) -> Bool {
    guard type == .numberSet || type == .list else { return false }
    let wanted = DynamoNumber(Int64(size))
    var cursor = elements
    while cursor.next() {
      let isEqual =
        type == .list
        ? cursor.value.order(comparedTo: size) == 0 : DynamoNumber(trusting: cursor.bytes) == wanted
      if isEqual { return true }
    }
    return false
  }
}

/// A character of four bytes in UTF-8 is two code units in UTF-16; every other is one.
private func utf16Count(_ text: RawSpan) -> Int {
  var count = 0
  for offset in 0..<text.byteCount {
    let byte = text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    if byte & 0xC0 != 0x80 { count += byte >= 0xF0 ? 2 : 1 }
  }
  return count
}
