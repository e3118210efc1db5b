internal import CPlatform

/// The CRC-32 of zlib and Ethernet (polynomial 04C11DB7, reflected), which every response carries in
/// `x-amz-crc32` and which SDKs check.
///
/// Sixteen bytes a step by the processor's carry-less multiplication (`platform_fold_crc32`), which a page of items needs: over tables it
/// took a third of the time of writing the page. What is left, and all of it elsewhere, goes eight bytes a step over eight tables
/// ("slicing by 8"). The processor's CRC instruction, on x86, computes another polynomial.
package enum CRC32 {
  /// The checksum of `bytes`.
  package static func checksum(_ bytes: RawSpan) -> UInt32 {
    let folded = isFolding && bytes.byteCount >= 64 ? bytes.byteCount & ~15 : 0
    var state: UInt32 = 0xFFFF_FFFF
    if folded > 0 {
      state = bytes.withUnsafeBytes { platform_fold_crc32(state, $0.baseAddress, folded) }
    }
    return ~advance(state, over: bytes.extracting(folded..<bytes.byteCount))
  }

  /// The checksum from the tables alone, so that a test can hold one against the other.
  package static func checksumByTables(_ bytes: RawSpan) -> UInt32 {
    ~advance(0xFFFF_FFFF, over: bytes)
  }

  /// Whether the processor folds; where it does not, the tables do all of it.
  package static let isFolding = platform_folds_crc32() != 0

  private static func advance(_ state: UInt32, over bytes: RawSpan) -> UInt32 {
    tables.span.withUnsafeBufferPointer { tables in
      var crc = state
      var offset = 0
      let end = bytes.byteCount
      while offset + 8 <= end {
        let word = bytes.word(offset)
        let low = crc ^ UInt32(truncatingIfNeeded: word)
        let high = UInt32(truncatingIfNeeded: word >> 32)
        crc =
          tables[0x700 + Int(low & 0xFF)] ^ tables[0x600 + Int(low >> 8 & 0xFF)]
          ^ tables[0x500 + Int(low >> 16 & 0xFF)] ^ tables[0x400 + Int(low >> 24)]
          ^ tables[0x300 + Int(high & 0xFF)] ^ tables[0x200 + Int(high >> 8 & 0xFF)]
          ^ tables[0x100 + Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
        offset += 8
      }
      while offset < end {
        crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes.byte(offset))) & 0xFF)]
        offset += 1
      }
      return crc
    }
  }

  /// Table k holds, for each byte, its remainder when k zero bytes follow it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var remainder = UInt32(byte)
      for _ in 0..<8 {
        remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1
      }
      tables[byte] = remainder
    }
    for index in 256..<8 * 256 {
      let previous = tables[index - 256]
      tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()
}
