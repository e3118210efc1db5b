/// A place in one block, with the whole internal key of the entry there.
///
/// The key is put together in a buffer of the cursor's own, by writing what an entry doesn't share over the key
/// before; the value stays where it lies in the block. Copies go 16 bytes at a time, past the end if need be: blocks and
/// the key buffer both have that much to spare.
///
/// Going backward, the entries from a restart on are walked once and their places remembered (`trail`); each step back
/// then takes the next place from the end. The key before shares its first `entry.shared` bytes with the
/// current one, which are in the buffer; its own stored bytes are put behind them, and what may be missing in between is
/// taken from the entries before it.
package struct BlockCursor: ~Copyable {
  private(set) var block: Block?
  private var view: BlockView
  private var entry = BlockEntry.none
  private var keyBuffer: UnsafeMutableRawPointer
  private var keyCapacity = 112
  private var userKeyBytes = 0
  package private(set) var isValid = false
  /// Blocks so far: tells one stay in a block from all others.
  private(set) var blocksEntered = 0
  private var trail: InlineArray<16, BlockPosition> = .init(repeating: BlockPosition(key: 0, value: 0))
  /// How many entries right before the one at `trailEnd`, from a restart on, are in the trail.
  private var trailCount = 0
  private var trailEnd = 0

  package init() {
    keyBuffer = .allocate(byteCount: keyCapacity + BlockView.slackBytes, alignment: 16)
    view = .empty
  }

  deinit {
    keyBuffer.deallocate()
  }

  /// Moves to another block; the cursor is nowhere in it yet.
  package mutating func enter(_ block: Block) {
    view = block.view
    self.block = block
    isValid = false
    blocksEntered &+= 1
    trailCount = 0
  }

  mutating func leave() {
    block = nil
    isValid = false
  }

  /// The internal key here. Valid until the cursor moves.
  @inline(__always)
  package var key: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: keyBuffer, count: userKeyBytes &+ InternalKey.trailerBytes)
  }

  @inline(__always)
  var userKey: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: keyBuffer, count: userKeyBytes) }

  @inline(__always)
  var trailer: UInt64 { KeyOrder.word(keyBuffer, userKeyBytes) }

  /// The user key of the block's first entry, if there is one.
  var firstUserKey: UnsafeRawBufferPointer? {
    guard view.restartCount > 0 else { return nil }
    let first = view.entry(at: view.restart(0))
    return UnsafeRawBufferPointer(start: view.base + first.keyOffset, count: first.unshared)
  }

  @inline(__always)
  package var value: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: view.base + entry.valueOffset, count: entry.valueBytes)
  }

  @inline(__always)
  var valueOffset: Int { entry.valueOffset }

  /// Shows the entry here as of another sequence number than it says. Whatever the cursor shows next it shows as stored.
  mutating func setSequence(_ sequence: SequenceNumber) {
    let kind = ~KeyOrder.word(keyBuffer, userKeyBytes) & 0xFF
    keyBuffer.storeBytes(
      of: (~(sequence &<< 8 | kind)).bigEndian, toByteOffset: userKeyBytes, as: UInt64.self)
  }

  package mutating func seekToFirst() {
    goToRestart(0)
  }

  package mutating func seekToLast() {
    guard view.restartCount > 0 else { return isValid = false }
    goToRestart(view.restartCount - 1)
    while entry.next.key < view.keysEnd { next() }
  }

  /// Goes to the first entry not before `key`.
  package mutating func seek(_ key: SearchKey) {
    guard let found = view.search(key) else { return isValid = false }
    // What this entry shares with the one before, it shares with the key looked for.
    reserve(key.userKeyBytes + found.entry.unshared)
    keyBuffer.copyMemory(from: key.userKey, byteCount: found.entry.shared)
    take(found.entry)
  }

  /// Goes to the last entry not after `key`.
  package mutating func seekForPrevious(_ key: SearchKey) {
    seek(key)
    guard isValid else { return seekToLast() }
    if !isAt(key) { previous() }
  }

  @inline(__always)
  package mutating func next() {
    let next = entry.next
    guard next.key < view.keysEnd else { return isValid = false }
    take(view.entry(at: next))
  }

  /// Goes on to the next entry if that is in this block and surely has another user key. Otherwise stays, and is false.
  ///
  /// An entry that shares all of its key with the one before has the same key. At a restart nothing is shared, and the
  /// keys are compared.
  @inline(__always)
  mutating func nextKey() -> Bool {
    let position = entry.next
    guard position.key < view.keysEnd else { return false }
    let next = view.entry(at: position)
    if next.shared == 0 {
      let isSame =
        KeyOrder.compare(keyBuffer, userKeyBytes, view.base + next.keyOffset, next.unshared) == 0
      if isSame { return false }
    } else if next.unshared == 0 {
      return false
    }
    take(next)
    return true
  }

  /// Whether the entry before is surely of another user key, so that this one is the newest of its key in this block.
  ///
  /// A restart shares nothing, and says nothing of the key before. That key's length and last bytes are stored with it,
  /// which is enough to tell it apart, and the trail leads there.
  @inline(__always)
  mutating func isFirstOfKey() -> Bool {
    entry.shared > 0 ? entry.unshared > 0 : isRestartFirstOfKey()
  }

  private mutating func isRestartFirstOfKey() -> Bool {
    guard hasTrail || layTrail() else { return false }
    let before = view.entry(at: trail[trailCount &- 1])
    if before.shared &+ before.unshared != userKeyBytes { return true }
    return commonPrefixBytes(view.base + before.keyOffset, keyBuffer + before.shared, before.unshared)
      < before.unshared
  }

  /// Goes back by one entry.
  @inline(__always)
  package mutating func previous() {
    if hasTrail || layTrail() {
      stepBack(to: view.entry(at: trail[trailCount &- 1]))
    } else {
      previousWithoutTrail()
    }
  }

  /// Whether the trail leads here.
  @inline(__always)
  private var hasTrail: Bool { trailCount > 0 && trailEnd == entry.position.key }

  /// Makes the entry before the current one current. It is the last in the trail.
  @inline(__always)
  private mutating func stepBack(to before: BlockEntry) {
    let known = entry.shared
    trailCount &-= 1
    trailEnd = before.position.key
    if before.shared > known { fillShared(before.shared, from: known) }
    take(before)
  }

  /// Puts the bytes from `known` to `needed` of the keys that the last entries of the trail share into the buffer: from the
  /// entry where each byte is stored, which the restart is at the latest.
  private mutating func fillShared(_ needed: Int, from known: Int) {
    reserve(needed)
    var needed = needed
    var index = trailCount
    while needed > known {
      index -= 1
      let donor = view.entry(at: trail[index])
      if donor.shared >= needed { continue }
      let start = max(donor.shared, known)
      (keyBuffer + start).copyMemory(
        from: view.base + donor.keyOffset + (start - donor.shared), byteCount: needed - start)
      needed = start
    }
  }

  /// Lays the trail of the entries before this one, from the last restart on. False if there are none in this block, or more than a
  /// trail takes.
  private mutating func layTrail() -> Bool {
    let target = entry.position.key
    let restart = lastRestart(before: target)
    trailCount = 0
    guard restart >= 0 else { return false }
    var position = view.restart(restart)
    while position.key < target {
      guard trailCount < trail.count else {
        trailCount = 0
        return false
      }
      trail[trailCount] = position
      trailCount &+= 1
      position = view.entry(at: position).next
    }
    trailEnd = target
    return true
  }

  /// For the first entry of a block; and for parts with more entries than a trail takes, which this release does not write.
  private mutating func previousWithoutTrail() {
    let target = entry.position.key
    let restart = lastRestart(before: target)
    guard restart >= 0 else { return isValid = false }
    goToRestart(restart)
    while entry.next.key < target { next() }
  }

  /// The last restart that begins before `position`; -1 if there is none.
  private func lastRestart(before position: Int) -> Int {
    var found = 0
    var count = view.restartCount
    while count > 0 {
      let half = count / 2
      if view.restart(found + half).key < position {
        found += half + 1
        count -= half + 1
      } else {
        count = half
      }
    }
    return found - 1
  }

  private mutating func goToRestart(_ restart: Int) {
    guard restart < view.restartCount else { return isValid = false }
    take(view.entry(at: view.restart(restart)))
  }

  private func isAt(_ key: SearchKey) -> Bool {
    KeyOrder.compare(keyBuffer, userKeyBytes, key.userKey, key.userKeyBytes) == 0
      && KeyOrder.word(keyBuffer, userKeyBytes) == key.trailer
  }

  /// Makes `entry` the current one; its shared bytes are in the buffer already.
  @inline(__always)
  private mutating func take(_ entry: BlockEntry) {
    let count = entry.shared &+ entry.unshared
    if count &+ InternalKey.trailerBytes > keyCapacity { reserve(count) }
    // Key bytes and trailer lie side by side in the block and in the buffer.
    copyWords(
      from: view.base + entry.keyOffset, to: keyBuffer + entry.shared,
      entry.unshared &+ InternalKey.trailerBytes)
    self.entry = entry
    userKeyBytes = count
    isValid = true
  }

  @inline(__always)
  private func copyWords(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ count: Int) {
    var done = 0
    repeat {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self), toByteOffset: done,
        as: SIMD16<UInt8>.self)
      done &+= 16
    } while done < count
  }

  /// Makes room for a user key of `count` bytes and its trailer, keeping what the buffer holds.
  private mutating func reserve(_ count: Int) {
    guard count + InternalKey.trailerBytes > keyCapacity else { return }
    let capacity = max(2 * keyCapacity, count + InternalKey.trailerBytes)
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: capacity + BlockView.slackBytes, alignment: 16)
    buffer.copyMemory(from: keyBuffer, byteCount: keyCapacity)
    keyBuffer.deallocate()
    keyBuffer = buffer
    keyCapacity = capacity
  }
}
