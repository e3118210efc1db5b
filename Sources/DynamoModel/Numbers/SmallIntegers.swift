/// The integer that an encoded number is, if it is one from 0 to 10^16 − 1; nil for all others.
///
/// Most numbers of an item are, and to take one from its pairs of digits is a few steps, where the way over `DecimalDigits`
/// takes each digit apart.
@inlinable @inline(__always)
package func integer(ofEncoded encoded: RawSpan) -> UInt64? {
  let first = encoded.byte(at: 0)
  // A power of a hundred from 0 to 7; see `EncodedNumber` for what is added to it.
  let power = Int(first) &- (0x80 &+ 65)
  let pairs = encoded.byteCount &- 1
  guard power >= 0, power < 8, pairs <= power &+ 1 else {
    return first == 0x80 && encoded.byte(at: 1) == 0 ? 0 : nil
  }
  var value: UInt64 = 0
  for offset in 1...pairs { value = value &* 100 &+ UInt64(encoded.byte(at: offset) >> 1) }
  for _ in 0..<(power &+ 1 &- pairs) { value = value &* 100 }
  return value
}
