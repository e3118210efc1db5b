import Synchronization

/// Slows commits down when compaction falls behind, so that they need not be stopped.
///
/// From `l0SlowdownFilesMax` files in L0 on, each byte committed owes some time, from the pace of 32 MB/s at the first file above
/// down to 1 MB/s just before `l0StopFilesMax`. A commit pays when a millisecond is owed: shorter sleeps are not kept by
/// any kernel. So the pace holds on average, whatever the size of the batches, and no commit sleeps longer than its own
/// bytes and one millisecond ask for.
struct WritePacer: ~Copyable, Sendable {
  private let slowdownFiles: Int
  private let stopFiles: Int
  /// Picoseconds a byte; 0 when nobody is slowed down.
  private let picosecondsPerByte = Atomic<Int>(0)
  private let owedNanoseconds = Atomic<Int>(0)
  private let slowdownCount = Atomic<Int>(0)
  private let sleptNanoseconds = Atomic<Int>(0)

  private static let picosecondsPerByteMin = 31_250
  private static let picosecondsPerByteMax = 1_000_000
  private static let paymentNanosecondsMin = 1_000_000
  /// A single batch may be 128 MiB; nobody sleeps longer than this at once.
  private static let paymentNanosecondsMax = 1_000_000_000

  init(_ options: TreeOptions) {
    slowdownFiles = options.l0SlowdownFilesMax
    stopFiles = options.l0StopFilesMax
  }

  func update(l0Files: Int) {
    var pace = 0
    if l0Files > slowdownFiles {
      let above = min(l0Files, stopFiles) - slowdownFiles
      let range = Self.picosecondsPerByteMax - Self.picosecondsPerByteMin
      pace = Self.picosecondsPerByteMin + range * above / max(1, stopFiles - slowdownFiles)
    }
    picosecondsPerByte.store(pace, ordering: .relaxed)
  }

  /// Sleeps if this many bytes bring the debt to something worth sleeping for. Called before the pipeline's lock is taken.
  @inline(__always)
  func pace(_ bytes: Int) {
    let pace = picosecondsPerByte.load(ordering: .relaxed)
    if pace > 0 { pay(bytes, pace) }
  }

  @inline(never)
  private func pay(_ bytes: Int, _ pace: Int) {
    let owed = owedNanoseconds.add(bytes * pace / 1000, ordering: .relaxed).newValue
    guard owed >= Self.paymentNanosecondsMin else { return }
    let payment = min(owedNanoseconds.exchange(0, ordering: .relaxed), Self.paymentNanosecondsMax)
    guard payment > 0 else { return }
    slowdownCount.add(1, ordering: .relaxed)
    sleptNanoseconds.add(payment, ordering: .relaxed)
    UnixTime.sleep(nanoseconds: payment)
  }

  var slowdowns: Int { slowdownCount.load(ordering: .relaxed) }
  var slowdownNanoseconds: Int { sleptNanoseconds.load(ordering: .relaxed) }
}
