/// Uncompressed blocks of all tables and large values of all value files, up to a number of bytes.
///
/// **Scan-resistant**: the replacement is S3-FIFO (Yang et al., SOSP 2023). A new block enters a small queue of a tenth
/// of the bytes; only if it is asked for again while there does it move to the main queue, so that a scan
/// washes through the tenth and leaves the rest alone. A block that comes back soon after it fell out of the small queue
/// goes straight to the main one. LRU was rejected for two reasons: a scan empties it, and a hit must move
/// the block in a list, where here it only raises a number of two bits.
///
/// **Sharded**: a lookup takes the lock of one of a few shards for a probe of a hash table and one retain, some 20 ns.
///
/// **Pinned by reference**: a block that is evicted while someone reads it lives until they let go; the cache counts
/// only what it holds itself. Blocks of removed files are never asked for again, since file numbers are never reused,
/// and fall out like any cold block.
package final class BlockCache: Sendable {
  private let shards: CacheShards
  package let bytesMax: Int

  /// - Parameter bytesMax: 0 turns the cache off: every block is read anew.
  package init(bytesMax: Int) {
    self.bytesMax = bytesMax
    // Small caches get few shards, so that no shard is too small for a few blocks of the largest usual size.
    var count = 1
    while count < Self.shardsMax, bytesMax / (count * 2) >= Self.shardBytesMin { count *= 2 }
    shards = CacheShards(count: count, bytesMax: bytesMax)
  }

  private static let shardsMax = 16
  private static let shardBytesMin = 512 << 10

  /// The block at `offset` of a file, if it is held.
  @inline(__always)
  package func lookup(file: UInt64, offset: Int) -> Block? {
    found(file, offset, as: Block.self)
  }

  /// The value at `offset` of a value file, if it is held.
  package func lookupValue(file: UInt64, offset: Int) -> LargeValue? {
    found(file, offset, as: LargeValue.self)
  }

  @inline(__always)
  private func found<Cached: CachedBytes>(_ file: UInt64, _ offset: Int, as: Cached.Type) -> Cached? {
    let key = CacheKey(file: file, offset: offset)
    // A number belongs to one file ever, so what is found is of the kind that the file holds.
    return shards.withShard(key.hash) { $0.lookup(key) }.map { unsafeDowncast($0, to: Cached.self) }
  }

  /// Puts a block or a value in and returns the one to use: another thread's, if it was faster to read the same one.
  package func insert<Cached: CachedBytes>(_ bytes: Cached, file: UInt64, offset: Int) -> Cached {
    guard bytesMax > 0 else { return bytes }
    let key = CacheKey(file: file, offset: offset)
    return unsafeDowncast(shards.withShard(key.hash) { $0.insert(bytes, key) }, to: Cached.self)
  }

  package struct Metrics: Equatable, Sendable {
    package var hits: UInt64 = 0
    package var misses: UInt64 = 0
    package var evictions: UInt64 = 0
    package var blocks = 0
    package var bytes = 0
  }

  /// Sums over all shards, each read under its lock.
  package func metrics() -> Metrics {
    var sum = Metrics()
    shards.forEach { shard in
      sum.hits += shard.metrics.hits
      sum.misses += shard.metrics.misses
      sum.evictions += shard.metrics.evictions
      sum.blocks += shard.metrics.blocks
      sum.bytes += shard.metrics.bytes
    }
    return sum
  }
}

/// What a block is found by.
struct CacheKey: Equatable {
  let file: UInt64
  let offset: UInt64

  @inline(__always)
  init(file: UInt64, offset: Int) {
    self.file = file
    self.offset = UInt64(truncatingIfNeeded: offset)
  }

  @inline(__always)
  var hash: UInt64 {
    let product = (file &* 0x9E37_79B9_7F4A_7C15 ^ offset).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
  }
}
