import DynamoProtocol
import Testing

@Suite struct Base64Tests {
  private func decoded(_ text: String) throws(SerializationFault) -> [UInt8] {
    var bytes: [UInt8] = []
    try text.withBytes { span throws(SerializationFault) in try Base64.decode(span, into: &bytes) }
    return bytes
  }

  private func encoded(_ bytes: [UInt8]) -> String {
    var json = JSONWriter(capacityBytes: 0)
    json.base64(bytes.span.bytes)
    return String(decoding: json.finish().dropFirst().dropLast(), as: UTF8.self)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func agreesWithTheStandard(_ plain: String, _ text: String) throws {
    #expect(encoded(Array(plain.utf8)) == text)
    #expect(try decoded(text) == Array(plain.utf8))
  }

  @Test func comesBack() throws {
    var generator = SeededGenerator(seed: 7)
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(try decoded(encoded(bytes)) == bytes)
    }
  }

  @Test(arguments: [
    ("23456", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
    ("=+/=", "Invalid last non-pad Base64 character dectected"),
    ("+/+=", "Invalid last non-pad Base64 character dectected"),
    ("====", "Invalid last non-pad Base64 character dectected"),
    ("Zh==", "Invalid last non-pad Base64 character dectected"),
    ("Zg==Zg==", "Invalid last non-pad Base64 character dectected"),
    ("Zm9*", "Invalid Base64 character: '*'"), ("Zm9-", "Invalid Base64 character: '-'"),
    ("Z m9", "Invalid Base64 character: ' '"),
  ])
  func refuses(_ text: String, _ message: String) {
    #expect(throws: SerializationFault(message)) { try decoded(text) }
  }
}
