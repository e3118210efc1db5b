/// A place in one block, with the whole internal key of the entry there.
///
/// The key is put together in a buffer of the cursor's own, by writing what an entry doesn't share over the key
/// before; the value stays where it lies in the block. Copies go 16 bytes at a time, past the end if need be: blocks and
/// the key buffer both have that much to spare.
package struct BlockCursor: ~Copyable {
  private(set) var block: Block?
  private var view: BlockView
  private var entry = BlockEntry.none
  private var keyBuffer: UnsafeMutableRawPointer
  private var keyCapacity = 112
  private var userKeyBytes = 0
  package private(set) var isValid = false

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
  package var value: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: view.base + entry.valueOffset, count: entry.valueBytes)
  }

  @inline(__always)
  var valueOffset: Int { entry.valueOffset }

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

  /// Goes back by one entry: to the restart before it, and forward from there.
  package mutating func previous() {
    let target = entry.position.key
    var restart = 0
    var count = view.restartCount
    while count > 0 {
      let half = count / 2
      if view.restart(restart + half).key < target {
        restart += half + 1
        count -= half + 1
      } else {
        count = half
      }
    }
    guard restart > 0 else { return isValid = false }
    goToRestart(restart - 1)
    while entry.next.key < target { next() }
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
