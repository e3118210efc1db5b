package import LSMTree
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Keeps two writers of one key apart from reading the old item to having applied the new one.
///
/// A latch stands for all keys that hash to it: a fixed number of mutexes costs nothing to keep, needs no
/// table of who holds what, and two different keys meet at one in a thousand. A latch is held for as long as
/// it takes to read an item and put a batch into the memtable, never for a turn of the disk's log. As a rule that is
/// microseconds. On a thread that may block it is also a read of the disk, where the item is not in memory, and a
/// stall, where the engine lets writers wait until its flushes and compactions have caught up: that may take seconds.
///
/// **Who may wait.** An event loop may not: there the latch is tried a few times, for as long as a holder
/// that works in memory needs, and then the attempt ends with `.wouldBlock`. A thread that may block waits, for
/// `waitMilliseconds` at most. Then a transaction is told of a conflict, and a single write if a transaction is what
/// holds its latch, in the service's words. Single writes are never in conflict with each other: one that waits for
/// another that the disk holds up is told that the service is unavailable, which clients try again.
///
/// **Several keys** are taken in the order of their stripes, each stripe once, so that no two writers can
/// wait for each other. The time that may be waited counts for all of them together.
///
/// **Nobody is passed over for long.** Whoever runs takes a free latch, also ahead of threads that sleep for it: that
/// is what makes a hot key fast, and alone it would let two busy event loops keep a sleeper out for good. So a
/// thread that has slept for `patienceMilliseconds` says so, and from then on the loops leave that latch alone (they send
/// their attempts to threads). What it competes with then are the threads of the pool, `blockingThreadsMax` at most,
/// which the kernel wakes in the order in which they went to sleep; and the wait ends after `waitMilliseconds` in any
/// case. Go's mutex has the same two modes. The price for everyone else is to look at one word that lies beside the mutex
/// which they are about to take.
///
/// **All of them** are taken to change a table (`acquireAll`): since every writer holds a latch from asking
/// whether its table is still as it was until its batch is applied, holding every latch means that no writer
/// is under way with the old schema, and that the next will see the new one. That makes schema changes exact
/// without anything on the write path but reading one flag. The alternative, counting the writers in each
/// table, costs every write two atomic additions.
///
/// Unchecked: the mutexes are what this type is made of; each stays at its address from `init` to `deinit`.
package final class KeyLatches: @unchecked Sendable {
  /// How many latches there are. A power of two.
  package static let stripeCount = 1024
  /// How often a latch that is taken is tried again where waiting is not allowed.
  private static let triesMax = 64
  /// How long a thread sleeps for a latch before others make way for it.
  private static let patienceMilliseconds = 2
  /// Where the number of those who have lost their patience stands: behind the mutex.
  private static let impatientOffset = (MemoryLayout<pthread_mutex_t>.size + 7) & ~7
  /// Where it stands whether a transaction holds the latch: behind that.
  private static let transactionOffset = impatientOffset + MemoryLayout<Atomic<Int>>.size
  /// One mutex, and what belongs to it, per cache line.
  private static let strideBytes = (transactionOffset + MemoryLayout<Atomic<Bool>>.size + 63) & ~63

  private let memory: UnsafeMutableRawPointer
  /// How long a thread may wait for latches.
  private let waitMilliseconds: Int
  #if DEBUG
    /// Whether latches keep nobody out. What checks isolation must find that out: a test breaks them to see that it does.
    private let areBroken: Bool
  #endif

  package init(waitMilliseconds: Int = 10_000, areBroken: Bool = false) {
    self.waitMilliseconds = waitMilliseconds
    #if DEBUG
      self.areBroken = areBroken
    #endif
    memory = .allocate(byteCount: Self.stripeCount * Self.strideBytes, alignment: 64)
    for stripe in 0..<Self.stripeCount {
      let start = memory + stripe * Self.strideBytes
      let mutex = start.bindMemory(to: pthread_mutex_t.self, capacity: 1)
      mutex.initialize(to: pthread_mutex_t())
      precondition(pthread_mutex_init(mutex, nil) == 0)
      (start + Self.impatientOffset).bindMemory(to: Atomic<Int>.self, capacity: 1).initialize(to: Atomic(0))
      (start + Self.transactionOffset).bindMemory(to: Atomic<Bool>.self, capacity: 1)
        .initialize(to: Atomic(false))
    }
  }

  deinit {
    for stripe in 0..<Self.stripeCount { pthread_mutex_destroy(mutex(stripe)) }
    memory.deallocate()
  }

  /// Takes the latch of `key` for a single write. Throws `.wouldBlock` if it is held and `io` does not allow to wait; if
  /// it was waited for in vain, TransactionConflictException where a transaction has it, else ServiceUnavailable.
  package func acquire(_ key: RawSpan, io: ReadIO) throws(Interruption) -> KeyLatch {
    let stripe = Self.stripe(of: key)
    guard try lock(stripe, io) else { throw .service(refusal(at: stripe)) }
    return KeyLatch(holding: stripe, of: self)
  }

  /// Takes the latches of several keys for writes that are no transaction, given as their stripes. Throws as
  /// `acquire(_:io:)`, holding none.
  package func acquire(stripes: [Int], io: ReadIO) throws(Interruption) -> KeyLatchSet {
    var contended: Int?
    guard let ordered = try lock(stripes: stripes, io, &contended) else {
      throw .service(refusal(at: contended!))
    }
    return KeyLatchSet(holding: ordered, of: self)
  }

  /// Takes the latches of a transaction's keys, given as their stripes. Nil, holding none, if one was waited for in vain,
  /// whose stripe `contended` tells. Throws `.wouldBlock`, holding none, if one is held and `io` does not allow to wait.
  package func acquireForTransaction(
    stripes: [Int], io: ReadIO, contended: inout Int?
  ) throws(Interruption) -> KeyLatchSet? {
    guard let ordered = try lock(stripes: stripes, io, &contended) else { return nil }
    for stripe in ordered { isOfTransaction(stripe).pointee.store(true, ordering: .relaxed) }
    return KeyLatchSet(holding: ordered, of: self, forTransaction: true)
  }

  /// What a single write is told that has waited for a latch in vain.
  private func refusal(at stripe: Int) -> ServiceError {
    isOfTransaction(stripe).pointee.load(ordering: .relaxed) ? .transactionConflict : Self.heldUp
  }

  private static let heldUp = ServiceError(
    .serviceUnavailable, "Writes of the item have been waiting for the disk for too long.")

  /// Takes several latches in the order of their stripes, each once, and returns that order; nil as
  /// `acquireForTransaction`.
  private func lock(
    stripes: [Int], _ io: ReadIO, _ contended: inout Int?
  ) throws(Interruption) -> [Int]? {
    var ordered = stripes.sorted()
    var kept = 0
    for stripe in ordered where kept == 0 || ordered[kept - 1] != stripe {
      ordered[kept] = stripe
      kept += 1
    }
    ordered.removeLast(ordered.count - kept)
    var deadline: UInt64?
    for (position, stripe) in ordered.enumerated() {
      do throws(Interruption) {
        if try lock(stripe, io, &deadline) { continue }
      } catch {
        for held in ordered[..<position].reversed() { unlock(held) }
        throw error
      }
      for held in ordered[..<position].reversed() { unlock(held) }
      contended = stripe
      return nil
    }
    return ordered
  }

  /// The same for work that no request waits for and that may wait for as long as it takes.
  package func acquirePatiently(stripes: [Int]) -> KeyLatchSet {
    let ordered = Set(stripes).sorted()
    for stripe in ordered { lockPatiently(stripe) }
    return KeyLatchSet(holding: ordered, of: self)
  }

  /// Takes every latch, waiting for each. No writer is under way while the result lives.
  package func acquireAll() -> KeyLatchSet {
    for stripe in 0..<Self.stripeCount { lockPatiently(stripe) }
    return KeyLatchSet(holding: Array(0..<Self.stripeCount), of: self)
  }

  /// The latch that stands for `key`.
  package static func stripe(of key: RawSpan) -> Int {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(key.byteCount)
    var offset = 0
    while offset + 8 <= key.byteCount {
      hash = mix(hash ^ key.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var tail: UInt64 = 0
    while offset < key.byteCount {
      tail = tail << 8 | UInt64(key.unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self))
      offset += 1
    }
    return Int(truncatingIfNeeded: mix(hash ^ tail) >> 54)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }

  private func lock(_ stripe: Int, _ io: ReadIO) throws(Interruption) -> Bool {
    var deadline: UInt64?
    return try lock(stripe, io, &deadline)
  }

  /// Takes one latch. False if it was waited for until `deadline`, which is set by the first that is waited for.
  private func lock(_ stripe: Int, _ io: ReadIO, _ deadline: inout UInt64?) throws(Interruption) -> Bool {
    #if DEBUG
      if areBroken { return true }
    #endif
    switch io {
    case .blocking:
      if pthread_mutex_trylock(mutex(stripe)) == 0 { return true }
      return wait(for: stripe, &deadline)
    case .memoryOnly:
      if impatient(stripe).pointee.load(ordering: .relaxed) == 0 {
        for _ in 0..<Self.triesMax where pthread_mutex_trylock(mutex(stripe)) == 0 { return true }
      }
      throw .wouldBlock
    }
  }

  /// Sleeps until the latch is free or the deadline over, the second of which is false.
  private func wait(for stripe: Int, _ deadline: inout UInt64?) -> Bool {
    let now = MonotonicClock.nanoseconds
    let end = deadline ?? now + UInt64(waitMilliseconds) * 1_000_000
    deadline = end
    let patienceEnd = min(end, now + UInt64(Self.patienceMilliseconds) * 1_000_000)
    if TimedMutex.lock(mutex(stripe), until: patienceEnd) { return true }
    impatient(stripe).pointee.add(1, ordering: .relaxed)
    defer { impatient(stripe).pointee.subtract(1, ordering: .relaxed) }
    return TimedMutex.lock(mutex(stripe), until: end)
  }

  private func lockPatiently(_ stripe: Int) {
    #if DEBUG
      if areBroken { return }
    #endif
    pthread_mutex_lock(mutex(stripe))
  }

  fileprivate func unlock(_ stripe: Int) {
    #if DEBUG
      if areBroken { return }
    #endif
    pthread_mutex_unlock(mutex(stripe))
  }

  private func mutex(_ stripe: Int) -> UnsafeMutablePointer<pthread_mutex_t> {
    (memory + stripe * Self.strideBytes).assumingMemoryBound(to: pthread_mutex_t.self)
  }

  fileprivate func unlockOfTransaction(_ stripe: Int) {
    isOfTransaction(stripe).pointee.store(false, ordering: .relaxed)
    unlock(stripe)
  }

  /// Whether a transaction holds a latch.
  private func isOfTransaction(_ stripe: Int) -> UnsafeMutablePointer<Atomic<Bool>> {
    (memory + stripe * Self.strideBytes + Self.transactionOffset).assumingMemoryBound(to: Atomic<Bool>.self)
  }

  /// How many threads have lost their patience with a latch.
  private func impatient(_ stripe: Int) -> UnsafeMutablePointer<Atomic<Int>> {
    (memory + stripe * Self.strideBytes + Self.impatientOffset).assumingMemoryBound(to: Atomic<Int>.self)
  }
}

/// One latch that is held; it is given up when the value goes, on the thread that took it.
package struct KeyLatch: ~Copyable {
  private let latches: KeyLatches
  private let stripe: Int

  fileprivate init(holding stripe: Int, of latches: KeyLatches) {
    self.stripe = stripe
    self.latches = latches
  }

  deinit { latches.unlock(stripe) }

  /// Gives the latch up here rather than at the end of its scope.
  package consuming func release() {}
}

/// Several latches that are held; they are given up when the value goes, on the thread that took them.
package struct KeyLatchSet: ~Copyable {
  private let latches: KeyLatches
  private let stripes: [Int]
  private let isOfTransaction: Bool

  fileprivate init(holding stripes: [Int], of latches: KeyLatches, forTransaction: Bool = false) {
    self.stripes = stripes
    self.latches = latches
    isOfTransaction = forTransaction
  }

  deinit {
    for stripe in stripes.reversed() {
      if isOfTransaction { latches.unlockOfTransaction(stripe) } else { latches.unlock(stripe) }
    }
  }

  /// Gives the latches up here rather than at the end of their scope.
  package consuming func release() {}
}
