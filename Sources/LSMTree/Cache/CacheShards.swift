import Synchronization

/// The shards of a cache, each behind its lock.
///
/// They lie in one raw allocation instead of an array of class instances: finding a shard is then an addition, with no
/// reference counted on the way. Right because the memory lives exactly as long as this object, and a shard is touched
/// only inside its lock.
final class CacheShards: @unchecked Sendable {
  private let shards: UnsafeMutablePointer<PaddedShard>
  private let count: Int

  init(count: Int, bytesMax: Int) {
    precondition(count > 0 && count & (count - 1) == 0)
    self.count = count
    shards = .allocate(capacity: count)
    for index in 0..<count {
      (shards + index).initialize(to: PaddedShard(bytesMax: bytesMax / count))
    }
  }

  deinit {
    shards.deinitialize(count: count)
    shards.deallocate()
  }

  /// The top bits of the hash choose the shard; a shard's own table uses the low ones.
  @inline(__always)
  func withShard<Result: ~Copyable>(_ hash: UInt64, _ body: (inout CacheShard) -> sending Result)
    -> sending Result
  {
    let index = Int(truncatingIfNeeded: hash &>> 48) & (count &- 1)
    return shards[index].shard.withLock { body(&$0) }
  }

  func forEach(_ body: (inout CacheShard) -> Void) {
    for index in 0..<count { shards[index].shard.withLock { body(&$0) } }
  }
}

/// A shard and enough room behind it that two of them never share a cache line.
private struct PaddedShard: ~Copyable {
  let shard: Mutex<CacheShard>
  private let padding: InlineArray<8, UInt64> = .init(repeating: 0)

  init(bytesMax: Int) {
    shard = Mutex(CacheShard(bytesMax: bytesMax))
  }
}
