import DynamoModel
import Testing

@Suite struct ItemBuilderTests {
  static let seed: UInt64 = 20_261_124

  @Test func attributesComeBackWhateverTheirOrder() throws {
    var builder = ItemBuilder()
    try builder.beginItem()
    try builder.name("score")
    try builder.number(text: "12.50")
    try builder.name("id")
    try builder.string("a1")
    try builder.name("tags")
    try builder.beginSet(of: .stringSet)
    try builder.string("y")
    try builder.string("x")
    try builder.endSet()
    try builder.name("deep")
    try builder.beginMap()
    try builder.name("z")
    try builder.beginList()
    try builder.bool(true)
    try builder.null()
    try builder.endList()
    try builder.name("a")
    try builder.binary([1, 2, 3])
    try builder.endMap()
    let item = try builder.finishItem()
    #expect(
      item.attributes == [
        "id": "a1", "score": .number(try DynamoNumber(text: "12.5")), "tags": .stringSet(["x", "y"]),
        "deep": ["a": .binary([1, 2, 3]), "z": [true, nil]],
      ])
    #expect(item["id"] == "a1")
    #expect(item["absent"] == nil)
    #expect(item.count == 4)
    _ = try Item(validating: item.bytes)
  }

  @Test func randomItemsComeBackAndPassTheCheck() throws {
    var random = SeededGenerator(seed: ItemBuilderTests.seed)
    for _ in 0..<1_500 {
      let attributes = random.attributes(upTo: 30)
      let item = try Item(attributes)
      try #require(item.attributes == attributes, "seed \(ItemBuilderTests.seed)")
      try #require(try Item(validating: item.bytes) == item)
      for (name, value) in attributes {
        try #require(item[name] == value)
        let view = item.view.attribute(named: name)!
        try #require(view.sizeBytes == referenceSize(of: value))
        try #require(AttributeValue(try EncodedValue(validating: EncodedValue(view).bytes)) == value)
      }
      try #require(
        item.sizeBytes == attributes.reduce(0) { $0 + $1.key.utf8.count + referenceSize(of: $1.value) })
    }
  }

  /// The service's rules, written down once more and independently of the encoding.
  private func referenceSize(of value: AttributeValue) -> Int {
    switch value {
    case .string(let value): value.utf8.count
    case .binary(let value): value.count
    case .number(let value): referenceSize(of: value)
    case .bool, .null: 1
    case .list(let values): values.reduce(3) { $0 + 1 + referenceSize(of: $1) }
    case .map(let values): values.reduce(3) { $0 + 1 + $1.key.utf8.count + referenceSize(of: $1.value) }
    case .stringSet(let values): values.reduce(0) { $0 + $1.utf8.count }
    case .numberSet(let values): values.reduce(0) { $0 + referenceSize(of: $1) }
    case .binarySet(let values): values.reduce(0) { $0 + $1.count }
    }
  }

  /// Pairs of digits counted off the text.
  private func referenceSize(of number: DynamoNumber) -> Int {
    let text = number.description
    if text == "0" { return 1 }
    let parts = text.drop { $0 == "-" }.split(separator: ".")
    var whole = String(parts[0])
    var fraction = parts.count > 1 ? String(parts[1]) : ""
    if whole.count % 2 == 1 { whole = "0" + whole }
    if fraction.count % 2 == 1 { fraction += "0" }
    var pairs = Array(whole + fraction)
    while pairs.starts(with: ["0", "0"]) { pairs.removeFirst(2) }
    while pairs.suffix(2) == ["0", "0"] { pairs.removeLast(2) }
    return 1 + pairs.count / 2 + (text.hasPrefix("-") ? 1 : 0)
  }

  @Test func orderOfWritingDoesNotMatter() throws {
    var random = SeededGenerator(seed: ItemBuilderTests.seed)
    var builder = ItemBuilder(capacityBytes: 64)
    for _ in 0..<400 {
      let attributes = random.attributes(upTo: 60, depth: 2)
      let expected = try Item(attributes)
      try builder.beginItem()
      for (name, value) in attributes.shuffled(using: &random) {
        try builder.name(name)
        try builder.value(EncodedValue(value))
      }
      try #require(try builder.finishItem() == expected, "seed \(ItemBuilderTests.seed)")
    }
  }

  @Test func ofANameGivenTwiceTheLastValueStays() throws {
    var builder = ItemBuilder()
    try builder.beginItem()
    for (name, value) in [("b", "1"), ("a", "long value"), ("b", "22"), ("a", "3"), ("c", "4"), ("b", "555")]
    {
      try builder.name(name)
      try builder.string(value)
    }
    let item = try builder.finishItem()
    #expect(item == (try Item(["a": "3", "b": "555", "c": "4"])))
    #expect(item.sizeBytes == 3 + 1 + 3 + 1)

    try builder.beginItem()
    try builder.name("m")
    try builder.beginMap()
    for value in ["1", "22"] {
      try builder.name("x")
      try builder.string(value)
    }
    try builder.endMap()
    #expect(try builder.finishItem() == (try Item(["m": ["x": "22"]])))
  }

  @Test func piecesMakeTheSameAsWholes() throws {
    var random = SeededGenerator(seed: ItemBuilderTests.seed)
    var builder = ItemBuilder()
    for _ in 0..<300 {
      let name = random.bytes(upTo: 300).map { $0 & 0x7F }
      let text = random.bytes(upTo: 20_000).map { $0 & 0x7F }
      let element = random.bytes(upTo: 200)
      try builder.beginItem()
      builder.beginName()
      for byte in name { builder.append(byte) }
      try builder.endName()
      try builder.beginList()
      try builder.beginBytes(.string)
      var start = 0
      while start < text.count {
        let end = min(text.count, start + Int.random(in: 1...700, using: &random))
        builder.append(text.span.bytes.extracting(start..<end))
        start = end
      }
      #expect(builder.pieceByteCount == text.count)
      try builder.endBytes()
      try builder.beginSet(of: .binarySet)
      try builder.beginBytes(.binary)
      builder.append(element.span.bytes)
      try builder.endBytes()
      try builder.endSet()
      try builder.endList()
      let item = try builder.finishItem()
      let expected: AttributeValue = .list([
        .string(String(decoding: text, as: UTF8.self)), .binarySet([element]),
      ])
      try #require(item == (try Item([String(decoding: name, as: UTF8.self): expected])))
    }
  }

  // MARK: - What input can get wrong

  @Test func setsRefuseDuplicates() throws {
    #expect(throws: ItemError.duplicateSetElement(.stringSet, elements: "[a, b, a]")) {
      try EncodedValue(.stringSet(["a", "b", "a"]))
    }
    let one = try DynamoNumber(text: "1.0")
    #expect(throws: ItemError.duplicateSetElement(.numberSet, elements: "")) {
      try EncodedValue(.numberSet([one, 2, 1]))
    }
    #expect(throws: ItemError.duplicateSetElement(.binarySet, elements: "")) {
      try EncodedValue(.binarySet([[1], [1]]))
    }
  }

  @Test func setsRefuseToBeEmpty() throws {
    #expect(throws: ItemError.emptySet(.stringSet)) { try EncodedValue(.stringSet([])) }
    #expect(throws: ItemError.emptySet(.numberSet)) { try EncodedValue(.numberSet([])) }
    #expect(throws: ItemError.emptySet(.binarySet)) { try EncodedValue(.binarySet([])) }
  }

  @Test func numbersCarryTheTextTheyCameFrom() throws {
    var builder = ItemBuilder()
    #expect(throws: ItemError.number(.malformed, text: "12x")) { try builder.number(text: "12x") }
    builder.reset()
    #expect(throws: ItemError.number(.overflow, text: "1e126")) { try builder.number(text: "1e126") }
  }

  /// A scalar inside 31 maps or lists is the deepest.
  @Test func nestingEndsAtLevel32() throws {
    func nested(_ levels: Int, around leaf: AttributeValue) -> AttributeValue {
      (0..<levels).reduce(leaf) { value, level in level % 2 == 0 ? .map(["n": value]) : .list([value]) }
    }
    let deepest = nested(31, around: "leaf")
    let item = try Item(["a": deepest])
    #expect(item["a"] == deepest)
    #expect(item.view.attribute(named: "a")!.nestingLevels == 32)
    _ = try Item(validating: item.bytes)
    _ = try Item(["a": nested(31, around: .map([:])), "b": nested(31, around: .stringSet(["x"]))])
    #expect(throws: ItemError.nestingTooDeep) { try Item(["a": nested(32, around: "leaf")]) }
    #expect(throws: ItemError.nestingTooDeep) { try Item(["a": nested(32, around: .list([]))]) }
    #expect(throws: ItemError.nestingTooDeep) { try Item(["a": nested(5_000, around: "leaf")]) }

    var builder = ItemBuilder()
    try builder.beginList()
    #expect(throws: ItemError.nestingTooDeep) { try builder.value(EncodedValue(deepest)) }
  }

  @Test func namesEndAtTheirLimit() throws {
    _ = try Item([String(repeating: "n", count: ModelLimits.nameBytesMax): true])
    #expect(throws: ItemError.nameTooLong(bytes: ModelLimits.nameBytesMax + 1)) {
      try Item([String(repeating: "n", count: ModelLimits.nameBytesMax + 1): true])
    }
  }

  @Test func aBuilderIsUsableAgainAfterAReset() throws {
    var builder = ItemBuilder()
    try builder.beginItem()
    try builder.name("a")
    try builder.beginList()
    try builder.beginSet(of: .numberSet)
    try builder.number(1)
    try builder.number(1)
    #expect(throws: ItemError.self) { try builder.endSet() }
    builder.reset()
    try builder.beginItem()
    try builder.name("x")
    try builder.bool(true)
    #expect(try builder.finishItem() == (try Item(["x": true])))
  }

  @Test func manyEntriesAreSortedToo() throws {
    var random = SeededGenerator(seed: ItemBuilderTests.seed)
    var builder = ItemBuilder()
    let names = (0..<5_000).map { "attribute-with-a-common-beginning-\($0)" }.shuffled(using: &random)
    try builder.beginItem()
    for name in names {
      try builder.name(name)
      try builder.string(name)
    }
    let item = try builder.finishItem()
    _ = try Item(validating: item.bytes)
    #expect(item.count == 5_000)
    #expect(item["attribute-with-a-common-beginning-4999"] == "attribute-with-a-common-beginning-4999")
    #expect(item.sizeBytes == names.reduce(0) { $0 + 2 * $1.utf8.count })
  }
}
