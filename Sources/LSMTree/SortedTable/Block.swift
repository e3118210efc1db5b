/// The uncompressed bytes of one block, in memory, checked.
///
/// A block owns its bytes and never changes them, so any number of threads may read it, and whoever holds a reference may
/// keep pointers into it. Every length and offset in it is checked once, when it comes from disk: after that a search
/// reads without checking bounds. The check walks all entries (some 2 ns each), little against the decompression
/// before it, and is what lets raw pointers be used here at all: there is no other way to make a block.
package final class Block: CachedBytes, @unchecked Sendable {
  let view: BlockView

  /// A block of the first `count` bytes of `memory`; nil if they are none, and the memory is let go.
  init?(_ memory: consuming BlockMemory, count: Int) {
    // What was read behind the block must not be taken for a part of it.
    (memory.base + count).initializeMemory(as: UInt8.self, repeating: 0, count: BlockView.slackBytes)
    guard let view = BlockView(memory.base, count), view.isWellFormed() else { return nil }
    self.view = view
    super.init(memory)
  }

  package convenience init?(_ bytes: RawSpan) {
    let memory = BlockMemory(bytes.byteCount)
    bytes.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { memory.base.copyMemory(from: source, byteCount: bytes.count) }
    }
    self.init(memory, count: bytes.byteCount)
  }

}

/// Memory for a block's bytes, until a block takes it over.
struct BlockMemory: ~Copyable {
  let base: UnsafeMutableRawPointer
  let byteCount: Int

  /// Room for `count` bytes and for what may be read behind them.
  init(_ count: Int) {
    byteCount = count + BlockView.slackBytes
    base = .allocate(byteCount: byteCount, alignment: 16)
  }

  deinit {
    base.deallocate()
  }

  /// Leaves the memory to somebody else.
  consuming func release() {
    discard self
  }
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
