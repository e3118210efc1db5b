internal import CPlatform

/// What the tree is made of now: the memtable that takes writes, those that wait for their flush, and the version of the
/// tables. Every change installs a new superversion for readers.
///
/// Everything in it is guarded by the commit pipeline's monitor, but for `stripes` and `samples`, which readers use, and `pacer`.
final class LiveState: @unchecked Sendable {
  private let options: TreeOptions
  private let pool: MemtablePool
  private(set) var active: Memtable
  /// Oldest first.
  private(set) var sealed: [Memtable] = []
  private(set) var version: Version
  let stripes: SuperversionStripes
  let samples = ReadSamples()
  let pacer: WritePacer

  /// Why the last flush or compaction failed, until one succeeds. Commits that would have to wait for it fail with this.
  var backgroundFailure: TreeError?
  var isClosing = false
  /// While tables are being ingested, commits wait.
  var isHeld = false

  /// Something here has changed, work has ended well or not, or the tree is closing: what everyone in the background, and
  /// commits that are stalled, wait for.
  let changed = Monitor.Condition()
  /// How often `changed` was signalled, so that who looks first and waits then misses nothing.
  private var changeCount = 0

  private(set) var stalls = 0
  private(set) var stallNanoseconds = 0

  init(options: TreeOptions, version: Version, flushedSequence: SequenceNumber) {
    self.options = options
    self.version = version
    pool = MemtablePool(arenaBytes: Memtable.memoryBytes(capacityBytes: options.memtableBytesMax))
    active = Memtable(
      capacityBytes: options.memtableBytesMax, firstSequence: flushedSequence + 1, createdTime: options.now(),
      pool: pool)
    stripes = SuperversionStripes(
      Superversion(memtables: [active], version: version, samples: samples))
    pacer = WritePacer(options)
    pacer.update(l0Files: version.levels[0].count)
  }

  deinit { pool.close() }

  // MARK: Writing

  /// Makes sure that the active memtable takes the batch, whose first sequence number is `first`, by sealing it if need be.
  /// False if too much waits to be flushed or compacted already.
  @inline(__always)
  func prepare(_ batch: borrowing WriteBatch, _ first: SequenceNumber) throws(TreeError) -> Bool {
    if isHeld {
      if isClosing { throw .closed }
      return false
    }
    if active.hasRoom(for: batch) { return true }
    guard Memtable.bytesMax(of: batch) <= Memtable.capacityBytesMax else {
      // Tens of millions of tiny entries, for an arena's offsets have 32 bits.
      throw .batchTooLarge(bytes: batch.byteCount, bytesMax: WriteBatch.bytesMax)
    }
    if isStalled {
      if isClosing { throw .closed }
      if let backgroundFailure { throw backgroundFailure }
      return false
    }
    makeRoom(batch, first)
    return true
  }

  /// The same without asking what waits.
  func makeRoom(_ batch: borrowing WriteBatch, _ first: SequenceNumber) {
    if active.hasRoom(for: batch) { return }
    sealActive(last: first - 1, capacityBytes: Memtable.bytesMax(of: batch))
  }

  /// L0 grows by one file for each memtable, so looking at it here bounds it.
  private var isStalled: Bool {
    sealed.count >= options.memtablesSealedMax || version.levels[0].count >= options.l0StopFilesMax
  }

  func waitForRoom(_ monitor: borrowing Monitor) {
    let start = platform_monotonic_nanoseconds()
    changed.wait(in: monitor)
    stalls += 1
    stallNanoseconds += Int(platform_monotonic_nanoseconds() - start)
  }

  /// Ends the active memtable, whose last sequence number is `last`, and begins a new one.
  func sealActive(last: SequenceNumber, capacityBytes: Int = 0) {
    active.seal(last: last)
    sealed.append(active)
    active = Memtable(
      capacityBytes: max(options.memtableBytesMax, capacityBytes), firstSequence: last + 1,
      createdTime: options.now(), pool: pool)
    install()
    tellAll()
  }

  // MARK: Background work

  /// The oldest sealed memtable is in the version now.
  func didFlush(_ version: Version) {
    sealed.removeFirst()
    didChange(version)
  }

  /// Called with what is current at that moment, since edits of two threads may come in here in another order.
  func didChange(_ version: Version) {
    self.version = version
    backgroundFailure = nil
    pacer.update(l0Files: version.levels[0].count)
    install()
    tellAll()
  }

  /// Tables were ingested whose entries all have that sequence number. Nothing is in memory, and commits wait.
  ///
  /// The memtable is empty, but a reader may have got hold of it, and come to ask for the sequence number only when that is
  /// durable; so it ends before the number, and another one begins behind it.
  func didIngest(_ version: Version, at sequence: SequenceNumber) {
    precondition(active.isEmpty && sealed.isEmpty)
    active.seal(last: sequence - 1)
    active = Memtable(
      capacityBytes: options.memtableBytesMax, firstSequence: sequence + 1, createdTime: options.now(),
      pool: pool)
    didChange(version)
  }

  func didFail(_ failure: TreeError) {
    backgroundFailure = failure
    tellAll()
  }

  func beginClosing() {
    isClosing = true
    tellAll()
  }

  /// No more is written. Not called with the monitor held, since the pool's thread is waited for.
  func endPool() { pool.close() }

  /// The oldest memtable to flush, when there is one; nil when the tree closes.
  func waitForSealed(_ monitor: borrowing Monitor) -> Memtable? {
    monitor.withLock {
      while !isClosing {
        if let first = sealed.first { return first }
        changed.wait(in: monitor)
      }
      return nil
    }
  }

  func changes(_ monitor: borrowing Monitor) -> Int { monitor.withLock { changeCount } }

  /// Waits until something has changed since `changes` gave that number, or the tree closes.
  func waitForChange(after seen: Int, _ monitor: borrowing Monitor) {
    monitor.withLock {
      while changeCount == seen, !isClosing { changed.wait(in: monitor) }
    }
  }

  func tellAll() {
    changeCount += 1
    changed.broadcast()
  }

  private func install() {
    stripes.install(
      Superversion(memtables: [active] + sealed.reversed(), version: version, samples: samples))
  }
}
