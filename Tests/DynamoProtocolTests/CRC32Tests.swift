import DynamoProtocol
import Testing

@Suite struct CRC32Tests {
  private func checksum(_ text: String) -> UInt32 {
    text.withBytes { CRC32.checksum($0) }
  }

  @Test func agreesWithKnownValues() {
    #expect(checksum("") == 0)
    #expect(checksum("123456789") == 0xCBF4_3926)
    #expect(checksum("The quick brown fox jumps over the lazy dog") == 0x414F_A339)
    // Bodies whose checksums the service is known to have sent.
    #expect(checksum(#"{"__type":"com.amazon.coral.service#SerializationException"}"#) == 3_948_637_019)
    #expect(checksum(#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#) == 1_368_724_161)
  }

  /// Eight bytes a step give what one byte a step gives.
  @Test func agreesWithTheDefinition() {
    var generator = SeededGenerator(seed: 11)
    for length in 0..<100 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var crc: UInt32 = 0xFFFF_FFFF
      for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      }
      #expect(CRC32.checksum(bytes.span.bytes) == ~crc)
      #expect(CRC32.checksumByTables(bytes.span.bytes) == ~crc)
    }
  }

  /// What the processor folds, in all the ways in which lengths can end, is what the tables give.
  @Test(.enabled(if: CRC32.isFolding, "This processor folds nothing: both sides would be the tables."))
  func foldingAgreesWithTheTables() {
    var generator = SeededGenerator(seed: 12)
    let bytes = (0..<70_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for length in Array(60..<300) + [1_023, 1_024, 1_025, 4_096, 65_535, 70_000] {
      let start = Int.random(in: 0...(bytes.count - length), using: &generator)
      let part = Array(bytes[start..<start + length])
      #expect(
        CRC32.checksum(part.span.bytes) == CRC32.checksumByTables(part.span.bytes), "\(length) bytes")
    }
  }
}
