import LSMTree
import Testing

@Suite struct VarintTests {
  @Test func roundTrip() {
    var random = SeededGenerator(seed: 3)
    var numbers: [UInt64] = [0, 1, 127, 128, 16_383, 16_384, .max, .max - 1, 1 << 63]
    for _ in 0..<2000 { numbers.append(random.next() >> UInt64(random.below(64))) }
    var bytes: [UInt8] = []
    for number in numbers {
      let before = bytes.count
      Varint.append(number, to: &bytes)
      #expect(bytes.count - before == Varint.byteCount(number), "\(number)")
    }
    var offset = 0
    for number in numbers { #expect(Varint.read(bytes.span.bytes, at: &offset) == number) }
    #expect(offset == bytes.count)
    #expect(Varint.read(bytes.span.bytes, at: &offset) == nil)
  }

  @Test func refusesWhatIsCutOffOrTooLong() {
    for bytes in [
      [], [0x80], [0xFF, 0xFF], [UInt8](repeating: 0x80, count: 10) + [0],
      [UInt8](repeating: 0xFF, count: 9) + [2],
    ] as [[UInt8]] {
      var offset = 0
      #expect(Varint.read(bytes.span.bytes, at: &offset) == nil, "\(bytes)")
    }
  }
}
