import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A block of zeros, mapped rather than allocated: pages cost nothing until they are written.
///
/// Large blocks ask for huge pages. A memtable is filled once from front to back and searched at random: with pages of
/// 4 KiB the faults of filling it cost about a third of an insert, and each node a search visits misses the translation
/// cache as well.
final class MappedMemory: @unchecked Sendable {
  // Sendable: who may touch the memory is up to its user.
  let base: UnsafeMutableRawPointer
  let count: Int

  /// Below it a huge page would waste more than it saves.
  private static let hugePagesFromBytes = 4 << 20

  /// Fails the process if the address space is exhausted, as any allocation does.
  init(count: Int) {
    precondition(count > 0)
    #if canImport(Darwin)
      let flags = MAP_PRIVATE | MAP_ANON
    #else
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | Int32(MAP_NORESERVE)
    #endif
    let mapped = mmap(nil, count, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
      preconditionFailure("out of memory: a block of \(count) bytes")
    }
    #if os(Linux)
      // Advice: a kernel without huge pages refuses, and nothing is lost.
      if count >= Self.hugePagesFromBytes { madvise(mapped, count, MADV_HUGEPAGE) }
    #endif
    base = mapped
    self.count = count
  }

  deinit { munmap(base, count) }
}

/// Keeps the memory of one memtable that is gone for the next one, its pages in place: otherwise the kernel would clear each
/// page anew, which is a sixth of what a put of 400 bytes costs.
final class MemtablePool: Sendable {
  private let count: Int
  private let kept = Mutex<MappedMemory?>(nil)

  /// For blocks of `count` bytes; no other is kept.
  init(count: Int) { self.count = count }

  /// What it holds is not zeros.
  func take(_ count: Int) -> MappedMemory? {
    guard count == self.count else { return nil }
    return kept.withLock { kept in
      defer { kept = nil }
      return kept
    }
  }

  func give(_ memory: MappedMemory) {
    guard memory.count == count else { return }
    kept.withLock { kept in if kept == nil { kept = memory } }
  }
}
