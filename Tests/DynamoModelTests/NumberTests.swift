import DynamoModel
import Testing

@Suite struct NumberTests {
  static let seed: UInt64 = 20_261_123

  // MARK: - Text

  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("+0.00", "0"), ("0e99999999999999999999", "0"), ("007", "7"), ("+5", "5"),
    ("1E+10", "10000000000"), ("0.00001", "0.00001"), ("1e-5", "0.00001"), (".5", "0.5"), ("5.", "5"),
    ("-12.340", "-12.34"), ("100", "100"), ("1.0", "1"), ("0042.1200", "42.12"),
    ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
    ("1" + String(repeating: "0", count: 125), "1" + String(repeating: "0", count: 125)),
    ("1E125", "1" + String(repeating: "0", count: 125)),
    ("1E-130", "0." + String(repeating: "0", count: 129) + "1"),
    (
      "-1.2345678901234567890123456789012345678E-130",
      "-0." + String(repeating: "0", count: 129) + "12345678901234567890123456789012345678"
    ),
    (
      "9.9999999999999999999999999999999999999E+125",
      String(repeating: "9", count: 38) + String(repeating: "0", count: 88)
    ),
  ])
  func textComesBackInCanonicalForm(text: String, canonical: String) throws {
    #expect(try DynamoNumber(text: text).description == canonical)
    #expect(try DynamoNumber(text: canonical) == DynamoNumber(text: text))
  }

  @Test(arguments: [
    "", " ", "abc", "-", "+", ".", "-.", "1e", "1e+", "e5", "1 ", " 1", "1.2.3", "--1", "0x10", "1_000",
    "NaN",
    "Infinity", "1,5", "1e5.5", "١",
  ])
  func textThatIsNoNumberIsMalformed(text: String) {
    #expect(throws: NumberError.malformed) { try DynamoNumber(text: text) }
  }

  @Test(arguments: [
    ("1e126", NumberError.overflow), ("-1e126", .overflow), ("1e99999999999999999999", .overflow),
    ("99e125", .overflow), ("1e-131", .underflow), ("-0.9e-130", .underflow),
    ("1e-99999999999999999999", .underflow),
    ("123456789012345678901234567890123456789", .tooManyDigits),
    ("-1.23456789012345678901234567890123456789", .tooManyDigits),
    ("123456789012345678901234567890123456789e200", .overflow),
  ])
  func numbersOutOfRangeSayWhy(text: String, error: NumberError) {
    #expect(throws: error) { try DynamoNumber(text: text) }
  }

  @Test func errorsCarryTheServicesMessages() {
    #expect(
      NumberError.malformed.message(for: "b") == "The parameter cannot be converted to a numeric value: b")
    #expect(NumberError.malformed.message(for: "") == "The parameter cannot be converted to a numeric value")
    #expect(NumberError.overflow.message(for: "1e126").hasPrefix("Number overflow."))
    #expect(NumberError.underflow.message(for: "1e-131").hasPrefix("Number underflow."))
    #expect(
      NumberError.tooManyDigits.message(for: "")
        == "Attempting to store more than 38 significant digits in a Number")
  }

  @Test func randomTextReadsAsTheReferenceDoes() throws {
    var random = SeededGenerator(seed: NumberTests.seed)
    for _ in 0..<20_000 {
      let text = random.numberText()
      let number = try DynamoNumber(text: text)
      try #require(number.description == ReferenceDecimal(text).text, "\(text), seed \(NumberTests.seed)")
    }
  }

  @Test func randomBytesNeverCrashTheParser() {
    var random = SeededGenerator(seed: NumberTests.seed)
    let alphabet = Array("0123456789..eE+- x".utf8)
    var accepted = 0
    for _ in 0..<50_000 {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
        alphabet.randomElement(using: &random)!
      }
      if let number = try? DynamoNumber(text: text.span.bytes) {
        accepted += 1
        #expect(number.description == ReferenceDecimal(String(decoding: text, as: UTF8.self)).text)
      }
    }
    #expect(accepted > 1_000)
  }

  // MARK: - Arithmetic

  @Test func sumsAreTheReferences() throws {
    var random = SeededGenerator(seed: NumberTests.seed)
    var exact = 0
    for _ in 0..<20_000 {
      let (a, b) = (random.numberText(), random.numberText())
      let reference = ReferenceDecimal(a) + ReferenceDecimal(b)
      let expected: Result<String, NumberError>
      if !reference.isZero, reference.leading > 125 || reference.significantDigits > 38 {
        expected = .failure(.overflow)
      } else if !reference.isZero, reference.leading < -130 {
        expected = .failure(.underflow)
      } else {
        expected = .success(reference.text)
        exact += 1
      }
      let sum = Result { () throws(NumberError) in
        try DynamoNumber(text: a).adding(DynamoNumber(text: b)).description
      }
      try #require(sum == expected, "\(a) + \(b), seed \(NumberTests.seed)")
      let difference = Result { () throws(NumberError) in
        try DynamoNumber(text: a).subtracting(DynamoNumber(text: b).negated).description
      }
      try #require(difference == expected, "\(a) − −\(b), seed \(NumberTests.seed)")
    }
    #expect(exact > 5_000)
  }

  @Test(arguments: [
    ("1e38", "-1", "99999999999999999999999999999999999999"),
    ("99999999999999999999999999999999999999", "1", "100000000000000000000000000000000000000"),
    ("1", "-1", "0"), ("0", "5", "5"), ("5", "0", "5"), ("0.1", "0.2", "0.3"),
    ("1e125", "-1e125", "0"),
  ])
  func borrowsAndCarriesAtTheEdge(a: String, b: String, sum: String) throws {
    #expect(try DynamoNumber(text: a).adding(DynamoNumber(text: b)).description == sum)
  }

  @Test(arguments: [("9e125", "9e125"), ("1e50", "1"), ("1e125", "1e-130"), ("5e125", "5e125")])
  func sumsWithoutAnExactFormOverflow(a: String, b: String) {
    #expect(throws: NumberError.overflow) { try DynamoNumber(text: a).adding(DynamoNumber(text: b)) }
  }

  @Test func sumsBelowTheSmallestUnderflow() throws {
    let a = try DynamoNumber(text: "1.1e-130")
    let b = try DynamoNumber(text: "-1e-130")
    #expect(throws: NumberError.underflow) { try a.adding(b) }
  }

  // MARK: - Order and encoding

  @Test func encodingsCompareAsNumbersDo() throws {
    var random = SeededGenerator(seed: NumberTests.seed)
    let texts = (0..<700).map { _ in random.numberText() } + ["1e125", "-1e125", "1e-130", "-1e-130", "0"]
    let references = texts.map { ReferenceDecimal($0) }
    let numbers = try texts.map { try DynamoNumber(text: $0) }
    for (i, a) in numbers.enumerated() {
      for (j, b) in numbers.enumerated() {
        let order = compareBytes(a.encoded.bytes, b.encoded.bytes)
        try #require((order < 0) == (references[i] < references[j]), "\(texts[i]) < \(texts[j])")
        try #require((order == 0) == (references[i] == references[j]), "\(texts[i]) == \(texts[j])")
        try #require((a == b) == (order == 0))
      }
    }
  }

  /// Integers by dividing, or by their digits: the same bytes.
  @Test func integersAreEncodedAsTheirDigitsAre() throws {
    var generator = SeededGenerator(seed: NumberTests.seed)
    var integers: [UInt64] = [0, 1, 9, 10, 99, 100, 101, 9_900, 10_000, 1_000_000_000, .max]
    for power in 0..<20 { integers.append((0..<power).reduce(1) { product, _ in product * 10 }) }
    for width in 1...64 {
      for _ in 0..<20 {
        integers.append(UInt64.random(in: 0...UInt64.max, using: &generator) >> (64 - UInt64(width)))
      }
    }
    for integer in integers {
      let byDividing = EncodedNumber(integer: integer)
      let byDigits = try DynamoNumber(text: String(integer)).encoded
      let isSame = equalBytes(byDividing.bytes, byDigits.bytes)
      try #require(isSame, "\(integer), seed \(NumberTests.seed)")
    }
  }

  @Test func encodingsDecodeAndNoneIsTheBeginningOfAnother() throws {
    var random = SeededGenerator(seed: NumberTests.seed)
    for _ in 0..<20_000 {
      let number = random.number()
      let encoded = number.encoded
      try #require(encoded.bytes.byteCount <= ModelLimits.numberEncodedBytesMax)
      try #require(try DynamoNumber(validating: encoded.bytes) == number)
      try #require(DynamoNumber(trusting: encoded.bytes) == number)
      for length in 0..<encoded.bytes.byteCount {
        #expect(throws: EncodingFault.self) {
          try DynamoNumber(validating: encoded.bytes.extracting(first: length))
        }
      }
    }
  }

  @Test func pairsBeyondTheLastDigitAreRefused() throws {
    let digits = "1" + String(repeating: "2", count: 37)
    for text in [digits, digits + "0", "1", "10", "123"] {
      var bytes = [UInt8](copying: try DynamoNumber(text: text).encoded.bytes)
      bytes[bytes.count - 1] |= 1
      bytes.append(0)
      #expect(throws: EncodingFault.self) { try DynamoNumber(validating: bytes.span.bytes) }
      bytes[bytes.count - 1] = 1
      bytes.append(0)
      #expect(throws: EncodingFault.self) { try DynamoNumber(validating: bytes.span.bytes) }
    }
  }

  @Test func bytesThatPassAreTheOneEncodingOfTheirNumber() throws {
    var random = SeededGenerator(seed: NumberTests.seed)
    var accepted = 0
    for _ in 0..<100_000 {
      let length =
        random.chance(8) ? Int.random(in: 18...24, using: &random) : Int.random(in: 0...6, using: &random)
      let bytes = (0..<length).map { _ in
        random.chance(2)
          ? UInt8.random(in: 0...255, using: &random) : UInt8.random(in: 0...255, using: &random) & 0xFE
      }
      guard let number = try? DynamoNumber(validating: bytes.span.bytes) else { continue }
      accepted += 1
      try #require([UInt8](copying: number.encoded.bytes) == bytes)
    }
    #expect(accepted > 1_000)
  }

  @Test(
    arguments: [
      ("0", [0x80, 0x00]), ("1", [0xC1, 0x02]), ("-1", [0x3E, 0xFD]), ("10", [0xC1, 0x14]),
      ("100", [0xC2, 0x02]),
      ("345", [0xC2, 0x07, 0x5A]), ("0.5", [0xC0, 0x64]), ("12.34", [0xC1, 0x19, 0x44]),
      ("1e-130", [0x80, 0x02]), ("9e125", [0xFF, 0xB4]), ("-9e125", [0x00, 0x4B]),
    ] as [(String, [UInt8])])
  func encodingIsAsDocumented(text: String, bytes: [UInt8]) throws {
    #expect([UInt8](copying: try DynamoNumber(text: text).encoded.bytes) == bytes)
  }

  // MARK: - Sizes

  /// Measured against the service by items that just fit its limit, and items one byte larger.
  @Test(arguments: [
    ("0", 1), ("1", 2), ("12", 2), ("123", 3), ("1234", 3), ("12345678901234567890123456789012345678", 20),
    ("0042", 2), ("100", 2), ("1010", 3), ("0.0000001", 2), ("1E125", 2), ("1E-100", 2), ("1.5", 3),
    ("15", 2),
    ("1.2", 3), ("1.200", 3), ("1.234", 4), ("3.14159", 5), ("123456", 4), ("100.5", 4), ("0.15", 2),
    ("-42", 3),
    ("-0", 1),
  ])
  func sizesAreTheServices(text: String, sizeBytes: Int) throws {
    #expect(try DynamoNumber(text: text).sizeBytes == sizeBytes)
    let value = try EncodedValue(.number(DynamoNumber(text: text)))
    #expect(value.view.sizeBytes == sizeBytes)
  }

  // MARK: - Conversions

  @Test func integersGoInAndOut() {
    for value in [Int.min, Int.min + 1, -100, -1, 0, 1, 7, 100, Int.max] {
      #expect(DynamoNumber(value).integer(as: Int.self) == value)
      #expect(DynamoNumber(value).description == String(value))
    }
    #expect(DynamoNumber(UInt64.max).integer(as: UInt64.self) == .max)
    #expect(DynamoNumber(UInt64.max).integer(as: Int.self) == nil)
    #expect(DynamoNumber(-1).integer(as: UInt.self) == nil)
    #expect(DynamoNumber(-128).integer(as: Int8.self) == -128)
    #expect(DynamoNumber(128).integer(as: Int8.self) == nil)
    #expect(DynamoNumber(-129).integer(as: Int8.self) == nil)
  }

  @Test func fractionsAreNoIntegers() throws {
    #expect(try DynamoNumber(text: "1.5").integer(as: Int.self) == nil)
    #expect(try DynamoNumber(text: "1e125").integer(as: Int.self) == nil)
  }

  @Test func doublesGoInAndOut() throws {
    for value in [0.1, -2.5, 1e100, 1e-100, 3.141592653589793, 0] {
      #expect(try DynamoNumber(value).double == value)
    }
    #expect(throws: NumberError.malformed) { try DynamoNumber(Double.nan) }
    #expect(throws: NumberError.overflow) { try DynamoNumber(1e300) }
  }
}
