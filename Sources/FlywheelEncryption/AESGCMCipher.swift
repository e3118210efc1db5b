package import Crypto
import LSMTree

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// AES-256-GCM (NIST SP 800-38D) with a nonce that is the block's place: four zero bytes, then the place as a 64-bit
/// big-endian number.
///
/// A nonce may never serve twice under one key. A key is for one file and the engine seals once at each place of it, so
/// no nonce need be stored, and a block that was moved does not open.
package final class AESGCMCipher: BlockCipher {
  package static let tagBytes = 16
  package let overheadBytes = AESGCMCipher.tagBytes
  private let key: SymmetricKey

  package init(_ key: SymmetricKey) {
    self.key = key
  }

  package func seal(_ block: UnsafeMutableRawBufferPointer, at place: UInt64, context: RawSpan) {
    let plain = UnsafeRawBufferPointer(rebasing: block.dropLast(Self.tagBytes))
    let box = context.withUnsafeBytes { context in
      try? AES.GCM.seal(plain, using: key, nonce: Self.nonce(place), authenticating: context)
    }
    guard let sealed = box?.combined?.dropFirst(Self.nonceBytes), sealed.count == block.count else {
      preconditionFailure("a key of 32 bytes and a nonce of 12 seal whatever there is")
    }
    sealed.withUnsafeBytes { block.copyMemory(from: $0) }
  }

  package func open(_ block: UnsafeMutableRawBufferPointer, at place: UInt64, context: RawSpan) -> Bool {
    guard block.count >= Self.tagBytes else { return false }
    let sealed = UnsafeRawBufferPointer(rebasing: block.dropLast(Self.tagBytes))
    let tag = UnsafeRawBufferPointer(rebasing: block.suffix(Self.tagBytes))
    let opened = context.withUnsafeBytes { context -> Data? in
      guard let box = try? AES.GCM.SealedBox(nonce: Self.nonce(place), ciphertext: sealed, tag: tag) else {
        return nil
      }
      return try? AES.GCM.open(box, using: key, authenticating: context)
    }
    guard let opened else { return false }
    opened.withUnsafeBytes { block.copyMemory(from: $0) }
    return true
  }

  private static let nonceBytes = 12

  package static func nonce(_ place: UInt64) -> AES.GCM.Nonce {
    let words = (
      UInt32(0), UInt32(truncatingIfNeeded: place >> 32).bigEndian,
      UInt32(truncatingIfNeeded: place).bigEndian
    )
    return withUnsafeBytes(of: words) { bytes in
      guard let nonce = try? AES.GCM.Nonce(data: bytes) else {
        preconditionFailure("twelve bytes are a nonce")
      }
      return nonce
    }
  }
}
