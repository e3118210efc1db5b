#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A block of zeros with one owner, mapped rather than allocated: pages cost nothing until they are written.
///
/// Large blocks ask for huge pages. A memtable is filled once from front to back and searched at random: with pages of
/// 4 KiB the faults of filling it cost about a third of an insert, and each node a search visits misses the translation
/// cache as well.
struct MappedMemory: ~Copyable {
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
