/// Prints doubles as Java's `Double.toString` does, which is what the service's responses contain: at least
/// one digit on either side of the point, and `d.dddEn` below 0.001 and from ten million on, where times are.
enum JavaDouble {
  static func append(_ value: Double, to output: inout OutputBuffer) {
    guard value.isFinite, value != 0 else {
      output.append("0.0")
      return
    }
    if value < 0 { output.append(UInt8(ascii: "-")) }
    // Capacity units come in halves and are few.
    if value.magnitude < 10, (value * 2).rounded() == value * 2 {
      output.append(UInt8(ascii: "0") + UInt8(value.magnitude))
      output.append(value.magnitude.rounded(.down) == value.magnitude ? ".0" : ".5")
      return
    }
    var decimal = Decimal(value.magnitude)
    if value.magnitude >= 1e7 || value.magnitude < 1e-3 {
      let exponent = decimal.pointOffset - 1
      decimal.pointOffset = 1
      decimal.append(to: &output)
      output.append(UInt8(ascii: "E"))
      for digit in exponent.description.utf8 { output.append(digit) }
    } else {
      decimal.append(to: &output)
    }
  }

  /// The shortest digits that read back as the same double, and where the point stands among them.
  private struct Decimal {
    var digits: [UInt8] = []
    /// 1 puts the point behind the first digit, 0 before it.
    var pointOffset = 0

    /// - Parameter value: positive and finite.
    init(_ value: Double) {
      var exponent = 0
      var sawPoint = false
      var integerDigits = 0
      // Swift prints the same shortest digits, in the forms 0.5, 12.25 and 1.5e-07.
      let text = value.description
      if let mark = text.utf8.firstIndex(of: UInt8(ascii: "e")) {
        exponent = Int(text[text.utf8.index(after: mark)...]) ?? 0
      }
      for byte in text.utf8 {
        if byte == UInt8(ascii: "e") { break }
        if byte == UInt8(ascii: ".") {
          sawPoint = true
          continue
        }
        digits.append(byte)
        if !sawPoint { integerDigits += 1 }
      }
      pointOffset = integerDigits + exponent
      let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
      digits.removeFirst(zeros)
      pointOffset -= zeros
      while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    }

    func append(to output: inout OutputBuffer) {
      if pointOffset <= 0 {
        output.append("0.")
        for _ in pointOffset..<0 { output.append(UInt8(ascii: "0")) }
        output.append(digits.span.bytes)
        return
      }
      for index in 0..<max(pointOffset, digits.count) {
        if index == pointOffset { output.append(UInt8(ascii: ".")) }
        output.append(index < digits.count ? digits[index] : UInt8(ascii: "0"))
      }
      if pointOffset >= digits.count { output.append(".0") }
    }
  }
}
