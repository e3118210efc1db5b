/// The two blocks that a memtable is made of: the arena of its skiplist, which need not be zeros, and its index over keys,
/// which must be.
final class MemtableMemory: Sendable {
  let arena: MappedMemory
  let index: MappedMemory

  init(arena: MappedMemory) {
    self.arena = arena
    index = MappedMemory(count: KeyIndex.memoryBytes(arenaBytes: arena.count))
  }

  convenience init(arenaBytes: Int) { self.init(arena: MappedMemory(count: arenaBytes)) }
}

/// Memory for a tree's memtables, made ready before a writer needs it.
///
/// A memtable's pages are touched for the first time by a writer that holds the pipeline's lock: finding and clearing one of 2 MiB
/// takes from a fifth of a millisecond to some milliseconds, and those were the longest pauses there were. Emptying the index of a
/// memtable that is used again, and unmapping what is not, are a millisecond each. So a thread does all three:
/// - It touches the pages of the memtable that takes writes, up to `aheadBytes` ahead of them (`notice`).
/// - It empties what a flushed memtable gives back and keeps it ready, `readyMax` of them. Otherwise the kernel would clear each
///   page anew, a sixth of what a put of 400 bytes costs.
/// - When a memtable is nearly full and nothing is ready, it maps and touches the beginning of another.
///
/// A writer that outruns it loses nothing but the head start. Small memtables do without the thread, which starts with the
/// first write; they keep one arena.
final class MemtablePool: @unchecked Sendable {
  // Sendable: everything that changes is guarded by the monitor.
  private let arenaBytes: Int
  private let monitor = Monitor()
  private let news = Monitor.Condition()
  private var thread: BackgroundThread?
  private var isClosed = false
  /// Given back, to be emptied.
  private var returned: [MemtableMemory] = []
  private var ready: [MemtableMemory] = []
  private var ahead: (memory: MemtableMemory, arenaBytes: Int)?
  private var wantsSpare = false

  /// How far ahead of writes pages are touched.
  private static let aheadBytes = 4 << 20
  private static let readyMax = 2

  /// For memtables whose arenas have `arenaBytes`.
  init(arenaBytes: Int) { self.arenaBytes = arenaBytes }

  private var hasThread: Bool { arenaBytes >= 2 * Self.aheadBytes }

  func take() -> MemtableMemory {
    monitor.lock()
    let memory = ready.popLast()
    // Its index takes longer to empty than an empty one to map.
    let arena = memory == nil ? returned.popLast()?.arena : nil
    monitor.unlock()
    return memory ?? arena.map { MemtableMemory(arena: $0) } ?? MemtableMemory(arenaBytes: arenaBytes)
  }

  /// Takes back what a memtable had, of which it has used so many bytes of the arena.
  func give(_ memory: MemtableMemory, usedBytes: Int) {
    memory.arena.didTouch(through: usedBytes)
    monitor.withLock {
      if isClosed { return }
      if hasThread || returned.isEmpty { returned.append(memory) }
      news.signal()
    }
  }

  /// Where the writer wants to say how far it is, given how far it is now: nowhere for a pool without a thread.
  func nextNotice(after usedBytes: Int) -> Int { hasThread ? usedBytes + Self.aheadBytes / 2 : .max }
  var firstNotice: Int { hasThread ? 0 : .max }

  /// The writer has used so many bytes of the arena.
  func notice(_ memory: MemtableMemory, usedBytes: Int) {
    let isNearlyFull = usedBytes > memory.arena.count / 4 * 3
    let end = min(usedBytes + Self.aheadBytes, memory.arena.count)
    monitor.withLock {
      guard !isClosed else { return }
      if memory.index.populatedBytes < memory.index.count || memory.arena.populatedBytes < end {
        ahead = (memory, end)
      }
      if isNearlyFull, ready.isEmpty, returned.isEmpty { wantsSpare = true }
      guard ahead != nil || wantsSpare else { return }
      if thread == nil { thread = .start { [self] in run() } }
      news.signal()
    }
  }

  /// Ends the thread and lets everything go that is kept.
  func close() {
    let ending = monitor.withLock {
      isClosed = true
      news.signal()
      defer { thread = nil }
      return thread
    }
    ending?.join()
    monitor.withLock {
      ready = []
      returned = []
      ahead = nil
    }
  }

  // MARK: The thread

  private enum Duty {
    case touch(MemtableMemory, arenaBytes: Int)
    case empty(MemtableMemory)
    case makeSpare
    case stop
  }

  private func run() {
    while true {
      switch waitForDuty() {
      case .touch(let memory, let bytes):
        memory.index.populate(through: memory.index.count)
        memory.arena.populate(through: bytes)
      case .empty(let memory):
        memory.index.base.initializeMemory(as: UInt8.self, repeating: 0, count: memory.index.count)
        memory.index.didTouch(through: memory.index.count)
        keep(memory)
      case .makeSpare:
        let memory = MemtableMemory(arenaBytes: arenaBytes)
        memory.index.populate(through: memory.index.count)
        memory.arena.populate(through: Self.aheadBytes)
        keep(memory)
      case .stop: return
      }
    }
  }

  /// The writer's pages first.
  private func waitForDuty() -> Duty {
    monitor.withLock {
      while !isClosed {
        if let next = ahead {
          ahead = nil
          return .touch(next.memory, arenaBytes: next.arenaBytes)
        }
        if let memory = returned.popLast() { return .empty(memory) }
        if wantsSpare {
          wantsSpare = false
          if ready.isEmpty { return .makeSpare }
        }
        news.wait(in: monitor)
      }
      return .stop
    }
  }

  /// One too many ends with this call, outside the lock.
  private func keep(_ memory: MemtableMemory) {
    monitor.withLock { if ready.count < Self.readyMax { ready.append(memory) } }
  }
}
