import Crypto
import FlywheelEncryption
import Testing

/// The cipher against vectors of others, and against what must not open.
@Suite struct AESGCMCipherTests {
  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)!
    }
  }

  /// Test cases 13 and 14 of the specification that McGrew and Viega submitted to NIST: a key and a nonce of zeros, which is
  /// the nonce of place 0; nothing, and sixteen zeros.
  @Test(arguments: [
    ("", "530f8afbc74536b9a963b4f1c4cb738b"),
    ("00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
  ])
  func knownAnswers(plain: String, sealed: String) {
    let cipher = AESGCMCipher(SymmetricKey(data: [UInt8](repeating: 0, count: 32)))
    var block = Self.bytes(plain) + [UInt8](repeating: 0, count: 16)
    block.withUnsafeMutableBytes { cipher.seal($0, at: 0, context: RawSpan()) }
    #expect(block == Self.bytes(sealed))
    let isOpen = block.withUnsafeMutableBytes { cipher.open($0, at: 0, context: RawSpan()) }
    #expect(isOpen)
    #expect(Array(block.dropLast(16)) == Self.bytes(plain))
  }

  @Test func nothingElseOpens() {
    let cipher = AESGCMCipher(SymmetricKey(size: .bits256))
    let other = AESGCMCipher(SymmetricKey(size: .bits256))
    let plain: [UInt8] = (0..<100).map { $0 }
    let context: [UInt8] = [1, 2, 3]
    var sealed = plain + [UInt8](repeating: 0, count: 16)
    sealed.withUnsafeMutableBytes { cipher.seal($0, at: 4096, context: context.span.bytes) }
    #expect(!sealed[..<100].elementsEqual(plain))
    func opens(_ bytes: [UInt8], _ cipher: AESGCMCipher, _ place: UInt64, _ context: [UInt8]) -> Bool {
      var copy = bytes
      let isOpen = copy.withUnsafeMutableBytes { cipher.open($0, at: place, context: context.span.bytes) }
      #expect(isOpen ? Array(copy[..<100]) == plain : copy == bytes, "what does not open stays as it is")
      return isOpen
    }
    #expect(opens(sealed, cipher, 4096, context))
    #expect(!opens(sealed, cipher, 4097, context))
    #expect(!opens(sealed, cipher, 4096 + 1 << 32, context))
    #expect(!opens(sealed, cipher, 4096, [1, 2, 4]))
    #expect(!opens(sealed, cipher, 4096, []))
    #expect(!opens(sealed, other, 4096, context))
    for index in sealed.indices {
      var bad = sealed
      bad[index] ^= 0x10
      #expect(!opens(bad, cipher, 4096, context), "byte \(index)")
    }
    var short: [UInt8] = [1, 2]
    let isOpen = short.withUnsafeMutableBytes { cipher.open($0, at: 0, context: RawSpan()) }
    #expect(!isOpen)
  }
}
