import Synchronization

/// Everything a read looks at, at one moment: the memtables, newest first, and the tables below them. Immutable; whoever
/// holds it may read from it as long as it likes.
///
/// `lists` holds what reads need of the memtables as plain addresses. Going through the memtables themselves would
/// count references of objects that all threads share, at 22 ns each, and more if two do it at a time.
final class Superversion: @unchecked Sendable {
  // Sendable: nothing changes after init, and `lists` lives and dies with the memtables it points into.
  let memtables: [Memtable]
  let version: Version
  let hasFiles: Bool
  let lists: UnsafeMutablePointer<List>
  let listCount: Int
  let samples: ReadSamples
  /// Decides which gets are counted in `samples`.
  let samplingSalt: UInt64
  /// Keeps what lies behind it in memory, perhaps another stripe's superversion, off the cache line of this one's count.
  private let padding = InlineArray<16, UInt64>(repeating: 0)

  /// A memtable's entries, and whether its range deletions matter.
  struct List {
    let reader: MemtableReader
    let hull: UnsafeMutablePointer<RangeHull.Growing>
  }

  init(memtables: [Memtable], version: Version, samples: ReadSamples) {
    precondition(!memtables.isEmpty)
    self.samples = samples
    samplingSalt = samples.nextSalt()
    self.memtables = memtables
    self.version = version
    hasFiles = version.fileCount > 0
    listCount = memtables.count
    // Whole cache lines, for the same reason: what lies behind may be the next superversion's count.
    let bytes = (memtables.count * MemoryLayout<List>.stride + 127) & ~127
    lists = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128)
      .bindMemory(to: List.self, capacity: memtables.count)
    for (index, memtable) in memtables.enumerated() {
      (lists + index).initialize(to: List(reader: memtable.contents, hull: memtable.hull))
    }
  }

  deinit {
    lists.deinitialize(count: listCount)
    UnsafeMutableRawPointer(lists).deallocate()
  }

  func copy() -> Superversion { Superversion(memtables: memtables, version: version, samples: samples) }

  /// The last sequence that can be read here; `.max` while the first memtable still grows.
  @inline(__always)
  var sequenceBound: SequenceNumber { memtables[0].sequenceBound }
}

/// Where readers get the current superversion: one copy a stripe, each behind its own lock and with its own reference
/// count, picked by thread. So threads that read share nothing that any of them writes.
///
/// A reader takes the superversion first and its sequence number second. The other way round a compaction could
/// drop, in between, the version that the number was to see. What this order can bring, a number beyond
/// the superversion's own memtable, is cut off by `sequenceBound`.
struct SuperversionStripes: ~Copyable, @unchecked Sendable {
  // Sendable: the stripes are never moved and each is a mutex.
  private struct Stripe: ~Copyable {
    let current: Mutex<Superversion>
    /// Keeps two stripes off one cache line.
    let padding: InlineArray<16, UInt64> = InlineArray(repeating: 0)
  }

  private static let countBits = 4
  private let stripes: UnsafeMutablePointer<Stripe>

  init(_ superversion: Superversion) {
    let count = 1 << Self.countBits
    stripes = .allocate(capacity: count)
    for index in 0..<count {
      (stripes + index).initialize(to: Stripe(current: Mutex(superversion.copy())))
    }
  }

  deinit {
    stripes.deinitialize(count: 1 << Self.countBits)
    stripes.deallocate()
  }

  @inline(__always)
  var current: Superversion {
    stripes[ThreadSlot.current & ((1 << Self.countBits) - 1)].current.withLock { $0 }
  }

  /// One thread at a time. The old superversions end outside the locks.
  func install(_ superversion: Superversion) {
    for index in 0..<(1 << Self.countBits) {
      let copy = superversion.copy()
      let old = stripes[index].current.withLock { current in
        let old = current
        current = copy
        return old
      }
      withExtendedLifetime(old) {}
    }
  }
}
