import DynamoModel

/// Unions and differences of encoded sets. Elements are stored in ascending order, so each is one merge.
extension [UInt8] {
  /// Appends the elements that are in either set, in order, and says how many they are.
  mutating func appendUnion(_ left: borrowing ValueView, _ right: borrowing ValueView) -> Int {
    var count = 0
    var a = left.elements
    var b = right.elements
    var hasA = a.next()
    var hasB = b.next()
    while hasA || hasB {
      let order = !hasA ? 1 : !hasB ? -1 : compareBytes(a.bytes, b.bytes)
      appendElement(order <= 0 ? a.bytes : b.bytes)
      count += 1
      if order <= 0 { hasA = a.next() }
      if order >= 0 { hasB = b.next() }
    }
    return count
  }

  /// Appends the elements of the left set that are not in the right one, in order, and says how many they are.
  mutating func appendDifference(_ left: borrowing ValueView, _ right: borrowing ValueView) -> Int {
    var count = 0
    var a = left.elements
    var b = right.elements
    var hasB = b.next()
    while a.next() {
      while hasB, compareBytes(b.bytes, a.bytes) < 0 { hasB = b.next() }
      if hasB, compareBytes(b.bytes, a.bytes) == 0 { continue }
      appendElement(a.bytes)
      count += 1
    }
    return count
  }

  private mutating func appendElement(_ bytes: RawSpan) {
    appendLength(bytes.byteCount)
    append(encoded: bytes)
  }
}
