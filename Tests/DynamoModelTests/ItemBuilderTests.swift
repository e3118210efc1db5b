import DynamoModel
import Testing

@Suite struct ItemBuilderTests {
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
    try builder.binary([1, 2, 3].span.bytes)
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
}
