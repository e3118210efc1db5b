/// A decimal number done slowly, digit by digit, with nothing in common with the one it is compared with.
struct ReferenceDecimal: Equatable {
  /// Least significant first, no zeros at either end; empty for zero.
  private(set) var digits: [Int] = []
  /// The power of ten of the least significant digit.
  private(set) var exponent = 0
  private(set) var isNegative = false

  private init() {}

  init(_ text: String) {
    var mantissa = Substring(text)
    var scale = 0
    if let mark = mantissa.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      let written = mantissa[mantissa.index(after: mark)...]
      scale = Int(written.hasPrefix("+") ? written.dropFirst() : written)!
      mantissa = mantissa[..<mark]
    }
    if let sign = mantissa.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      mantissa = mantissa.dropFirst()
    }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    digits = (String(parts[0]) + fraction).reversed().map { $0.wholeNumberValue! }
    exponent = scale - fraction.count
    normalize()
  }

  private mutating func normalize() {
    while digits.last == 0 { digits.removeLast() }
    while digits.first == 0 {
      digits.removeFirst()
      exponent += 1
    }
    if digits.isEmpty {
      exponent = 0
      isNegative = false
    }
  }

  var significantDigits: Int { digits.count }

  /// The power of ten of the first digit.
  var leading: Int { exponent + digits.count - 1 }

  var isZero: Bool { digits.isEmpty }

  /// Every digit written out.
  var text: String {
    guard !isZero else { return "0" }
    var text = isNegative ? "-" : ""
    for power in stride(from: max(leading, 0), through: min(exponent, 0), by: -1) {
      if power == -1 { text += "." }
      text += String(digit(at: power))
    }
    return text
  }

  private func digit(at power: Int) -> Int {
    let index = power - exponent
    return digits.indices.contains(index) ? digits[index] : 0
  }

  static func + (left: ReferenceDecimal, right: ReferenceDecimal) -> ReferenceDecimal {
    if left.isZero { return right }
    if right.isZero { return left }
    let low = min(left.exponent, right.exponent)
    let high = max(left.leading, right.leading) + 1
    var result = ReferenceDecimal()
    result.exponent = low
    var carry = 0
    if left.isNegative == right.isNegative {
      for power in low...high {
        let sum = left.digit(at: power) + right.digit(at: power) + carry
        result.digits.append(sum % 10)
        carry = sum / 10
      }
      result.isNegative = left.isNegative
    } else {
      let (large, small) = left.magnitudeIsBelow(right) ? (right, left) : (left, right)
      for power in low...high {
        var difference = large.digit(at: power) - small.digit(at: power) - carry
        carry = difference < 0 ? 1 : 0
        if difference < 0 { difference += 10 }
        result.digits.append(difference)
      }
      result.isNegative = large.isNegative
    }
    result.normalize()
    return result
  }

  private func magnitudeIsBelow(_ other: ReferenceDecimal) -> Bool {
    for power in stride(from: max(leading, other.leading), through: min(exponent, other.exponent), by: -1) {
      if digit(at: power) != other.digit(at: power) { return digit(at: power) < other.digit(at: power) }
    }
    return false
  }

  static func < (left: ReferenceDecimal, right: ReferenceDecimal) -> Bool {
    if left == right { return false }
    if left.isZero { return !right.isNegative }
    if right.isZero { return left.isNegative }
    if left.isNegative != right.isNegative { return left.isNegative }
    if left.leading != right.leading { return (left.leading < right.leading) != left.isNegative }
    return left.isNegative ? right.magnitudeIsBelow(left) : left.magnitudeIsBelow(right)
  }
}
