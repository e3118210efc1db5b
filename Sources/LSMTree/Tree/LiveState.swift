internal import CPlatform

/// What the tree is made of now: the memtable that takes writes, those that wait for their flush, and the version of
/// the tables. Every change installs a new superversion for readers.
///
/// Everything in it is guarded by the commit pipeline's monitor, but for `stripes` and `samples`, which readers use,
/// and the pacers.
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
  let compactionPacer: CompactionPacer
  private let picker: CompactionPicker
  /// What compactions have to do until every level is within its share.
  private(set) var debtBytes: Int

  /// Why the last flush failed, until one succeeds, and why the last compaction did. Commits that would have to wait
  /// for the one or the other fail with this. They are kept apart: compactions that go well are no reason to wait for
  /// a flush that can't.
  var flushFailure: TreeError?
  var compactionFailure: TreeError?
  var isClosing = false
  /// While tables are being ingested, commits wait.
  var isHeld = false

  /// Something here has changed, work has ended well or not, or the tree is closing: what everyone in the background,
  /// and commits that are stalled, wait for.
  let changed = Monitor.Condition()
  /// How often `changed` was signalled, so that who looks first and waits then misses nothing.
  private var changeCount = 0

  /// By what commits waited for.
  private(set) var stalls = InlineArray<4, TreeMetrics.Pauses>(repeating: .init())

  init(options: TreeOptions, version: Version, flushedSequence: SequenceNumber) {
    self.options = options
    self.version = version
    pool = MemtablePool(arenaBytes: Memtable.memoryBytes(capacityBytes: options.memtableBytesMax))
    active = Memtable(pool: pool, firstSequence: flushedSequence + 1, createdTime: options.now())
    stripes = SuperversionStripes(
      Superversion(memtables: [active], version: version, samples: samples))
    pacer = WritePacer(options)
    compactionPacer = CompactionPacer(options)
    picker = CompactionPicker(options: CompactionOptions(options))
    debtBytes = 0
    updatePacers()
  }

  deinit { pool.close() }

  // MARK: Writing

  /// Makes sure that the active memtable takes the batch, whose first sequence number is `first`, by sealing it if
  /// need be. False if too much waits to be flushed or compacted already.
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
    guard let stall else { return true }
    if isClosing { throw .closed }
    if let failure = failure(behind: stall) { throw failure }
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

  /// What a commit that needs a new memtable has to wait for.
  enum Stall: Int {
    /// Sealed memtables, for their flush.
    case memtables
    /// Sublevels of L0, for a compaction.
    case l0
    /// Bytes that have to be compacted.
    case debt
    /// Tables that are being ingested.
    case ingestion
  }

  /// L0 grows by one sublevel for each memtable at most, and debt by a memtable's share, so looking here bounds them.
  private var stall: Stall? {
    if isHeld { return .ingestion }
    if sealed.count >= options.memtablesSealedMax { return .memtables }
    if version.l0.count >= options.l0StopSublevelsMax { return .l0 }
    return debtBytes >= options.debtStopBytesMax ? .debt : nil
  }

  private func failure(behind stall: Stall) -> TreeError? {
    switch stall {
    case .memtables: flushFailure
    case .l0, .debt: compactionFailure
    case .ingestion: nil
    }
  }

  /// Waits until there is room, or until it makes no sense to wait any more. Who lets commits go on after an
  /// ingestion does so whether it succeeded or not.
  func waitForRoom(_ monitor: borrowing Monitor) {
    guard let reason = stall else { return }
    let start = platform_monotonic_nanoseconds()
    while let stall, !isClosing, failure(behind: stall) == nil { changed.wait(in: monitor) }
    stalls[reason.rawValue].add(nanoseconds: Int(platform_monotonic_nanoseconds() - start))
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
    flushFailure = nil
    didChange(version)
  }

  /// Called with what is current at that moment, since edits of two threads may come in here in another order.
  func didChange(_ version: Version) {
    self.version = version
    updatePacers()
    install()
    tellAll()
  }

  /// Tables were ingested whose entries all have that sequence number. Nothing is in memory, and commits wait.
  ///
  /// The memtable is empty, but a reader may have got hold of it, and come to ask for the sequence number only when
  /// that is durable; so it ends before the number, and another one begins behind it.
  func didIngest(_ version: Version, at sequence: SequenceNumber) {
    precondition(active.isEmpty && sealed.isEmpty)
    active.seal(last: sequence - 1)
    active = Memtable(pool: pool, firstSequence: sequence + 1, createdTime: options.now())
    didChange(version)
  }

  private func updatePacers() {
    debtBytes = picker.debtBytes(version)
    pacer.update(l0Sublevels: version.l0.count, debtBytes: debtBytes)
    compactionPacer.update(l0Sublevels: version.l0.count, debtBytes: debtBytes)
  }

  func didFailToFlush(_ failure: TreeError) {
    flushFailure = failure
    tellAll()
  }

  func didFailToCompact(_ failure: TreeError) {
    compactionFailure = failure
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

  /// Waits until something has changed since `changes` gave that number, or the tree closes, or the time is over.
  /// False if nothing has changed.
  @discardableResult
  func waitForChange(after seen: Int, _ monitor: borrowing Monitor, milliseconds: Int? = nil) -> Bool {
    let deadline = milliseconds.map { Int(platform_monotonic_nanoseconds()) + $0 * 1_000_000 }
    return monitor.withLock {
      while changeCount == seen, !isClosing {
        guard let deadline else {
          changed.wait(in: monitor)
          continue
        }
        let left = (deadline - Int(platform_monotonic_nanoseconds())) / 1_000_000
        guard left > 0 else { return false }
        changed.wait(in: monitor, milliseconds: left)
      }
      return true
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
