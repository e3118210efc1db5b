import LSMTree
import Synchronization
import Testing

@Suite struct LocalLogTests {
  @Test func replaysWhatWasAddedInOrder() throws {
    let fixture = LogFixture()
    let (log, replayed) = try fixture.open()
    #expect(replayed.isEmpty)
    #expect(fixture.segments.isEmpty, "a log that is only read writes nothing")
    var next: SequenceNumber = 1
    for count in [1, 3, 1, 50, 2] {
      try LogFixture.append(log, first: next, count: count)
      next += UInt64(count)
    }
    try log.close()
    let (again, found) = try fixture.open()
    #expect(found.map(\.first) == [1, 2, 5, 6, 56])
    #expect(found.map(\.key) == found.map { Array("key \($0.first)".utf8) })
    #expect(again.durableSequence == 57)
    try again.close()
    let (third, behind) = try fixture.open(after: 5)
    #expect(behind.map(\.first) == [6, 56])
    try third.close()
  }

  @Test func segmentsAreFinishedReleasedAndUsedAgain() throws {
    let disk = FaultFileSystem()
    var fixture = LogFixture(disk)
    fixture.options.logSegmentsRecycledMax = 1
    let (log, _) = try fixture.open()
    for sequence in 1...400 as ClosedRange<SequenceNumber> {
      try LogFixture.append(log, first: sequence, valueBytes: 1000)
      try log.waitUntilDurable(sequence)
    }
    let before = log.metrics
    #expect(before.segments == fixture.segments.count)
    #expect(before.segments > 5)
    log.release(through: 390)
    let after = log.metrics
    #expect(after.segments <= 2)
    #expect(after.segmentsRecyclable == 1)
    for sequence in 401...500 as ClosedRange<SequenceNumber> {
      try LogFixture.append(log, first: sequence, valueBytes: 1000)
    }
    try log.close()
    #expect(log.metrics.segmentsRecyclable == 0)
    // The old bytes in the recycled file are not taken for records.
    let (again, found) = try fixture.open(after: 390)
    #expect(found.map(\.first) == Array(391...500))
    try again.close()
  }

  @Test func recordLargerThanASegment() throws {
    let fixture = LogFixture()
    let (log, _) = try fixture.open()
    try LogFixture.append(log, first: 1)
    try LogFixture.append(log, first: 2, valueBytes: 300 << 10)
    try LogFixture.append(log, first: 3)
    try log.close()
    let (again, found) = try fixture.open()
    #expect(found.map(\.first) == [1, 2, 3])
    try again.close()
  }

  @Test func oneSyncServesAllWhoWait() throws {
    let gate = Gate()
    let disk = FaultFileSystem { operation in
      if operation.kind == .sync { gate.pass() }
      return nil
    }
    let (log, _) = try LogFixture(disk).open()
    try LogFixture.append(log, first: 1)
    try log.waitUntilDurable(1)
    let before = log.metrics.syncs
    gate.close()
    var threads: [BackgroundThread] = []
    try LogFixture.append(log, first: 2)
    threads.append(.start { #expect(throws: Never.self) { try log.waitUntilDurable(2) } })
    // Wait until somebody leads; everything added from here on is in the next group.
    while log.metrics.records == 2, log.durableSequence < 2, !log.isSyncing {
      UnixTime.sleep(nanoseconds: 10_000)
    }
    for sequence in 3...20 as ClosedRange<SequenceNumber> {
      try LogFixture.append(log, first: sequence)
      threads.append(.start { #expect(throws: Never.self) { try log.waitUntilDurable(sequence) } })
    }
    gate.open()
    for thread in threads { thread.join() }
    #expect(log.durableSequence == 20)
    #expect(log.metrics.syncs - before <= 3)
    #expect(log.metrics.recordsSynced == 20)
    try log.close()
  }

  @Test func recordsNobodyWaitsForBecomeDurable() throws {
    for durability in [Durability.fsync, .interval(milliseconds: 5)] {
      let (log, _) = try LogFixture().open()
      try LogFixture.append(log, first: 1, durability)
      var turns = 0
      while log.metrics.syncs == 0, turns < 5000 {
        UnixTime.sleep(nanoseconds: 1_000_000)
        turns += 1
      }
      #expect(log.metrics.syncs > 0)
      #expect(log.durableSequence == 1)
      try log.close()
    }
  }

  @Test func callbacksAreCalledInOrderOnTheLogThread() throws {
    let (log, _) = try LogFixture().open()
    let order = Shared(Mutex<[SequenceNumber]>([]))
    let threads = Shared(Mutex<Set<UInt>>([]))
    for sequence in 1...300 as ClosedRange<SequenceNumber> {
      try LogFixture.append(log, first: sequence)
      if log.durableSequence < sequence {
        let isInline = Shared(Atomic<Bool>(true))
        log.whenDurable(sequence) { error in
          #expect(error == nil)
          if isInline.value.load(ordering: .acquiring) { return }
          order.value.withLock { $0.append(sequence) }
          threads.value.withLock { _ = $0.insert(BackgroundThread.currentNumber) }
        }
        isInline.value.store(false, ordering: .releasing)
      }
    }
    try log.close()
    let found = order.value.withLock { $0 }
    #expect(found == found.sorted())
    #expect(threads.value.withLock { $0.count } <= 1)
  }

  @Test func bufferIsBounded() throws {
    var fixture = LogFixture()
    fixture.options.logBufferBytesMax = 64 << 10
    let (log, _) = try fixture.open()
    for sequence in 1...500 as ClosedRange<SequenceNumber> {
      try LogFixture.append(log, first: sequence, valueBytes: 5000, Durability.none)
      #expect(log.bufferedBytes <= 64 << 10)
    }
    try log.close()
    let (again, found) = try fixture.open()
    #expect(found.count == 500)
    try again.close()
  }

  @Test func failedWriteAndFailedSyncPoison() throws {
    for kind in [FaultFileSystem.Kind.write, .sync] {
      let isFailing = Shared(Atomic<Bool>(false))
      let disk = FaultFileSystem { operation in
        operation.kind == kind && isFailing.value.load(ordering: .relaxed) ? .fail(errno: 28) : nil
      }
      let fixture = LogFixture(disk)
      let (log, _) = try fixture.open()
      try LogFixture.append(log, first: 1)
      try log.waitUntilDurable(1)
      isFailing.value.store(true, ordering: .relaxed)
      try LogFixture.append(log, first: 2)
      let heard = Shared(Mutex<[TreeError?]>([]))
      log.whenDurable(2) { error in heard.value.withLock { $0.append(error) } }
      let failure = try #require(throws: TreeError.self) { try log.waitUntilDurable(2) }
      isFailing.value.store(false, ordering: .relaxed)
      guard case .poisoned = failure else {
        Issue.record(failure)
        return
      }
      #expect(throws: failure) { try LogFixture.append(log, first: 3) }
      #expect(throws: failure) { try log.sync() }
      #expect(log.durableSequence == 1)
      #expect(throws: failure) { try log.close() }
      #expect(heard.value.withLock { $0 } == [failure])
    }
  }
}
