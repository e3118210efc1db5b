import DynamoModel
import DynamoProtocol
import Flywheel
import Testing

/// An item that is written and read again is the same item, byte for byte.
@Suite struct ItemRoundTripTests {
  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func randomItemsComeBack(seed: UInt64) throws {
    var random = RandomItems(seed: seed)
    for count in 0..<500 {
      let item = try random.item()
      let json = ItemJSON.json(item.view)
      let read = try ItemJSON.item(json.span.bytes)
      #expect(
        read.bytes == item.bytes, "seed \(seed), item \(count): \(String(decoding: json, as: UTF8.self))")
    }
  }
}
