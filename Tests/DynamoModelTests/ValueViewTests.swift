import DynamoModel
import Testing

@Suite struct ValueViewTests {
  static let seed: UInt64 = 20_261_125

  @Test func pathsReachIntoValuesInPlace() throws {
    let item = try Item([
      "profile": ["name": "Ada", "langs": ["sv", "en"], "age": 36], "tags": .stringSet(["b", "a"]),
    ])
    let profile = try #require(item["profile"])
    #expect(profile.type == .map)
    let view = item.view.attribute(named: "profile")!
    #expect(view.count == 3)
    #expect(view.value(named: "name")!.string == "Ada")
    #expect(view.value(named: "age")!.number == 36)
    #expect(view.value(named: "age")!.type == .number)
    #expect(view.value(named: "langs")!.element(at: 1)!.string == "en")
    let langs = view.value(named: "langs")!
    let tags = item.view.attribute(named: "tags")!
    let missing = [
      langs.element(at: 2) == nil, langs.element(at: -1) == nil, view.value(named: "nam") == nil,
      !tags.contains(element: "c".utf8Span.span.bytes),
    ]
    #expect(!missing.contains(false))
    let hasA = tags.contains(element: "a".utf8Span.span.bytes)
    #expect(hasA)
  }

  @Test func valuesAreEqualAsTheirBytesAre() throws {
    var random = SeededGenerator(seed: ValueViewTests.seed)
    let values = (0..<250).map { _ in random.value(depth: 2) }
    let encoded = try values.map { try EncodedValue($0) }
    for (i, a) in values.enumerated() {
      for (j, b) in values.enumerated() {
        let haveEqualViews = isEqual(encoded[i], encoded[j])
        try #require((a == b) == haveEqualViews, "\(a) == \(b)")
      }
    }
    let shuffled = try EncodedValue(.numberSet([3, 1, 2]))
    #expect(shuffled == (try EncodedValue(.numberSet([1, 2, 3]))))
  }

  @Test func scalarsOfOneTypeAreOrdered() throws {
    var random = SeededGenerator(seed: ValueViewTests.seed)
    for _ in 0..<3_000 {
      let (a, b) = (random.string(upTo: 20), random.string(upTo: 20))
      let strings = try order(.string(a), .string(b))!
      try #require((strings < 0) == a.utf8.lexicographicallyPrecedes(b.utf8))
      let (c, d) = (random.bytes(upTo: 20), random.bytes(upTo: 20))
      let bytes = try order(.binary(c), .binary(d))!
      try #require((bytes < 0) == c.lexicographicallyPrecedes(d))
      let (e, f) = (random.number(), random.number())
      let numbers = try order(.number(e), .number(f))!
      try #require((numbers < 0) == (e < f))
    }
    #expect(try order("1", 1) == nil)
    #expect(try order(true, true) == nil)
  }

  @Test func bytesCompareAsMemcmpDoes() {
    var random = SeededGenerator(seed: ValueViewTests.seed)
    for _ in 0..<20_000 {
      let a = random.bytes(upTo: 40)
      var b = random.chance(2) ? a : random.bytes(upTo: 40)
      if !b.isEmpty, random.chance(2) { b[Int.random(in: 0..<b.count, using: &random)] &+= 1 }
      let order = compareBytes(a.span.bytes, b.span.bytes)
      #expect((order < 0) == a.lexicographicallyPrecedes(b))
      #expect((order == 0) == (a == b))
      let isEqual = equalBytes(a.span.bytes, b.span.bytes)
      #expect(isEqual == (a == b))
    }
  }

  @Test func typesHaveTheirNamesOnTheWire() {
    for type in AttributeType.allCases {
      #expect(AttributeType(descriptor: type.descriptor) == type)
    }
    for name in ["", "s", "SSS", "BOOLS", "X", "NUL"] { #expect(AttributeType(descriptor: name) == nil) }
  }

  @Test func attributeValuesHashAsTheyCompare() throws {
    #expect(AttributeValue.stringSet(["a", "b"]) == .stringSet(["b", "a"]))
    #expect(
      AttributeValue.stringSet(["a", "b"]).hashValue == AttributeValue.stringSet(["b", "a"]).hashValue)
    #expect(AttributeValue.stringSet(["a"]) != .stringSet(["a", "b"]))
    #expect(AttributeValue.string("1") != 1)
    // The same letter to a reader, other bytes to the database.
    #expect(AttributeValue.string("\u{E9}") != .string("e\u{301}"))
    #expect(AttributeValue.stringSet(["\u{E9}"]) != .stringSet(["e\u{301}"]))
  }
}
