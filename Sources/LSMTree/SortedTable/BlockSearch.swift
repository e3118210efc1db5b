/// A user key and the trailer to look for: the first entry not before them is what a search finds.
///
/// Plain pointers, for the length of a call: whoever makes one keeps the key's bytes where they are.
package struct SearchKey {
  let userKey: UnsafeRawPointer
  let userKeyBytes: Int
  let trailer: UInt64
}

/// What a search found: an entry, whose user key is the first `entry.shared` bytes of the key that was looked for followed
/// by what is stored.
struct BlockSearchResult {
  var entry: BlockEntry
  /// Whether the entry's user key is the one that was looked for.
  var isSameKey: Bool
}

extension BlockView {
  /// The first entry that is not before `key`, or nil when all are.
  ///
  /// Between two restarts no key is put together. It is enough to know how many bytes the key looked for has in common
  /// with the entry before, which is smaller (`match`): an entry that shares more than that with the one before is
  /// still smaller, and for the same reason; one that shares less is greater; only one that shares exactly that
  /// many is compared, from there on. This needs entries that share as much as they can, which the builder sees to.
  @inline(__always)
  func search(_ key: SearchKey) -> BlockSearchResult? {
    guard restartCount > 0 else { return nil }
    let before = restartsBefore(key)
    if before == 0 {
      let first = entry(at: restart(0))
      return BlockSearchResult(entry: first, isSameKey: isSame(key, first))
    }
    let end = before < restartCount ? restart(before).key : keysEnd
    var current = entry(at: restart(before &- 1))
    var match = commonPrefixBytes(
      base + current.keyOffset, key.userKey,
      current.unshared < key.userKeyBytes ? current.unshared : key.userKeyBytes)
    var position = current.next
    while position.key < end {
      current = entry(at: position)
      if current.shared < match { return BlockSearchResult(entry: current, isSameKey: false) }
      if current.shared == match {
        let keyRest = key.userKeyBytes &- match
        let both = current.unshared < keyRest ? current.unshared : keyRest
        let more = commonPrefixBytes(base + current.keyOffset, key.userKey + match, both)
        if more < both {
          let isGreater =
            base.load(fromByteOffset: current.keyOffset &+ more, as: UInt8.self)
            > key.userKey.load(fromByteOffset: match &+ more, as: UInt8.self)
          if isGreater { return BlockSearchResult(entry: current, isSameKey: false) }
        } else if current.unshared > keyRest {
          return BlockSearchResult(entry: current, isSameKey: false)
        } else if current.unshared == keyRest, KeyOrder.word(base, current.trailerOffset) >= key.trailer {
          return BlockSearchResult(entry: current, isSameKey: true)
        }
        match &+= more
      }
      position = current.next
    }
    guard end < keysEnd else { return nil }
    let next = entry(at: position)
    return BlockSearchResult(entry: next, isSameKey: isSame(key, next))
  }

  /// The value of the first entry that is not before `key`, in a block whose every entry is a restart, such as one of an
  /// index. Where heads differ no key is read at all.
  @inline(__always)
  func searchValue(_ key: SearchKey) -> UnsafeRawBufferPointer? {
    let found = restartsBefore(key)
    guard found < restartCount else { return nil }
    let start = restart(found).value
    let end = found &+ 1 < restartCount ? restart(found &+ 1).value : end
    return UnsafeRawBufferPointer(start: base + start, count: end &- start)
  }

  /// How many restarts are before `key`. All restarts before the returned one are, none behind is.
  @inline(__always)
  func restartsBefore(_ key: SearchKey) -> Int {
    if prefixBytes > 0 {
      let order = orderAgainstPrefix(key)
      if order < 0 { return 0 }
      if order > 0 { return restartCount }
    }
    let head = KeyHead.load(key.userKey, key.userKeyBytes, skipping: prefixBytes)
    var low = 0
    var count = restartCount
    // The first restart whose head is not below. No branch in the loop depends on what is found.
    while count > 0 {
      let half = count &>> 1
      let isBelow = self.head(low &+ half) < head
      low = isBelow ? low &+ half &+ 1 : low
      count = isBelow ? count &- half &- 1 : half
    }
    // Where heads are equal, and only there, the keys decide.
    var high = low
    var step = 1
    while high < restartCount, self.head(high) == head {
      guard isRestart(high, before: key) else { break }
      low = high &+ 1
      high = low &+ step
      step &*= 2
    }
    guard step > 1 else { return low }
    return lastSteps(low, min(high, restartCount), head, key)
  }

  /// Ends a search among equal heads: `low` restarts are known to be before the key, and those from `high` on are
  /// looked at last.
  private func lastSteps(_ low: Int, _ high: Int, _ head: UInt64, _ key: SearchKey) -> Int {
    var low = low
    var high = high
    while low < high {
      let middle = low &+ (high &- low) / 2
      if self.head(middle) == head && isRestart(middle, before: key) {
        low = middle &+ 1
      } else {
        high = middle
      }
    }
    return low
  }

  private func isRestart(_ restart: Int, before key: SearchKey) -> Bool {
    let entry = entry(at: self.restart(restart))
    let order = KeyOrder.compare(base + entry.keyOffset, entry.unshared, key.userKey, key.userKeyBytes)
    if order != 0 { return order < 0 }
    return KeyOrder.word(base, entry.trailerOffset) < key.trailer
  }

  /// Zero when the key begins with what all keys of the block begin with; else where it is to all of them.
  @inline(__always)
  private func orderAgainstPrefix(_ key: SearchKey) -> Int {
    let prefix = base + entry(at: restart(0)).keyOffset
    let both = prefixBytes < key.userKeyBytes ? prefixBytes : key.userKeyBytes
    let match = commonPrefixBytes(prefix, key.userKey, both)
    if match == prefixBytes { return 0 }
    if match == key.userKeyBytes { return -1 }
    return key.userKey.load(fromByteOffset: match, as: UInt8.self)
      < prefix.load(fromByteOffset: match, as: UInt8.self)
      ? -1 : 1
  }

  /// Whether an entry at a restart has the user key looked for.
  @inline(__always)
  private func isSame(_ key: SearchKey, _ entry: BlockEntry) -> Bool {
    entry.unshared == key.userKeyBytes
      && commonPrefixBytes(base + entry.keyOffset, key.userKey, entry.unshared) == entry.unshared
  }
}
