import DynamoModel
import Testing

@Suite struct ByteTextTests {
  /// Pairs that Swift's strings take for the same.
  static let twins = [
    ("caf\u{e9}", "cafe\u{301}"), ("K", "\u{212a}"), ("\u{c5}", "\u{212b}"), ("\u{37e}", ";"),
  ]

  @Test(arguments: twins)
  func twinsAreTwo(one: String, other: String) throws {
    #expect(one == other)
    #expect(!one.isSame(as: other))
    #expect(one.isSame(as: String(decoding: Array(one.utf8), as: UTF8.self)))
    #expect(Set([ByteText(one), ByteText(other), ByteText(one)]).count == 2)
    #expect([other].hasSame(other))
    #expect(![other].hasSame(one))
    #expect(AttributeValue.map([one: 1]) != AttributeValue.map([other: 1]))
    #expect(AttributeValue.map([one: 1]) == AttributeValue.map([one: 1]))
  }

  @Test func textsOfALengthAreComparedWhole() {
    for length in 0..<40 {
      let text = String(repeating: "a", count: length)
      #expect(text.isSame(as: String(repeating: "a", count: length)))
      #expect(!text.isSame(as: text + "b"))
      #expect(length == 0 || !text.isSame(as: text.dropLast() + "b"))
    }
  }
}
