/// A window into a table's stored bytes, for a reader that goes through all of it once and leaves the block cache alone:
/// one read of the file for some tens of blocks.
struct ReadAhead: ~Copyable {
  private var buffer: UnsafeMutableRawBufferPointer?
  private var offset = 0
  private var count = 0

  static let windowBytes = 256 << 10

  init() {}

  deinit {
    buffer?.deallocate()
  }

  /// Forgets what was read: another file comes.
  mutating func reset() {
    count = 0
  }

  mutating func block(_ handle: BlockHandle, of table: TableReader) throws(TreeError) -> Block {
    let storedBytes = handle.sizeBytes + TableFormat.blockTrailerBytes
    if storedBytes > Self.windowBytes { return try table.readBlock(handle) }
    let buffer = self.buffer ?? .allocate(byteCount: Self.windowBytes, alignment: 16)
    self.buffer = buffer
    if handle.offset < offset || handle.end > offset + count {
      count = 0
      count = try table.readStored(into: buffer, at: handle.offset)
      offset = handle.offset
      guard storedBytes <= count else { throw table.damage(offset + count, "the file ends here, too soon") }
    }
    let stored = BlockMemory(storedBytes)
    stored.base.copyMemory(from: buffer.baseAddress! + (handle.offset - offset), byteCount: storedBytes)
    return try table.decodeBlock(stored, handle)
  }
}
