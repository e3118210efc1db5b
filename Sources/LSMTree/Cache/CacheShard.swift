import CPlatform

/// One shard of the block cache: a chained hash table over a slab of entries, and the queues of S3-FIFO as lists through
/// the same slab. Entries are named by their index in the slab; 0 is none.
///
/// Unsafe pointers, and right because the shard owns both allocations, is not copyable, and is used under a lock.
struct CacheShard: ~Copyable, @unchecked Sendable {
  /// A block that is held. Plain bytes: the reference is counted by hand, once when it comes and once when it goes.
  private struct Entry {
    var key: CacheKey
    var block: Unmanaged<CachedBytes>
    /// Where the block's bytes begin.
    var base: UnsafeRawPointer
    var bytes: Int
    /// The next entry in the same bucket, or in the list of free entries.
    var nextInBucket: UInt32
    /// The entry that came into the queue after this one.
    var newer: UInt32
    /// How often it was asked for since it came or was last passed over, up to 3.
    var uses: UInt8
  }

  /// First in, first out.
  private struct Queue {
    var oldest: UInt32 = 0
    var newest: UInt32 = 0
    var bytes = 0

    mutating func push(_ index: UInt32, _ entries: UnsafeMutablePointer<Entry>) {
      entries[Int(index)].newer = 0
      if newest == 0 { oldest = index } else { entries[Int(newest)].newer = index }
      newest = index
      bytes += entries[Int(index)].bytes
    }

    mutating func pop(_ entries: UnsafeMutablePointer<Entry>) -> UInt32 {
      let index = oldest
      precondition(index != 0, "a cache that holds bytes holds entries")
      oldest = entries[Int(index)].newer
      if oldest == 0 { newest = 0 }
      bytes -= entries[Int(index)].bytes
      return index
    }
  }

  private let bytesMax: Int
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity = 64
  private var used: UInt32 = 1
  private var free: UInt32 = 0
  private var buckets: UnsafeMutablePointer<UInt32>
  private var bucketCount = 64
  private var small = Queue()
  private var main = Queue()
  private var ghosts: GhostQueue
  private(set) var metrics = BlockCache.Metrics()

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
    entries = .allocate(capacity: capacity)
    buckets = .allocate(capacity: bucketCount)
    buckets.initialize(repeating: 0, count: bucketCount)
    ghosts = GhostQueue(count: max(16, bytesMax / Self.ghostPerBytes))
  }

  /// One remembered key for so many bytes of cache: about one per block of the usual size.
  private static let ghostPerBytes = 8 << 10
  /// The small queue gets one part in so many of the bytes.
  static let smallPart = 10
  private static let usesMax: UInt8 = 3

  deinit {
    for queue in [small, main] {
      var index = queue.oldest
      while index != 0 {
        entries[Int(index)].block.release()
        index = entries[Int(index)].newer
      }
    }
    entries.deallocate()
    buckets.deallocate()
  }

  @inline(__always)
  mutating func lookup(_ key: CacheKey) -> CachedBytes? {
    var index = buckets[bucket(key)]
    while index != 0 {
      let entry = entries + Int(index)
      if entry.pointee.key == key {
        if entry.pointee.uses < Self.usesMax { entry.pointee.uses &+= 1 }
        metrics.hits &+= 1
        // Whoever looks a block up goes on to search it: its first bytes are fetched while its reference is counted.
        platform_prefetch(entry.pointee.base)
        platform_prefetch(entry.pointee.base + 64)
        return entry.pointee.block.takeUnretainedValue()
      }
      index = entry.pointee.nextInBucket
    }
    metrics.misses &+= 1
    return nil
  }

  mutating func insert(_ block: CachedBytes, _ key: CacheKey) -> CachedBytes {
    var index = buckets[bucket(key)]
    while index != 0 {
      if entries[Int(index)].key == key { return entries[Int(index)].block.takeUnretainedValue() }
      index = entries[Int(index)].nextInBucket
    }
    // A block that would fill the whole shard is not kept: it would only push everything else out.
    guard block.memoryBytes <= bytesMax / 2 else { return block }
    while small.bytes + main.bytes + block.memoryBytes > bytesMax { evict() }
    let new = allocate()
    let bucket = bucket(key)
    (entries + Int(new)).initialize(
      to: Entry(
        key: key, block: .passRetained(block), base: block.base, bytes: block.memoryBytes,
        nextInBucket: buckets[bucket],
        newer: 0,
        uses: 0))
    buckets[bucket] = new
    if ghosts.remove(key.hash) { main.push(new, entries) } else { small.push(new, entries) }
    metrics.blocks += 1
    metrics.bytes += block.memoryBytes
    return block
  }

  @inline(__always)
  private func bucket(_ key: CacheKey) -> Int {
    Int(truncatingIfNeeded: key.hash) & (bucketCount &- 1)
  }

  /// Takes one step towards making room. Each step removes an entry, moves one from small to main, or lowers the uses
  /// of one in main: a finite number of steps empties the cache.
  private mutating func evict() {
    if small.bytes > bytesMax / Self.smallPart || main.oldest == 0 {
      let index = small.pop(entries)
      if entries[Int(index)].uses > 1 {
        entries[Int(index)].uses = 0
        main.push(index, entries)
      } else {
        ghosts.insert(entries[Int(index)].key.hash)
        remove(index)
      }
    } else {
      let index = main.pop(entries)
      if entries[Int(index)].uses > 0 {
        entries[Int(index)].uses -= 1
        main.push(index, entries)
      } else {
        remove(index)
      }
    }
  }

  /// Forgets an entry that is in no queue any more.
  private mutating func remove(_ index: UInt32) {
    let entry = entries + Int(index)
    let bucket = bucket(entry.pointee.key)
    if buckets[bucket] == index {
      buckets[bucket] = entry.pointee.nextInBucket
    } else {
      var before = Int(buckets[bucket])
      while entries[before].nextInBucket != index { before = Int(entries[before].nextInBucket) }
      entries[before].nextInBucket = entry.pointee.nextInBucket
    }
    metrics.blocks -= 1
    metrics.bytes -= entry.pointee.bytes
    metrics.evictions &+= 1
    entry.pointee.block.release()
    entry.pointee.nextInBucket = free
    free = index
  }

  private mutating func allocate() -> UInt32 {
    if free != 0 {
      let index = free
      free = entries[Int(index)].nextInBucket
      return index
    }
    if Int(used) == capacity { grow() }
    used += 1
    return used - 1
  }

  /// Doubles the slab and the buckets; entries keep their indices.
  private mutating func grow() {
    let bigger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
    (bigger + 1).moveInitialize(from: entries + 1, count: capacity - 1)
    entries.deallocate()
    entries = bigger
    capacity *= 2
    buckets.deallocate()
    bucketCount = capacity
    buckets = .allocate(capacity: bucketCount)
    buckets.initialize(repeating: 0, count: bucketCount)
    for index in 1..<used {
      let bucket = bucket(entries[Int(index)].key)
      entries[Int(index)].nextInBucket = buckets[bucket]
      buckets[bucket] = index
    }
  }
}

/// The keys that fell out of the small queue lately, as hashes in a table of fixed size where a newer one
/// overwrites an older one in its place. It may forget early; it never grows.
private struct GhostQueue {
  private var hashes: [UInt64]
  private let mask: Int

  init(count: Int) {
    var size = 16
    while size < count, size < Self.countMax { size *= 2 }
    hashes = Array(repeating: 0, count: size)
    mask = size - 1
  }

  private static let countMax = 1 << 20

  mutating func insert(_ hash: UInt64) {
    hashes[slot(hash)] = hash
  }

  mutating func remove(_ hash: UInt64) -> Bool {
    guard hashes[slot(hash)] == hash else { return false }
    hashes[slot(hash)] = 0
    return true
  }

  private func slot(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash &>> 20) & mask
  }
}
