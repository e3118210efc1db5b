import Synchronization

/// All keys from the lowest to the highest that a set of range deletions covers: what a read asks before it looks at the deletions.
///
/// Deletions lie in arrays, behind a lock where they still come, and whoever looks at them counts references that all
/// threads share. Most keys have nothing to do with them: a table that was dropped, or last week's metrics, lie elsewhere. Such keys are
/// known by two comparisons with bytes that nobody counts.
///
/// Unsafe, and right because whoever made one frees it, after all who may ask it: a version its own, a memtable all that it ever had
/// when it ends.
package struct RangeHull: @unchecked Sendable {
  // Sendable: the bytes never change.
  /// Two lengths, then the bytes of both keys.
  private let memory: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - lower: the first key inside.
  ///   - upper: the first behind it.
  package static func make(lower: [UInt8], upper: [UInt8]) -> RangeHull {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: headerBytes + lower.count + upper.count, alignment: MemoryLayout<Int>.alignment)
    memory.storeBytes(of: lower.count, as: Int.self)
    memory.storeBytes(of: upper.count, toByteOffset: MemoryLayout<Int>.size, as: Int.self)
    (memory + headerBytes).copyMemory(from: lower, byteCount: lower.count)
    (memory + headerBytes + lower.count).copyMemory(from: upper, byteCount: upper.count)
    return RangeHull(memory: memory)
  }

  /// That of a set; nil if the set is empty.
  package static func make(_ deletions: RangeDeletions) -> RangeHull? {
    guard let first = deletions.fragments.first, let last = deletions.fragments.last else { return nil }
    return make(lower: first.lower, upper: last.upper)
  }

  package func free() { memory.deallocate() }

  private static let headerBytes = 2 * MemoryLayout<Int>.size

  private init(memory: UnsafeMutableRawPointer) { self.memory = memory }

  private var lowerBytes: Int { memory.load(as: Int.self) }
  private var upperBytes: Int { memory.load(fromByteOffset: MemoryLayout<Int>.size, as: Int.self) }
  private var lower: UnsafeRawPointer { UnsafeRawPointer(memory + Self.headerBytes) }

  @inline(__always)
  package func contains(_ key: UnsafeRawBufferPointer) -> Bool {
    guard let base = key.baseAddress else { return lowerBytes == 0 }
    return KeyOrder.compare(lower, lowerBytes, base, key.count) <= 0
      && KeyOrder.compare(lower + lowerBytes, upperBytes, base, key.count) > 0
  }

  /// Whether any key from `from` (inclusive) to `to` (exclusive; nil: to the last) is inside.
  package func overlaps(from: [UInt8], to: [UInt8]?) -> Bool {
    let beginsBefore =
      to.map {
        $0.withUnsafeBytes {
          KeyOrder.compare(UnsafeRawBufferPointer(start: lower, count: lowerBytes), $0) < 0
        }
      }
      ?? true
    let upper = UnsafeRawBufferPointer(start: lower + lowerBytes, count: upperBytes)
    return beginsBefore && from.withUnsafeBytes { KeyOrder.compare($0, upper) < 0 }
  }

  /// The hull of a set that grows, at an address of its own, for readers who come while it does. One thread at a time widens it; what it
  /// was before stays until the end, since readers may be at it.
  package struct Growing: ~Copyable, @unchecked Sendable {
    // Sendable: readers go through the atomic; the rest belongs to whoever widens it.
    private let current = Atomic<UInt>(0)
    private var all: [RangeHull] = []
    private var lower: [UInt8] = []
    private var upper: [UInt8] = []

    package init() {}

    deinit { for hull in all { hull.free() } }

    /// The hull of all deletions so far; nil if there are none.
    @inline(__always)
    package var hull: RangeHull? {
      UnsafeMutableRawPointer(bitPattern: current.load(ordering: .acquiring)).map(RangeHull.init)
    }

    package mutating func add(_ deletions: some Sequence<RangeDeletion>) {
      let isFirst = all.isEmpty
      var grows = false
      for deletion in deletions where KeyOrder.compare(deletion.lower, deletion.upper) < 0 {
        if isFirst && !grows || KeyOrder.compare(deletion.lower, lower) < 0 {
          lower = deletion.lower
          grows = true
        }
        if KeyOrder.compare(deletion.upper, upper) > 0 {
          upper = deletion.upper
          grows = true
        }
      }
      guard grows else { return }
      let hull = RangeHull.make(lower: lower, upper: upper)
      all.append(hull)
      current.store(UInt(bitPattern: hull.memory), ordering: .releasing)
    }
  }
}
