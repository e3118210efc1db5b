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
    active = Memtable(pool: pool, firstSequence: flushedSequence + 1, createdTime: options.now())
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
    if isHeld { return try waitHeld() }
    if active.hasRoom(for: batch) { return true }
    guard try maySeal() else { return false }
    makeRoom(batch, first)
    return true
  }

  /// The same for a large batch, which needs no room in the active memtable but ends it.
  func prepareLarge() throws(TreeError) -> Bool { isHeld ? try waitHeld() : try maySeal() }

  @inline(never)
  private func waitHeld() throws(TreeError) -> Bool {
    if isClosing { throw .closed }
    return false
  }

  /// Whether one more memtable may wait for its flush.
  private func maySeal() throws(TreeError) -> Bool {
    guard isStalled else { return true }
    if isClosing { throw .closed }
    if let backgroundFailure { throw backgroundFailure }
    return false
  }

  /// The same without asking what waits.
  func makeRoom(_ batch: borrowing WriteBatch, _ first: SequenceNumber) {
    if active.hasRoom(for: batch) { return }
    sealActive(last: first - 1)
    precondition(active.hasRoom(for: batch), "a batch that does not fit an empty memtable is large")
  }

  /// A batch that is not larger fits an empty memtable; a larger one becomes a memtable of its own.
  var largeFromBytes: Int { options.memtableBytesMax / 2 }

  /// Puts a large batch behind what is in the active memtable, and begins another for what comes after it.
  func addLarge(_ batch: SortedBatch, first: SequenceNumber) {
    // An empty one is let go, but readers that have it are told where it ends.
    active.seal(last: first - 1)
    if !active.isEmpty { sealed.append(active) }
    let large = Memtable(batch, firstSequence: first, createdTime: options.now())
    sealed.append(large)
    begin(firstSequence: large.sequenceBound + 1)
  }

  /// Puts a batch of the log where its commit put it. Before there are threads.
  func replay(_ payload: RawSpan, _ first: SequenceNumber) {
    guard let batch = WriteBatch(payload: payload) else {
      preconditionFailure("the log checks what it replays")
    }
    if Memtable.bytesMax(of: batch) > largeFromBytes { return addLarge(SortedBatch(batch), first: first) }
    makeRoom(batch, first)
    active.apply(batch, first: first)
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
  func sealActive(last: SequenceNumber) {
    active.seal(last: last)
    sealed.append(active)
    begin(firstSequence: last + 1)
  }

  private func begin(firstSequence: SequenceNumber) {
    active = Memtable(pool: pool, firstSequence: firstSequence, createdTime: options.now())
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
    active = Memtable(pool: pool, firstSequence: sequence + 1, createdTime: options.now())
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
