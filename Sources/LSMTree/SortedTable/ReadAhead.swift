/// A window into a table's stored bytes, for a reader that goes through them in order: one read of the file for some tens of
/// blocks.
struct ReadAhead: ~Copyable {
  private var buffer: UnsafeMutableRawBufferPointer?
  private var offset = 0
  private var count = 0

  /// What compaction and verification read at a time, and a scan after its first windows.
  static let windowBytesMax = 256 << 10
  /// What a scan reads ahead first; each window is twice as large as the one before, so that a scan that ends soon has read
  /// little in vain.
  static let windowBytesMin = 32 << 10

  init() {}

  deinit {
    buffer?.deallocate()
  }

  /// Forgets what was read: another file comes.
  mutating func reset() {
    count = 0
  }

  /// Whether the block's bytes have been read.
  func holds(_ handle: BlockHandle) -> Bool {
    handle.offset >= offset && handle.end <= offset + count
  }

  /// The block, and with it, unless it has been read, the `windowBytes` from it on.
  mutating func block(
    _ handle: BlockHandle, of table: TableReader, windowBytes: Int = windowBytesMax
  ) throws(TreeError) -> Block {
    let storedBytes = handle.sizeBytes + TableFormat.blockTrailerBytes
    if storedBytes > windowBytes { return try table.readBlock(handle) }
    if !holds(handle) {
      count = 0
      count = try table.readStored(into: room(windowBytes), at: handle.offset)
      offset = handle.offset
      guard storedBytes <= count else { throw table.damage(offset + count, "the file ends here, too soon") }
    }
    guard let base = buffer?.baseAddress else {
      preconditionFailure("a window that holds a block has a buffer")
    }
    let stored = BlockMemory(storedBytes)
    stored.base.copyMemory(from: base + (handle.offset - offset), byteCount: storedBytes)
    return try table.decodeBlock(stored, handle)
  }

  private mutating func room(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    if let buffer, buffer.count >= byteCount {
      return UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount])
    }
    buffer?.deallocate()
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    buffer = room
    return room
  }
}
