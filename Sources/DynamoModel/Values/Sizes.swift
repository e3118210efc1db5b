/// How many bytes the service charges for a number, from its ordered encoding: one, and one for each pair of
/// digits aligned at the decimal point, leading and trailing pairs of zeros not counted, and one more below
/// zero.
///
/// The pairs are the encoding's own, so its length says it all; zero alone takes one byte less than its
/// encoding.
@inline(__always)
func numberSizeBytes(_ encoded: RawSpan) -> Int {
  let first = encoded.byte(at: 0)
  if first < 0x80 { return encoded.byteCount + 1 }
  if first == 0x80, encoded.byte(at: 1) == 0 { return 1 }
  return encoded.byteCount
}

extension DynamoNumber {
  /// The number's size in bytes as the service counts it: 1 to 22.
  public var sizeBytes: Int { numberSizeBytes(encoded.bytes) }
}

extension ValueView {
  /// The value's size in bytes as the service counts it.
  ///
  /// UTF-8 of S, bytes of B, pairs of digits and one of N, 1 for BOOL and NULL, the elements' of a set, and
  /// for L and M three, one for each element, and what the elements and the names take. Cost: a walk of a
  /// list or a map.
  public var sizeBytes: Int {
    switch tag {
    case .null, .false, .true: return 1
    case .string, .binary: return payload.byteCount
    case .number: return numberSizeBytes(payload)
    case .stringSet, .binarySet:
      var size = 0
      var cursor = elements
      while cursor.next() { size += cursor.bytes.byteCount }
      return size
    case .numberSet:
      var size = 0
      var cursor = elements
      while cursor.next() { size += numberSizeBytes(cursor.bytes) }
      return size
    case .list:
      var size = 3
      var cursor = elements
      while cursor.next() { size += 1 + cursor.value.sizeBytes }
      return size
    case .map:
      var size = 3
      var cursor = elements
      while cursor.next() { size += 1 + cursor.name.byteCount + cursor.value.sizeBytes }
      return size
    }
  }

  /// How many levels the value has: 1 for a scalar, a set or what is empty.
  public var nestingLevels: Int {
    let tag = tag
    guard tag == .list || tag == .map else { return 1 }
    var deepest = 0
    var cursor = elements
    while cursor.next() { deepest = max(deepest, cursor.value.nestingLevels) }
    return 1 + deepest
  }
}
