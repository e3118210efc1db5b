import DynamoModel
import Testing

@Suite struct CheckTests {
  static let seed: UInt64 = 20_261_126

  @Test func anyBytesAreRefusedOrTheOneEncodingOfTheirContent() throws {
    var random = SeededGenerator(seed: CheckTests.seed)
    var accepted = 0
    for _ in 0..<4_000 {
      var bytes = try Item(random.attributes(upTo: 6, depth: 3)).bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where !bytes.isEmpty:
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        case 1 where !bytes.isEmpty: bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random))
        case 2:
          bytes.insert(
            .random(in: 0...255, using: &random), at: Int.random(in: 0...bytes.count, using: &random))
        default: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        }
      }
      guard let item = try? Item(validating: bytes) else { continue }
      accepted += 1
      // Through the values of an app names may merge that Unicode holds equal; through the encoding they
      // don't.
      var builder = ItemBuilder()
      try builder.beginItem()
      var cursor = item.view.attributes
      while cursor.next() {
        try builder.name(cursor.name)
        try builder.value(EncodedValue(AttributeValue(cursor.value)))
      }
      try #require(try builder.finishItem().bytes.count == bytes.count, "seed \(CheckTests.seed)")
    }
    #expect(accepted > 100)
  }

  @Test func randomBytesNeverCrash() {
    var random = SeededGenerator(seed: CheckTests.seed)
    for _ in 0..<100_000 {
      var bytes = random.bytes(upTo: 24)
      if !bytes.isEmpty, random.chance(2) { bytes[0] = UInt8.random(in: 1...11, using: &random) }
      if let value = try? EncodedValue(validating: bytes) {
        #expect(AttributeValue(value).type == value.type)
      }
      _ = try? Item(validating: bytes)
    }
  }

  @Test(
    arguments: [
      ([], .truncated), ([2, 0, 0], .unsupportedVersion(2)), ([1, 0, 0, 0], .trailingBytes),
      ([1, 5, 0], .wrongSize),
      ([1, 0, 1], .truncated), ([1, 2, 1, 1, 0x61, 99], .unknownTag(99)), ([1, 0x80, 0, 0], .badLength),
      ([1, 4, 2, 1, 0x62, 1, 1, 0x61, 1], .notCanonical), ([1, 4, 2, 1, 0x61, 1, 1, 0x61, 1], .notCanonical),
      ([1, 2, 1, 1, 0xFF, 1], .invalidUTF8), ([1, 3, 1, 1, 0x61, 5, 1, 0xC0], .invalidUTF8),
      ([1, 4, 1, 1, 0x61, 7, 3, 1, 1, 1], .badLength), ([1, 1, 1, 1, 0x61, 9, 1, 0], .notCanonical),
    ] as [([UInt8], EncodingFault.Reason)])
  func faultsAreNamed(bytes: [UInt8], reason: EncodingFault.Reason) {
    let fault = #expect(throws: EncodingFault.self) { try Item(validating: bytes) }
    #expect(fault?.reason == reason)
  }

  @Test func nestingIsBounded() {
    // A list in a list in a list, far deeper than allowed; lengths of one byte end at 127.
    var bytes: [UInt8] = [1]
    for level in 0..<40 {
      bytes.insert(contentsOf: [7, UInt8(1 + bytes.count), 1], at: 0)
      let fault = Result { () throws(EncodingFault) in try EncodedValue(validating: bytes) }
      if level < 31 {
        #expect((try? fault.get()) != nil)
      } else if case .failure(let error) = fault {
        #expect(error.reason == .nestingTooDeep)
      } else {
        Issue.record("\(level + 1) lists passed")
      }
    }
  }

  @Test func itemIsLaidOutAsDocumented() throws {
    let item = try Item([
      "id": "a1", "n": 345, "ok": true, "l": [nil, "x"], "s": .stringSet(["b", "a"]),
      "m": ["k": .binary([0xFF])],
    ])
    #expect(
      item.bytes == [
        1,  // version
        29,  // size: id 2+2, l 1+(3+2+1+1), m 1+(3+1+1+1), n 1+3, ok 2+1, s 1+2
        6,  // attributes
        2, 0x69, 0x64, 5, 2, 0x61, 0x31,  // id: S "a1"
        1, 0x6C, 7, 5, 2, 1, 5, 1, 0x78,  // l: L of 5 bytes, 2 elements: NULL, S "x"
        1, 0x6D, 8, 6, 1, 1, 0x6B, 6, 1, 0xFF,  // m: M of 6 bytes, 1 entry: k: B FF
        1, 0x6E, 4, 3, 0xC2, 0x07, 0x5A,  // n: N 345
        2, 0x6F, 0x6B, 3,  // ok: true
        1, 0x73, 9, 5, 2, 1, 0x61, 1, 0x62,  // s: SS of 5 bytes, 2 elements
      ])
  }
}
