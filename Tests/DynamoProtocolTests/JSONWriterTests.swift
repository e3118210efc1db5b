import DynamoProtocol
import Testing

@Suite struct JSONWriterTests {
  private func written(_ write: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter(capacityBytes: 16)
    write(&json)
    return String(decoding: json.finish(), as: UTF8.self)
  }

  @Test func putsCommas() {
    let text = written { json in
      json.beginObject()
      json.name("a")
      json.beginArray()
      json.integer(1)
      json.integer(-20)
      json.beginObject()
      json.endObject()
      json.endArray()
      json.name("b")
      json.bool(true)
      json.name("c")
      json.beginObject()
      json.endObject()
      json.endObject()
    }
    #expect(text == #"{"a":[1,-20,{}],"b":true,"c":{}}"#)
  }

  @Test func escapesWhatMustBe() {
    #expect(written { $0.string("a\"b\\c/d") } == #""a\"b\\c/d""#)
    #expect(
      written { $0.string("\u{8}\t\n\u{C}\r\u{0}\u{1F}\u{7F}é😀") }
        == "\"\\b\\t\\n\\f\\r\\u0000\\u001F\u{7F}é😀\"")
  }

  /// Long runs are copied sixteen bytes a step, so the escape may stand anywhere in a step.
  @Test func escapesAtEveryPosition() {
    for before in 0..<36 {
      for after in 0..<10 {
        let a = String(repeating: "x", count: before)
        let b = String(repeating: "é", count: after)
        #expect(written { $0.string("\(a)\n\(b)\"\(a)") } == "\"\(a)\\n\(b)\\\"\(a)\"")
      }
    }
  }

  /// Every character that has an escape, at every place of texts of every length around a step's.
  @Test func escapesEveryCharacterThatHasOne() {
    let escaped: [(String, String)] =
      [("\"", "\\\""), ("\\", "\\\\"), ("\n", "\\n"), ("\u{1F}", "\\u001F")]
    for length in 1..<40 {
      for place in 0..<length {
        let before = String(repeating: "a", count: place)
        let behind = String(repeating: "z", count: length - place - 1)
        for (character, escape) in escaped {
          #expect(written { $0.string(before + character + behind) } == "\"\(before)\(escape)\(behind)\"")
        }
        let plain = before + "\u{7F}" + behind
        #expect(written { $0.string(plain) } == "\"\(plain)\"")
      }
    }
  }

  @Test(arguments: [
    (0.0, "0.0"), (1.0, "1.0"), (0.5, "0.5"), (12.25, "12.25"), (100.0, "100.0"), (1_234_567.5, "1234567.5"),
    (10_000_000, "1.0E7"), (1_363_728_080.007, "1.363728080007E9"), (0.001, "0.001"), (0.0001, "1.0E-4"),
    (-2.5, "-2.5"), (1e100, "1.0E100"), (123_456_789_012, "1.23456789012E11"),
  ])
  func printsDoublesAsJavaDoes(_ value: Double, _ text: String) {
    #expect(written { $0.double(value) } == text)
  }

  @Test func printsExtremeIntegers() {
    #expect(written { $0.integer(Int.min) } == "-9223372036854775808")
    #expect(written { $0.integer(Int.max) } == "9223372036854775807")
    #expect(written { $0.integer(0) } == "0")
  }
}
