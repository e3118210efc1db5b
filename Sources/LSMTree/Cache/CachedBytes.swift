/// Bytes in memory that the block cache can hold: a block of a table (`Block`), or a large value (`LargeValue`).
///
/// A class to inherit from, so that one cache with one bound holds both and a lookup of a block costs what it did: the
/// cache hands back what was put in under a file's number, and files of one number are of one kind. Rejected: a protocol
/// (a witness call for each count of a reference), two caches (a bound for each, though nobody knows how a
/// workload will divide its bytes), large values as blocks of one entry (a block checks and prefixes keys).
package class CachedBytes: @unchecked Sendable {
  // Sendable: nothing changes after init, here or in the subclasses, which are final.

  /// Owned, and freed with the object.
  let base: UnsafeMutableRawPointer
  /// Bytes of memory held, for the cache's account.
  package let memoryBytes: Int

  init(_ memory: consuming BlockMemory) {
    base = memory.base
    memoryBytes = memory.byteCount + Self.overheadBytes
    memory.release()
  }

  deinit { base.deallocate() }

  /// The object itself, and what the allocator adds to it and to the bytes.
  private static let overheadBytes = 128
}

/// A value that lies in a value file, uncompressed, in memory, checked.
package final class LargeValue: CachedBytes, @unchecked Sendable {
  private let start: Int
  package let count: Int
  /// Of the key whose value it is.
  let keyHash: UInt32

  /// The `count` bytes from `start` on are the value; before and behind it may lie what it was stored with.
  init(_ memory: consuming BlockMemory, start: Int, count: Int, keyHash: UInt32) {
    precondition(start >= 0 && count >= 0 && start + count <= memory.byteCount)
    self.start = start
    self.count = count
    self.keyHash = keyHash
    super.init(memory)
  }

  /// Where the bytes are, for as long as the object lives.
  package var unsafeBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + start, count: count)
  }
}
