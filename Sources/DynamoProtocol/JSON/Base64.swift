/// Base64 with the alphabet of RFC 4648 and padding, as the wire writes binary values.
///
/// Strict on the way in: a length that is no multiple of four, a foreign character, padding inside the text
/// and bits set behind the last byte are refused, with the service's word for each.
package enum Base64 {
  /// Appends the bytes that `text` stands for.
  package static func decode(_ text: RawSpan, into output: inout [UInt8]) throws(SerializationFault) {
    let count = text.byteCount
    guard count % 4 == 0 else {
      throw SerializationFault(
        "Base64 encoded length is expected a multiple of 4 bytes but found: \(count)")
    }
    guard count > 0 else { return }
    output.reserveCapacity(output.count + count / 4 * 3)
    let last = count - 4
    var offset = 0
    while offset < last {
      let group = try group(text, offset, 4)
      output.append(UInt8(truncatingIfNeeded: group >> 16))
      output.append(UInt8(truncatingIfNeeded: group >> 8))
      output.append(UInt8(truncatingIfNeeded: group))
      offset += 4
    }
    var digits = 4
    if text.byte(last + 3) == UInt8(ascii: "=") {
      digits = text.byte(last + 2) == UInt8(ascii: "=") ? 2 : 3
    }
    let group = try group(text, last, digits)
    // Bits behind the last byte would make two texts of one value.
    guard group & (digits == 2 ? 0xFFFF : digits == 3 ? 0xFF : 0) == 0 else { throw invalidLast }
    output.append(UInt8(truncatingIfNeeded: group >> 16))
    if digits > 2 { output.append(UInt8(truncatingIfNeeded: group >> 8)) }
    if digits > 3 { output.append(UInt8(truncatingIfNeeded: group)) }
  }

  /// Appends the text of `bytes`.
  static func encode(_ bytes: RawSpan, into output: inout OutputBuffer) {
    let count = bytes.byteCount
    var offset = 0
    while offset + 3 <= count {
      append(
        UInt32(bytes.byte(offset)) << 16 | UInt32(bytes.byte(offset + 1)) << 8
          | UInt32(bytes.byte(offset + 2)),
        digits: 4, to: &output)
      offset += 3
    }
    switch count - offset {
    case 1: append(UInt32(bytes.byte(offset)) << 16, digits: 2, to: &output)
    case 2:
      append(
        UInt32(bytes.byte(offset)) << 16 | UInt32(bytes.byte(offset + 1)) << 8, digits: 3, to: &output)
    default: break
    }
  }

  // The service's spelling.
  private static let invalidLast = SerializationFault("Invalid last non-pad Base64 character dectected")

  /// Four characters as 24 bits, those beyond `digits` being zero.
  @inline(__always)
  private static func group(
    _ text: RawSpan, _ offset: Int, _ digits: Int
  ) throws(SerializationFault) -> UInt32 {
    var group: UInt32 = 0
    for index in 0..<digits {
      group = group << 6 | (try value(of: text.byte(offset + index)))
    }
    return group << UInt32(6 * (4 - digits))
  }

  @inline(__always)
  private static func value(of character: UInt8) throws(SerializationFault) -> UInt32 {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): return UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): return UInt32(character - UInt8(ascii: "a") + 26)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return UInt32(character - UInt8(ascii: "0") + 52)
    case UInt8(ascii: "+"): return 62
    case UInt8(ascii: "/"): return 63
    case UInt8(ascii: "="): throw invalidLast
    default: throw SerializationFault("Invalid Base64 character: '\(Unicode.Scalar(character))'")
    }
  }

  @inline(__always)
  private static func append(_ group: UInt32, digits: Int, to output: inout OutputBuffer) {
    for index in 0..<4 {
      output.append(
        index < digits ? character(of: UInt8(group >> UInt32(18 - 6 * index) & 63)) : UInt8(ascii: "="))
    }
  }

  @inline(__always)
  private static func character(of value: UInt8) -> UInt8 {
    switch value {
    case 0..<26: value + UInt8(ascii: "A")
    case 26..<52: value - 26 + UInt8(ascii: "a")
    case 52..<62: value - 52 + UInt8(ascii: "0")
    case 62: UInt8(ascii: "+")
    default: UInt8(ascii: "/")
    }
  }
}
