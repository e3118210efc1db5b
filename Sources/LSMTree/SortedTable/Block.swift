/// The uncompressed bytes of one block, in memory, checked.
///
/// A block owns its bytes and never changes them, so any number of threads may read it, and whoever holds a reference
/// may keep pointers into it. Every length and offset in it is checked once, when it comes from disk: after that a
/// search reads without checking bounds. The check walks all entries (some 2 ns each), little against the decompression
/// before it, and is what lets raw pointers be used here at all: there is no other way to make a block.
package final class Block: Sendable {
  let view: BlockView
  /// Bytes of memory held, for the cache's account.
  package let memoryBytes: Int

  /// Takes ownership of `base`, which was allocated with `count + BlockView.slackBytes` bytes. Nil if the bytes
  /// are not a block; the memory is freed then.
  init?(adopting base: UnsafeMutableRawPointer, count: Int) {
    memoryBytes = count + BlockView.slackBytes + Self.overheadBytes
    // Words are read across the end of a key at the very end of the block.
    (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: BlockView.slackBytes)
    if let view = BlockView(base, count), view.isWellFormed() {
      self.view = view
    } else {
      self.view = BlockView.empty(base)
      return nil
    }
  }

  package convenience init?(_ bytes: RawSpan) {
    let base = Self.allocate(bytes.byteCount)
    bytes.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { base.copyMemory(from: source, byteCount: bytes.count) }
    }
    self.init(adopting: base, count: bytes.byteCount)
  }

  static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
    .allocate(byteCount: count + BlockView.slackBytes, alignment: 16)
  }

  deinit {
    UnsafeMutableRawPointer(mutating: view.base).deallocate()
  }

  /// The object itself, and what the allocator adds to it and to the bytes.
  private static let overheadBytes = 96
}

/// Bytes within a block, which they keep alive.
package struct BlockSlice: Sendable {
  package let block: Block
  package let offset: UInt32
  package let count: UInt32

  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(_unsafeStart: block.view.base + Int(offset), byteCount: Int(count))
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Where the bytes are, for as long as `block` lives.
  package var unsafeBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: block.view.base + Int(offset), count: Int(count))
  }
}
