/// What readers use of a skiplist: plain addresses, so that a read costs no reference counting. Good while the list
/// lives, which a superversion that holds its memtable guarantees.
package struct SkipListReader: @unchecked Sendable {
  // Sendable: everything reachable is immutable once published, or an atomic link.
  let base: UnsafeMutableRawPointer
  let head: Int
  let index: KeyIndexReader

  /// Newer versions stepped over before a search of the list is cheaper.
  private static let stepsMax = 16

  /// The newest version of `key` at or below `sequence`, or 0.
  @inline(__always)
  package func find(_ key: UnsafeRawBufferPointer, hash: UInt64, atOrBelow sequence: SequenceNumber) -> Int {
    // Nothing was written since the last flush: the index would be asked at the price of a cache miss.
    if first == 0 { return 0 }
    var node = index.find(base, key, hash)
    if node == 0 { return index.isIncomplete ? findInList(key, sequence) : 0 }
    let seek = InternalKey.seekTrailer(sequence)
    var steps = 0
    while SkipNode.trailer(base, node) < seek {
      steps &+= 1
      if steps > Self.stepsMax { return findInList(key, sequence) }
      node = base.loadLink(SkipNode.next(node))
      if node == 0 || !isAt(node, key) { return 0 }
    }
    return node
  }

  @inline(never)
  private func findInList(_ key: UnsafeRawBufferPointer, _ sequence: SequenceNumber) -> Int {
    let node = firstAtOrAfter(key, InternalKey.seekTrailer(sequence))
    return node != 0 && isAt(node, key) ? node : 0
  }

  @inline(__always)
  private func isAt(_ node: Int, _ key: UnsafeRawBufferPointer) -> Bool {
    KeyOrder.compare(SkipNode.key(base, node), SkipNode.keyCount(base, node), key.baseAddress!, key.count)
      == 0
  }

  /// The first node at or after (key, trailer), or 0.
  func firstAtOrAfter(_ key: UnsafeRawBufferPointer, _ trailer: UInt64) -> Int {
    var node = base.loadLink(SkipNode.next(lastBefore(key, trailer)))
    // A node that is being linked may have come in between.
    while node != 0, SkipNode.compare(base, node, key, trailer) < 0 { node = next(node) }
    return node
  }

  /// The last node before (key, trailer); the head if there is none.
  func lastBefore(_ key: UnsafeRawBufferPointer, _ trailer: UInt64) -> Int {
    let prefix = SkipNode.prefix(key)
    var node = head
    var level = base.loadLink(SkipList.heightOffset) &- 1
    while true {
      if let next = SkipNode.step(base, node, level, key, prefix, trailer) {
        node = next
        continue
      }
      if level == 0 { return node }
      level &-= 1
    }
  }

  @inline(__always)
  package var first: Int { base.loadLink(SkipNode.next(head)) }

  /// The last node, or 0.
  package var last: Int {
    let node = base.loadLink(SkipList.lastOffset)
    return node == head ? 0 : node
  }

  @inline(__always)
  package func next(_ node: Int) -> Int { base.loadLink(SkipNode.next(node)) }

  /// The node before, or 0.
  @inline(__always)
  package func previous(_ node: Int) -> Int {
    let previous = base.loadLink(SkipNode.previous(node))
    return previous == head ? 0 : previous
  }

  // MARK: What a node holds

  package func key(_ node: Int) -> UnsafeRawBufferPointer { SkipNode.keyBytes(base, node) }
  package func value(_ node: Int) -> UnsafeRawBufferPointer { SkipNode.valueBytes(base, node) }
  package func trailer(_ node: Int) -> UInt64 { SkipNode.trailer(base, node) }
}
