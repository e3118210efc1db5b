/// Which keys a table surely does not hold.
///
/// A blocked Bloom filter: a key's hash chooses one line of 64 bytes and then `probeCount` bits within it, so that a
/// question costs one cache miss however many bits it looks at. At ten bits a key about one absent key in a hundred
/// gets through, against 0.8 for a filter that spreads its bits over all lines and misses the cache for each.
/// User keys, whole, so that all versions of a key share its bits; and, where `filterPrefixBytes` asks for it, what they
/// begin with, as if it were a key.
package struct BloomFilter: ~Copyable {
  private let lines: UnsafeRawPointer
  private let lineCount: UInt64
  private let probeCount: Int

  static let lineBytes = 64
  /// Before the lines in the file: probes a key.
  static let headerBytes = 4

  /// A filter from its stored form, which `isWellFormed` was asked about; from nil, one that keeps nothing out.
  init(_ stored: [UInt8]?) {
    guard let stored else {
      probeCount = 0
      lineCount = 0
      lines = UnsafeRawPointer(
        UnsafeMutableRawPointer.allocate(byteCount: Self.lineBytes, alignment: Self.lineBytes))
      return
    }
    precondition(Self.isWellFormed(stored))
    let bytes = stored.count - Self.headerBytes
    probeCount = Int(stored[0])
    lineCount = UInt64(bytes / Self.lineBytes)
    let lines = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.lineBytes)
    stored.withUnsafeBytes { lines.copyMemory(from: $0.baseAddress! + Self.headerBytes, byteCount: bytes) }
    self.lines = UnsafeRawPointer(lines)
  }

  static func isWellFormed(_ stored: [UInt8]) -> Bool {
    let bytes = stored.count - headerBytes
    return bytes >= lineBytes && bytes % lineBytes == 0 && (1...probesMax).contains(Int(stored[0]))
      && stored[1..<headerBytes].allSatisfy { $0 == 0 }
  }

  deinit {
    lines.deallocate()
  }

  var memoryBytes: Int { Int(lineCount) * Self.lineBytes }

  static let probesMax = 24

  /// False when no key with this hash was added; true when one may have been.
  @inline(__always)
  package func mayContain(_ hash: UInt64) -> Bool {
    let line = lines + Self.lineOffset(hash, lineCount)
    var bits = Self.bits(hash)
    var probe = 0
    while probe < probeCount {
      let bit = bits &>> 23
      if line.load(fromByteOffset: Int(bit &>> 3), as: UInt8.self) & (1 &<< UInt8(bit & 7)) == 0 {
        return false
      }
      bits = bits &* Self.step
      probe &+= 1
    }
    return true
  }

  /// The upper half of the hash chooses the line.
  @inline(__always)
  fileprivate static func lineOffset(_ hash: UInt64, _ lineCount: UInt64) -> Int {
    Int(((hash &>> 32) &* lineCount) &>> 32) &* lineBytes
  }

  /// The lower half chooses the bits: nine at a time from the top, stirred by a multiplication in between.
  @inline(__always)
  fileprivate static func bits(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) }

  fileprivate static let step: UInt32 = 0x9E37_79B1
}

// Written once, in the initialiser; read by any number of threads after that.
extension BloomFilter: @unchecked Sendable {}

/// Collects the hashes of a table's keys; the filter's size is known only when the last one is in.
struct BloomFilterBuilder {
  private let bitsPerKey: Int
  private var hashes: [UInt64] = []

  init(bitsPerKey: Int) {
    self.bitsPerKey = bitsPerKey
  }

  /// Adds a user key's hash. The same key twice in a row counts once.
  mutating func add(_ hash: UInt64) {
    if hashes.last != hash { hashes.append(hash) }
  }

  /// The stored form, or nil for a table that has no filter: no keys, or none wanted.
  consuming func finish() -> [UInt8]? {
    guard bitsPerKey > 0, !hashes.isEmpty else { return nil }
    // A 32-bit number chooses the line, so more lines than that would stay empty.
    let wanted = (hashes.count * bitsPerKey + BloomFilter.lineBytes * 8 - 1) / (BloomFilter.lineBytes * 8)
    let lineCount = UInt64(min(wanted, 1 << 24))
    // The best number of probes is bits × ln 2; one fewer loses nothing in lines of 512 bits.
    let probeCount = min(max(bitsPerKey * 69 / 100, 1), BloomFilter.probesMax)
    var bytes = [UInt8](repeating: 0, count: BloomFilter.headerBytes + Int(lineCount) * BloomFilter.lineBytes)
    bytes[0] = UInt8(probeCount)
    bytes.withUnsafeMutableBytes { bytes in
      let lines = bytes.baseAddress! + BloomFilter.headerBytes
      for hash in hashes {
        let line = lines + BloomFilter.lineOffset(hash, lineCount)
        var bits = BloomFilter.bits(hash)
        for _ in 0..<probeCount {
          let bit = bits &>> 23
          let byte = line.load(fromByteOffset: Int(bit &>> 3), as: UInt8.self)
          line.storeBytes(of: byte | (1 &<< UInt8(bit & 7)), toByteOffset: Int(bit &>> 3), as: UInt8.self)
          bits = bits &* BloomFilter.step
        }
      }
    }
    return bytes
  }
}
