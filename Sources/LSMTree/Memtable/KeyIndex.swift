internal import CPlatform
import Synchronization

/// A hash table from user key to the newest version of it in a skiplist's arena.
///
/// Open addressing over 64-bit slots: the upper half is half of the key's hash, the lower the node's offset, 0 for
/// free. One writer; readers load slots without locks. Nothing is ever removed, so a probe ends at the first free slot.
/// The table never grows: when three quarters are taken it stops taking keys and says so, and a miss then
/// means "ask the list". That happens only with entries far smaller than what slots are reckoned for.
final class KeyIndex: @unchecked Sendable {
  // Sendable: the memory is reached through atomics only.
  /// Bytes of arena for which there is one slot.
  private static let bytesPerSlot = 96
  private static let slotsMin = 256

  let reader: KeyIndexReader
  private let memory: MappedMemory
  private let slotCount: Int

  /// Bytes of memory for the index of an arena of that size.
  static func memoryBytes(arenaBytes: Int) -> Int {
    var slots = slotsMin
    while slots < arenaBytes / bytesPerSlot { slots *= 2 }
    // Two words before the slots: how many are taken, and whether a key was turned away.
    return (slots + 2) * MemoryLayout<UInt64>.stride
  }

  /// The memory has a size that `memoryBytes` gave, and is zeros: an atomic word is its value, and zero is a value.
  init(_ memory: MappedMemory) {
    self.memory = memory
    let slots = memory.count / MemoryLayout<UInt64>.stride - 2
    slotCount = slots
    let words = memory.base.bindMemory(to: Atomic<UInt64>.self, capacity: slots + 2)
    reader = KeyIndexReader(words: words, mask: slots - 1)
  }

  /// Makes `node` the newest version. `older` is what `find` gave for the key.
  @inline(__always)
  func set(_ base: UnsafeMutableRawPointer, _ hash: UInt64, _ node: Int, replacing older: Int) {
    let words = reader.words
    let tag = hash & 0xFFFF_FFFF_0000_0000
    let taken = words[0].load(ordering: .relaxed)
    if older == 0, Int(taken) >= slotCount / 4 * 3 {
      words[1].store(1, ordering: .releasing)
      return
    }
    var slot = Int(truncatingIfNeeded: hash) & reader.mask
    while true {
      let word = words[slot &+ 2].load(ordering: .relaxed)
      if word == 0 || (older != 0 && Int(truncatingIfNeeded: word & 0xFFFF_FFFF) == older) { break }
      slot = (slot &+ 1) & reader.mask
    }
    if older == 0 { words[0].store(taken &+ 1, ordering: .relaxed) }
    words[slot &+ 2].store(tag | UInt64(node), ordering: .releasing)
  }
}

/// What readers use of a `KeyIndex`; good while the index lives.
struct KeyIndexReader: @unchecked Sendable {
  // Sendable: slots are atomics, and the memory belongs to an index that outlives its readers.
  fileprivate let words: UnsafeMutablePointer<Atomic<UInt64>>
  fileprivate let mask: Int

  /// Whether a key that is not found may be in the list all the same.
  @inline(__always)
  var isIncomplete: Bool { words[1].load(ordering: .acquiring) != 0 }

  /// Asks for the memory that `find` will look at first for a key with this hash.
  @inline(__always)
  func prefetch(_ hash: UInt64) { platform_prefetch(words + (Int(truncatingIfNeeded: hash) & mask &+ 2)) }

  /// The newest version of `key`, or 0.
  @inline(__always)
  func find(_ base: UnsafeMutableRawPointer, _ key: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
    let tag = hash >> 32
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let word = words[slot &+ 2].load(ordering: .acquiring)
      if word == 0 { return 0 }
      if word >> 32 == tag {
        let node = Int(truncatingIfNeeded: word & 0xFFFF_FFFF)
        let order = KeyOrder.compare(
          SkipNode.key(base, node), SkipNode.keyCount(base, node), key.baseAddress!, key.count)
        if order == 0 { return node }
      }
      slot = (slot &+ 1) & mask
    }
  }
}
