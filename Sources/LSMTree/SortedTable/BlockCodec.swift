import CLZ4

/// Between a block's bytes and how they are stored in one file: a type, perhaps compression, perhaps a seal, a checksum.
/// The only place where blocks are compressed, sealed and checked, and the only one where that is undone.
///
/// An LZ4 block begins with its uncompressed size. A block that does not shrink by an eighth is stored as it is: reading
/// it back then costs no decompression, which is worth more than the bytes.
///
/// A sealed block is compressed first, since nothing shrinks afterwards; its type stays readable and is sealed as context.
/// The checksum is that of the stored bytes, so it says nothing of what is in them. A seal is the better check, so
/// opening a sealed block looks at the checksum only to say why the seal is broken: damage, or a forged or moved block.
struct BlockCodec: Sendable {
  /// Nil for a file that is not encrypted.
  let cipher: (any BlockCipher)?

  static let plain = BlockCodec(cipher: nil)

  /// Appends the stored form of `bytes` and its trailer to `output`; returns the size without the trailer.
  ///
  /// - Parameters:
  ///   - offset: where the block will lie in its file. No two blocks of a file may say the same.
  ///   - label: something that the block belongs to. A sealed block can only be read by who knows it; others don't care.
  func append(
    _ bytes: RawSpan, compression: Compression, at offset: Int, label: UInt64 = 0, to output: inout RawBuffer
  ) -> Int {
    let start = output.count
    let count = bytes.byteCount
    var type = Compression.none
    bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      if compression == .lz4, Self.appendCompressed(source, count, to: &output) {
        type = .lz4
      } else {
        output.truncate(to: start)
        output.append(source, count)
      }
    }
    if let cipher {
      output.appendZeros(cipher.overheadBytes)
      let block = UnsafeMutableRawBufferPointer(start: output.base + start, count: output.count - start)
      Self.withContext(type.rawValue, label) { cipher.seal(block, at: UInt64(offset), context: $0) }
    }
    output.appendByte(type.rawValue)
    let stored = output.count - start - 1
    let checksum = TableFormat.checksum(output.base + start, stored + 1)
    withUnsafeBytes(of: checksum.littleEndian) { output.append($0.baseAddress!, $0.count) }
    return stored
  }

  /// The same for a finished builder's block.
  func append(
    _ block: borrowing BlockBuilder, compression: Compression, at offset: Int, to output: inout RawBuffer
  ) -> Int {
    append(block.bytes, compression: compression, at: offset, to: &output)
  }

  private static func appendCompressed(_ source: UnsafeRawPointer, _ count: Int, to output: inout RawBuffer)
    -> Bool
  {
    let start = output.count
    let limit = count - count / 8 - 4
    guard limit > 0, count <= Int(LZ4_MAX_INPUT_SIZE) else { return false }
    output.appendZeros(4 + limit)
    output.store(UInt32(count).littleEndian, at: start)
    let written = LZ4_compress_default(
      source.assumingMemoryBound(to: CChar.self),
      (output.base + start + 4).assumingMemoryBound(to: CChar.self),
      Int32(count), Int32(limit))
    guard written > 0 else { return false }
    output.truncate(to: start + 4 + Int(written))
    return true
  }

  enum Decoded {
    case block(Block)
    case damaged(String)
  }

  /// The block in `stored`, which holds the `count` bytes of a block and its trailer as they were read from `offset` of a
  /// file. A block that is not compressed stays where it is.
  func decode(_ stored: consuming BlockMemory, _ count: Int, at offset: Int) -> Decoded {
    switch unpack(stored, at: 0, count, fileOffset: offset) {
    case .bytes(let memory, _, let count):
      return Block(memory, count: count).map { .block($0) }
        ?? .damaged("the block's entries don't fit together")
    case .damaged(let reason): return .damaged(reason)
    }
  }

  /// What was given to `append`, whatever it is.
  enum Unpacked: ~Copyable {
    /// The bytes from `start` on, `count` of them.
    case bytes(BlockMemory, start: Int, count: Int)
    case damaged(String)
  }

  /// The bytes whose stored form lies at `start` of `stored`: `count` bytes and their trailer. What is not compressed
  /// stays where it is.
  ///
  /// - Parameters:
  ///   - fileOffset: what was said to `append`.
  ///   - label: what was said to `append`.
  func unpack(
    _ stored: consuming BlockMemory, at start: Int, _ count: Int, fileOffset: Int, label: UInt64 = 0
  ) -> Unpacked {
    let source = stored.base + start
    let opened: Int
    switch open(source, count, at: fileOffset, label: label) {
    case .success(let count): opened = count
    case .failure(let damage): return .damaged(damage.reason)
    }
    switch Compression(rawValue: source.load(fromByteOffset: count, as: UInt8.self)) {
    case .some(.none): return .bytes(stored, start: start, count: opened)
    case .some(.lz4):
      guard let size = Self.uncompressedBytes(source, opened) else {
        return .damaged("the block's size can't be true")
      }
      let memory = BlockMemory(size)
      let written = LZ4_decompress_safe(
        (source + 4).assumingMemoryBound(to: CChar.self),
        memory.base.assumingMemoryBound(to: CChar.self),
        Int32(opened - 4), Int32(size))
      guard Int(written) == size else { return .damaged("the block can't be decompressed") }
      return .bytes(memory, start: 0, count: size)
    case nil: return .damaged("the block is of an unknown type")
    }
  }

  struct Damage: Error {
    var reason: String
  }

  /// Checks `count` stored bytes and their trailer and opens their seal in place; returns how many of the bytes are left.
  func open(
    _ stored: UnsafeMutableRawPointer, _ count: Int, at offset: Int, label: UInt64 = 0
  ) -> Result<Int, Damage> {
    guard let cipher else {
      return Self.isChecksumRight(stored, count) ? .success(count) : .failure(.checksum)
    }
    let seal = cipher.overheadBytes
    let block = UnsafeMutableRawBufferPointer(start: stored, count: count)
    let type = stored.load(fromByteOffset: count, as: UInt8.self)
    if count >= seal,
      Self.withContext(type, label, { cipher.open(block, at: UInt64(offset), context: $0) })
    {
      return .success(count - seal)
    }
    return .failure(Self.isChecksumRight(stored, count) ? .seal : .checksum)
  }

  /// Whether stored bytes are as they were written, as far as their checksum can tell: whoever reads them needs no key
  /// for this, and is not told whether they are genuine.
  static func isChecksumRight(_ stored: UnsafeRawPointer, _ count: Int) -> Bool {
    let stated = UInt32(littleEndian: stored.loadUnaligned(fromByteOffset: count + 1, as: UInt32.self))
    return TableFormat.checksum(stored, count + 1) == stated
  }

  /// Lends what is sealed with a block: its type and its label.
  private static func withContext<R>(_ type: UInt8, _ label: UInt64, _ body: (RawSpan) -> R) -> R {
    var context: (UInt64, UInt64) = (UInt64(type).littleEndian, label.littleEndian)
    return withUnsafeBytes(of: &context) { body(RawSpan(_unsafeBytes: $0)) }
  }

  /// What a compressed block says of its size. LZ4 can't shrink anything to less than a 255th: a greater claim is
  /// damage, not a reason to ask for memory.
  private static func uncompressedBytes(_ stored: UnsafeRawPointer, _ count: Int) -> Int? {
    guard count >= 4 else { return nil }
    let size = Int(UInt32(littleEndian: stored.loadUnaligned(as: UInt32.self)))
    return size <= TableFormat.blockBytesMax && size <= (count - 4) * 255 + 64 ? size : nil
  }
}

extension BlockCodec.Damage {
  static let checksum = BlockCodec.Damage(reason: "the block's checksum is wrong")
  static let seal = BlockCodec.Damage(
    reason: "the block's seal is broken: it is forged, or belongs to another place or file")
}
