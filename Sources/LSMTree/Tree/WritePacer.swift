import Synchronization

/// Slows commits down when compaction falls behind, so that they need not be stopped.
///
/// From `l0SlowdownSublevelsMax` sublevels in L0 on, and from `debtSlowdownBytesMax` bytes to be compacted on, each
/// byte committed owes some time, from the pace of 32 MB/s just above down to 1 MB/s just before commits stop; the
/// slower of the two counts. A commit pays when a millisecond is owed: shorter sleeps are not kept by any kernel. So
/// the pace holds on average, whatever the size of the batches, and no commit sleeps longer than its own bytes and
/// one millisecond ask for.
struct WritePacer: ~Copyable, Sendable {
  private let options: TreeOptions
  /// Picoseconds a byte; 0 when nobody is slowed down.
  private let picosecondsPerByte = Atomic<Int>(0)
  /// Whether that is for debt, and not for L0.
  private let isForDebt = Atomic<Bool>(false)
  private let owedNanoseconds = Atomic<Int>(0)
  private let pauses = Mutex<(l0: TreeMetrics.Pauses, debt: TreeMetrics.Pauses)>((.init(), .init()))

  private static let picosecondsPerByteMin = 31_250
  private static let picosecondsPerByteMax = 1_000_000
  private static let paymentNanosecondsMin = 1_000_000
  /// A single batch may be 128 MiB; nobody sleeps longer than this at once.
  private static let paymentNanosecondsMax = 1_000_000_000

  init(_ options: TreeOptions) {
    self.options = options
  }

  func update(l0Sublevels: Int, debtBytes: Int) {
    let l0 = Self.pace(l0Sublevels, from: options.l0SlowdownSublevelsMax, to: options.l0StopSublevelsMax)
    let debt = Self.pace(debtBytes, from: options.debtSlowdownBytesMax, to: options.debtStopBytesMax)
    isForDebt.store(debt > l0, ordering: .relaxed)
    picosecondsPerByte.store(max(l0, debt), ordering: .relaxed)
  }

  private static func pace(_ value: Int, from slowdown: Int, to stop: Int) -> Int {
    guard value > slowdown else { return 0 }
    let share = Double(min(value, stop) - slowdown) / Double(max(1, stop - slowdown))
    return picosecondsPerByteMin + Int(share * Double(picosecondsPerByteMax - picosecondsPerByteMin))
  }

  /// Sleeps if this many bytes bring the debt to something worth sleeping for. Called before the pipeline's lock is
  /// taken.
  ///
  /// Throws `wouldBlock` instead, and nothing is owed, unless the caller may wait.
  @inline(__always)
  func pace(_ bytes: Int, mayWait: Bool) throws(TreeError) {
    let pace = picosecondsPerByte.load(ordering: .relaxed)
    if pace > 0 { try pay(bytes, pace, mayWait) }
  }

  @inline(never)
  private func pay(_ bytes: Int, _ pace: Int, _ mayWait: Bool) throws(TreeError) {
    let due = bytes * pace / 1000
    if !mayWait, owedNanoseconds.load(ordering: .relaxed) + due >= Self.paymentNanosecondsMin {
      throw .wouldBlock
    }
    let owed = owedNanoseconds.add(due, ordering: .relaxed).newValue
    guard mayWait, owed >= Self.paymentNanosecondsMin else { return }
    let payment = min(owedNanoseconds.exchange(0, ordering: .relaxed), Self.paymentNanosecondsMax)
    guard payment > 0 else { return }
    UnixTime.sleep(nanoseconds: payment)
    let isForDebt = isForDebt.load(ordering: .relaxed)
    pauses.withLock {
      if isForDebt { $0.debt.add(nanoseconds: payment) } else { $0.l0.add(nanoseconds: payment) }
    }
  }

  /// Since the tree was opened: for L0, and for debt.
  var slowdowns: (TreeMetrics.Pauses, TreeMetrics.Pauses) {
    pauses.withLock { ($0.l0, $0.debt) }
  }
}
