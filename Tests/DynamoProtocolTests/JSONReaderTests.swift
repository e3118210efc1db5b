import DynamoProtocol
import Testing

/// The grammar: what is JSON is passed whole, what is not is refused.
@Suite struct JSONReaderTests {
  private func isJSON(_ bytes: [UInt8]) -> Bool {
    var reader = JSONReader(bytes.span.bytes)
    do throws(SerializationFault) {
      try reader.skipValue()
      try reader.finish()
      return true
    } catch {
      return false
    }
  }

  private func string(_ text: String) throws -> String {
    try text.withBytes { bytes throws(SerializationFault) in
      var reader = JSONReader(bytes)
      let string = try reader.readString()
      try reader.finish()
      return reader.text(of: string)
    }
  }

  @Test(arguments: [
    "{}", "[]", "null", "true", "false", "0", "-0", "1.5", "-1.25e+10", "1E5", "\"\"", " [ 1 , 2 ] ",
    "[[[]]]",
    "{\"a\":{\"b\":[1,{\"c\":null}]},\"d\":\"e\"}", "\n\t\r {\"a\" : 1}\n", "[{},[],{}]", "\"\\u00e9\\n\\/\"",
  ])
  func accepts(_ text: String) {
    #expect(isJSON(Array(text.utf8)))
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "]", "{]", "[}", "[1,]", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}", "[1 2]",
    "01",
    "-", "1.", ".5", "1e", "+1", "tru", "truex", "nul", "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"",
    "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"a\nb\"", "{} {}", "1 1", "[1]]", "{\"a\":1}}",
    "\u{FEFF}{}", "NaN", "/* */ 1", "[,1]", "{,\"a\":1}", "{\"a\":1 \"b\":2}",
  ])
  func refuses(_ text: String) {
    #expect(!isJSON(Array(text.utf8)))
  }

  @Test func refusesANulByte() {
    #expect(!isJSON([0x31, 0x00]))
    #expect(!isJSON([0x00]))
  }

  @Test func checksUTF8() {
    func quoted(_ bytes: [UInt8]) -> [UInt8] { [0x22] + bytes + [0x22] }
    let valid: [[UInt8]] = [
      [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
      [0xEF, 0xBF, 0xBF],
      [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    ]
    let invalid: [[UInt8]] = [
      [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
      [0xEF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
      [0xF0, 0x9F, 0x98],
    ]
    // At every position within an eight-byte step.
    for padding in 0..<9 {
      let before = [UInt8](repeating: 0x61, count: padding)
      for bytes in valid {
        #expect(isJSON(quoted(before + bytes + [0x62])), "\(bytes) after \(padding)")
      }
      for bytes in invalid {
        #expect(!isJSON(quoted(before + bytes + [0x62])), "\(bytes) after \(padding)")
        #expect(!isJSON(quoted(before + bytes)), "\(bytes) after \(padding), at the end")
      }
    }
  }

  @Test func findsControlCharactersAtEveryPosition() {
    for control in UInt8(0)..<0x20 {
      for position in 0..<17 {
        var bytes = [UInt8](repeating: 0x61, count: 17)
        bytes[position] = control
        #expect(!isJSON([0x22] + bytes + [0x22]))
      }
    }
  }

  @Test func decodesEscapes() throws {
    #expect(try string("\"plain\"") == "plain")
    #expect(try string("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"") == "\"\\/\u{8}\u{C}\n\r\t")
    #expect(try string("\"a\\u0041é\\u00E9z\"") == "aAééz")
    #expect(try string("\"\\ud83d\\ude00!\"") == "😀!")
    #expect(try string("\"\\u0000\"") == "\0")
  }

  @Test func decodesEscapesAtEveryPosition() throws {
    for position in 0..<20 {
      let before = String(repeating: "x", count: position)
      #expect(try string("\"\(before)\\n\(before)é\\\"\"") == "\(before)\n\(before)é\"")
    }
  }

  @Test func keepsNumbersAsText() throws {
    let text = "-12345678901234567890123456789.50e-3"
    try text.withBytes { bytes throws(SerializationFault) in
      var reader = JSONReader(bytes)
      let number = try reader.readNumber()
      #expect(reader.text(of: number) == text)
      #expect(number.isDecimal)
    }
  }

  @Test(arguments: [
    ("0", 0), ("-7", -7), ("9223372036854775807", Int.max), ("9223372036854775808", Int.max),
    ("-9223372036854775809", Int.min), ("1.9", 1), ("-1.9", -1), ("1e3", 1000), ("1e400", Int.max),
    ("-1e99", Int.min),
  ])
  func readsIntegers(_ text: String, _ value: Int) throws {
    try text.withBytes { bytes throws(SerializationFault) in
      var reader = JSONReader(bytes)
      #expect(reader.integer(try reader.readNumber()) == value)
    }
  }

  /// Nesting costs a bit a level: a hundred thousand levels neither exhaust the stack nor the memory.
  @Test func skipsDeepNesting() {
    let levels = 100_001
    let opening = [UInt8](repeating: 0x5B, count: levels)
    let isClosedArray = isJSON(opening + [UInt8](repeating: 0x5D, count: levels))
    #expect(isClosedArray)
    let isOpenArray = isJSON(opening)
    #expect(!isOpenArray)

    var mixed: [UInt8] = []
    var closing: [UInt8] = []
    for level in 0..<levels {
      mixed += Array((level % 3 == 0 ? "{\"a\":" : "[").utf8)
      closing.append(level % 3 == 0 ? 0x7D : 0x5D)
    }
    let isClosedInOrder = isJSON(mixed + [0x31] + closing.reversed())
    #expect(isClosedInOrder)
    let isClosedInDisorder = isJSON(mixed + [0x31] + closing)
    #expect(!isClosedInDisorder)
  }
}
