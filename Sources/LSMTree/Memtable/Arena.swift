import Synchronization

/// One block of memory that a memtable fills from its beginning and gives back as a whole.
///
/// Places in it are 32-bit offsets, so a link of the skiplist takes four bytes, and 0 can mean "none", since the first
/// bytes are never handed out.
///
/// There is one writer (the commit pipeline's lock); readers look only at what was published to them by a release store
/// of a link. Nothing is moved or freed before the whole arena is.
struct Arena: ~Copyable {
  /// Given in, since it outlives the arena when it is used again.
  let memory: MappedMemory
  let base: UnsafeMutableRawPointer
  private(set) var usedBytes: Int

  /// The most an arena can have: what 32-bit offsets reach.
  static let capacityBytesMax = 4 << 30 - 4096
  /// Offset of the first bytes handed out.
  static let startOffset = 64

  init(_ memory: MappedMemory) {
    precondition(memory.count > Self.startOffset && memory.count <= Self.capacityBytesMax)
    self.memory = memory
    base = memory.base
    usedBytes = Self.startOffset
  }

  var capacityBytes: Int { memory.count }
  var freeBytes: Int { capacityBytes &- usedBytes }

  /// `count` bytes at a multiple of 8. The caller has checked that there is room.
  @inline(__always)
  mutating func allocate(_ count: Int) -> Int {
    let offset = (usedBytes &+ 7) & ~7
    precondition(count >= 0 && offset &+ count <= capacityBytes, "the arena is full")
    usedBytes = offset &+ count
    return offset
  }
}

extension UnsafeMutableRawPointer {
  /// The 32-bit link at `offset`, which was initialised by `initializeLink`.
  @inline(__always)
  func loadLink(_ offset: Int) -> Int {
    let word = (self + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    return Int(word.pointee.load(ordering: .acquiring))
  }

  /// Publishes what `value` leads to.
  @inline(__always)
  func storeLink(_ offset: Int, _ value: Int) {
    let word = (self + offset).assumingMemoryBound(to: Atomic<UInt32>.self)
    word.pointee.store(UInt32(truncatingIfNeeded: value), ordering: .releasing)
  }

  /// Sets a link that no reader can reach yet.
  @inline(__always)
  func initializeLink(_ offset: Int, _ value: Int) {
    (self + offset).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
      .initialize(to: Atomic(UInt32(truncatingIfNeeded: value)))
  }

  @inline(__always)
  func loadPrefix(_ offset: Int) -> UInt64 {
    (self + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.load(ordering: .acquiring)
  }

  @inline(__always)
  func storePrefix(_ offset: Int, _ value: UInt64) {
    (self + offset).assumingMemoryBound(to: Atomic<UInt64>.self).pointee.store(value, ordering: .releasing)
  }

  @inline(__always)
  func initializePrefix(_ offset: Int, _ value: UInt64) {
    (self + offset).bindMemory(to: Atomic<UInt64>.self, capacity: 1).initialize(to: Atomic(value))
  }
}
