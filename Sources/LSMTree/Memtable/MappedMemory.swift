import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A block of zeros, mapped rather than allocated: pages cost nothing until they are touched.
///
/// The first touch of a page is a fault: the kernel finds a page, clears it, and whoever touched it waits. `populate` takes the faults
/// of a range ahead of its user, and asks for huge pages there. A block does not ask for them itself: whoever outruns `populate`
/// then waits for 4 KiB at a time and not for 2 MiB.
final class MappedMemory: @unchecked Sendable {
  // Sendable: who may touch the memory is up to its user.
  let base: UnsafeMutableRawPointer
  let count: Int
  /// Every page before this has been touched.
  private let populated = Atomic<Int>(0)

  private static let hugePageBytes = 2 << 20

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
    base = mapped
    self.count = count
  }

  deinit { munmap(base, count) }

  var populatedBytes: Int { populated.load(ordering: .relaxed) }

  /// Notes that its user has touched all pages before `end`.
  func didTouch(through end: Int) {
    if end > populatedBytes { populated.store(min(end, count), ordering: .relaxed) }
  }

  /// Touches all pages before `end`, whatever they hold and whoever uses them meanwhile. One thread at a time. It is advice: a
  /// kernel that can't, or that has no pages to give, leaves it to the first touch.
  func populate(through end: Int) {
    #if os(Linux)
      let pageBytes = Int(getpagesize())
      while populatedBytes < min(end, count) {
        // A huge page at a time, so that the process can map and unmap elsewhere in between.
        let start = populatedBytes / pageBytes * pageBytes
        let address = Int(bitPattern: base) + start
        let border = (address / Self.hugePageBytes + 1) * Self.hugePageBytes
        let bytes = min(border - address, count - start)
        madvise(base + start, bytes, MADV_HUGEPAGE)
        madvise(base + start, bytes, Self.populateForWriting)
        populated.store(start + bytes, ordering: .relaxed)
      }
    #endif
  }

  #if os(Linux)
    /// MADV_POPULATE_WRITE, since Linux 5.14; the C library's headers may be older.
    private static let populateForWriting: Int32 = 23
  #endif
}
