import CPlatform
import Testing

@Suite struct ChecksumTests {
  /// The check value of the CRC-32C polynomial, and test vectors of RFC 3720 (B.4).
  @Test func knownChecksums() {
    let vectors: [([UInt8], UInt32)] = [
      (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E), ([], 0),
    ]
    for (bytes, checksum) in vectors {
      #expect(bytes.withUnsafeBytes { platform_crc32c(0, $0.baseAddress, $0.count) } == checksum)
      #expect(bytes.withUnsafeBytes { platform_crc32c_portable(0, $0.baseAddress, $0.count) } == checksum)
    }
  }

  @Test func hardwareAndTableAgreeAndPartsAddUp() {
    var generator = SeededGenerator(seed: 41)
    for round in 0..<400 {
      // Short ones, and such as are long enough for several lanes.
      let bytes = generator.bytes(generator.below(round % 4 == 0 ? 7_000 : 700))
      let cut = generator.below(bytes.count + 1)
      bytes.withUnsafeBytes { bytes in
        let whole = platform_crc32c(0, bytes.baseAddress, bytes.count)
        #expect(whole == platform_crc32c_portable(0, bytes.baseAddress, bytes.count))
        let front = platform_crc32c(0, bytes.baseAddress, cut)
        guard let base = bytes.baseAddress else { return }
        #expect(platform_crc32c(front, base + cut, bytes.count - cut) == whole)
      }
    }
  }

  /// Counts that would be read beyond the end, or not to it, end the process instead of giving a sum that is none.
  @Test(arguments: [0, 48, 72, 100])
  func whatCannotBeFoldedTraps(count: Int) async {
    await #expect(processExitsWith: .failure) { [count] in
      let bytes = [UInt8](repeating: 0, count: 128)
      _ = bytes.withUnsafeBytes { platform_fold_crc32(0, $0.baseAddress, count) }
    }
  }
}
