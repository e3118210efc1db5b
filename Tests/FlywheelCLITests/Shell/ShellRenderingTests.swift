import Flywheel
import FlywheelCLI
import Testing

/// How items look on a terminal.
@Suite struct ShellRenderingTests {
  private func drawn(_ items: [[String: AttributeValue]], width: Int? = nil) throws -> String {
    TableDrawing.lines(try items.map { try Item($0) }, width: width).joined(separator: "\n")
  }

  @Test func columnsAreAsWideAsTheirWidestCell() throws {
    #expect(
      try drawn([
        ["Artist": "Nina Simone", "Plays": 7], ["Artist": "Bo", "Live": true],
        ["Artist": "Zeta", "Plays": .number(try DynamoNumber(text: "-1.5"))],
      ]) == """
        Artist       Live  Plays
        -----------  ----  -----
        Nina Simone        7
        Bo           true
        Zeta               -1.5
        """)
  }

  @Test func valuesAreWrittenAsLiterals() throws {
    #expect(
      try drawn([
        [
          "b": .binary([0, 255]), "l": ["x", 1, nil], "m": ["k": ["it's"]], "n": nil,
          "s": .stringSet(["p", "q"]),
          "t": .numberSet([1, 2]),
        ]
      ]) == """
        b        l               m                 n     s             t
        -------  --------------  ----------------  ----  ------------  --------
        x'00ff'  ['x', 1, null]  {'k': ['it''s']}  null  <<'p', 'q'>>  <<1, 2>>
        """)
  }

  @Test func theWidestColumnsGiveWay() throws {
    let text = try drawn([["a": "short", "b": .string(String(repeating: "long ", count: 20))]], width: 30)
    #expect(
      text == """
        a      b
        -----  -----------------------
        short  long long long long lo…
        """)
    #expect(text.split(separator: "\n").allSatisfy { DisplayText.width(String($0)) <= 30 })
    #expect(TableDrawing.fitted([10, 10, 100], to: 60) == [10, 10, 36])
    #expect(TableDrawing.fitted([3, 50, 50], to: 47) == [3, 20, 20])
    #expect(TableDrawing.fitted([50, 50, 50], to: 10) == nil)
  }

  @Test func tooManyColumnsBecomeLines() throws {
    var item: [String: AttributeValue] = [:]
    for number in 0..<10 { item["name\(number)"] = .string("value \(number)") }
    let lines = try drawn([item, ["x": 1]], width: 20).split(separator: "\n")
    #expect(
      lines[0] == "-- 1" && lines[1] == "name0 | value 0" && lines[11] == "-- 2" && lines[12] == "x     | 1")
  }

  @Test func dataDoesNotSteerTheTerminal() throws {
    let text = try drawn([["a": "\u{1B}[2J\u{7}\n\u{202E}x", "\u{1B}]0;b": 1]])
    #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0.value == 0x202E })
    #expect(text.contains("\\u{1b}[2J\\u{7}\\n\\u{202e}x"))
  }

  @Test func jsonDoesNotSteerTheTerminal() {
    #expect(
      DisplayText.printableJSON("{\"a\":\"\u{9B}2J\u{7F}é日\u{202E}x\u{200F}\u{61C}\"}\n")
        == #"{"a":"\u009b2J\u007fé日\u202ex\u200f\u061c"}"# + "\n")
    #expect(DisplayText.printableJSON("\u{1B}\r\n") == #"\u001b\u000d"# + "\n")
    #expect(DisplayText.printableJSON("{\"a\":\"plain\"}") == "{\"a\":\"plain\"}")
  }

  @Test(arguments: [("abc", 3), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("👍", 2), ("", 0), ("ｶﾅ", 2), ("한", 2)])
  func widthsAreTheTerminals(text: String, width: Int) {
    #expect(DisplayText.width(text) == width)
  }

  @Test func cutTextHasItsWidth() {
    for width in 1...12 {
      for text in ["plain text here", "日本語のテキスト", "a日b本c語d", "x"] {
        #expect(DisplayText.width(DisplayText.fitted(text, to: width)) == width, "\(text) in \(width)")
      }
    }
  }

  @Test func itemsWithoutAttributesAreShown() throws {
    #expect(try drawn([[:], [:]]) == "(no attributes)\n(no attributes)")
  }
}
