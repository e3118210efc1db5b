package import LSMTree

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
/// it takes to read an item and put a batch into the memtable, never for a turn of the disk's log, so waiting
/// for one is short.
///
/// **Who may wait.** An event loop may not: there the latch is tried a few times, for as long as a holder
/// that works in memory needs, and then the attempt ends with `.wouldBlock`. A thread that may block waits.
///
/// **Several keys** are taken in the order of their stripes, each stripe once, so that no two writers can
/// wait for each other.
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
  /// One mutex per cache line.
  private static let strideBytes = (MemoryLayout<pthread_mutex_t>.size + 63) & ~63

  private let memory: UnsafeMutableRawPointer

  package init() {
    memory = .allocate(byteCount: Self.stripeCount * Self.strideBytes, alignment: 64)
    for stripe in 0..<Self.stripeCount {
      let mutex = (memory + stripe * Self.strideBytes).bindMemory(to: pthread_mutex_t.self, capacity: 1)
      mutex.initialize(to: pthread_mutex_t())
      precondition(pthread_mutex_init(mutex, nil) == 0)
    }
  }

  deinit {
    for stripe in 0..<Self.stripeCount { pthread_mutex_destroy(mutex(stripe)) }
    memory.deallocate()
  }

  /// Takes the latch of `key`. Throws `.wouldBlock` if it is held and `io` does not allow to wait.
  package func acquire(_ key: RawSpan, io: ReadIO) throws(Interruption) -> KeyLatch {
    let stripe = Self.stripe(of: key)
    try lock(stripe, io)
    return KeyLatch(holding: stripe, of: self)
  }

  /// Takes the latches of several keys, given as their stripes. Throws `.wouldBlock`, holding none, if one is
  /// held and `io` does not allow to wait.
  package func acquire(stripes: [Int], io: ReadIO) throws(Interruption) -> KeyLatchSet {
    var ordered = stripes.sorted()
    var kept = 0
    for stripe in ordered where kept == 0 || ordered[kept - 1] != stripe {
      ordered[kept] = stripe
      kept += 1
    }
    ordered.removeLast(ordered.count - kept)
    for (position, stripe) in ordered.enumerated() {
      do throws(Interruption) {
        try lock(stripe, io)
      } catch {
        for held in ordered[..<position].reversed() { unlock(held) }
        throw error
      }
    }
    return KeyLatchSet(holding: ordered, of: self)
  }

  /// Takes every latch, waiting for each. No writer is under way while the result lives.
  package func acquireAll() -> KeyLatchSet {
    for stripe in 0..<Self.stripeCount { pthread_mutex_lock(mutex(stripe)) }
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

  private func lock(_ stripe: Int, _ io: ReadIO) throws(Interruption) {
    switch io {
    case .blocking:
      pthread_mutex_lock(mutex(stripe))
    case .memoryOnly:
      for _ in 0..<Self.triesMax where pthread_mutex_trylock(mutex(stripe)) == 0 { return }
      throw .wouldBlock
    }
  }

  fileprivate func unlock(_ stripe: Int) {
    pthread_mutex_unlock(mutex(stripe))
  }

  private func mutex(_ stripe: Int) -> UnsafeMutablePointer<pthread_mutex_t> {
    (memory + stripe * Self.strideBytes).assumingMemoryBound(to: pthread_mutex_t.self)
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

  fileprivate init(holding stripes: [Int], of latches: KeyLatches) {
    self.stripes = stripes
    self.latches = latches
  }

  deinit {
    for stripe in stripes.reversed() { latches.unlock(stripe) }
  }

  /// Gives the latches up here rather than at the end of their scope.
  package consuming func release() {}
}
