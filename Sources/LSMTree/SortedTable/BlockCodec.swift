import CLZ4

/// Between a block's bytes and how they are stored: a type, perhaps compression, a checksum.
///
/// An LZ4 block begins with its uncompressed size. A block that does not shrink by an eighth is stored as it is: reading
/// it back then costs no decompression, which is worth more than the bytes.
enum BlockCodec {
  /// Appends the stored form of `bytes` and its trailer to `output`; returns the size without the trailer.
  static func append(_ bytes: RawSpan, compression: Compression, to output: inout RawBuffer) -> Int {
    let start = output.count
    let count = bytes.byteCount
    var type = Compression.none
    bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      if compression == .lz4, appendCompressed(source, count, to: &output) {
        type = .lz4
      } else {
        output.truncate(to: start)
        output.append(source, count)
      }
    }
    output.appendByte(type.rawValue)
    let stored = output.count - start - 1
    let checksum = TableFormat.checksum(output.base + start, stored + 1)
    withUnsafeBytes(of: checksum.littleEndian) { output.append($0.baseAddress!, $0.count) }
    return stored
  }

  /// The same for a finished builder's block.
  static func append(
    _ block: borrowing BlockBuilder, compression: Compression, to output: inout RawBuffer
  ) -> Int {
    append(block.bytes, compression: compression, to: &output)
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

  /// The block in `stored`, which holds the `count` bytes of a block and its trailer as they were read from a file. A block
  /// that is not compressed stays where it is.
  static func decode(_ stored: consuming BlockMemory, _ count: Int) -> Decoded {
    switch unpack(stored, at: 0, count) {
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
  static func unpack(_ stored: consuming BlockMemory, at start: Int, _ count: Int) -> Unpacked {
    let source = stored.base + start
    if let reason = damage(source, count) { return .damaged(reason) }
    switch Compression(rawValue: source.load(fromByteOffset: count, as: UInt8.self)) {
    case .some(.none): return .bytes(stored, start: start, count: count)
    case .some(.lz4):
      guard let size = uncompressedBytes(source, count) else {
        return .damaged("the block's size can't be true")
      }
      let memory = BlockMemory(size)
      let written = LZ4_decompress_safe(
        (source + 4).assumingMemoryBound(to: CChar.self),
        memory.base.assumingMemoryBound(to: CChar.self),
        Int32(count - 4), Int32(size))
      guard Int(written) == size else { return .damaged("the block can't be decompressed") }
      return .bytes(memory, start: 0, count: size)
    case nil: return .damaged("the block is of an unknown type")
    }
  }

  /// Why the stored bytes are not what was written, or nil.
  static func damage(_ stored: UnsafeRawPointer, _ count: Int) -> String? {
    let stated = UInt32(littleEndian: stored.loadUnaligned(fromByteOffset: count + 1, as: UInt32.self))
    return TableFormat.checksum(stored, count + 1) == stated ? nil : "the block's checksum is wrong"
  }

  /// What a compressed block says of its size. LZ4 can't shrink anything to less than a 255th: a greater claim is
  /// damage, not a reason to ask for memory.
  private static func uncompressedBytes(_ stored: UnsafeRawPointer, _ count: Int) -> Int? {
    guard count >= 4 else { return nil }
    let size = Int(UInt32(littleEndian: stored.loadUnaligned(as: UInt32.self)))
    return size <= TableFormat.blockBytesMax && size <= (count - 4) * 255 + 64 ? size : nil
  }
}
