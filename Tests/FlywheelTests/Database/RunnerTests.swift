import DynamoModel
import Flywheel
import LSMTree
import Synchronization
import Testing

/// How operations are run: where, how often, and when their answers are given.
@Suite struct RunnerTests {
  /// What a probe saw.
  final class Log: Sendable {
    private let attempts = Mutex<[ReadIO]>([])
    let completions = Tally()
    func note(_ io: ReadIO) { attempts.withLock { $0.append(io) } }
    var ios: [ReadIO] { attempts.withLock { $0 } }
  }

  /// An operation that does what it is told to.
  enum Probe: Flywheel.Operation {
    enum Behaviour: Sendable {
      case answer, wouldBlock, restart(times: Int), refuse, fail, commit
    }

    struct Request: Sendable {
      var behaviour: Behaviour
      var log: Log
    }

    static let name = "Probe"

    static func run(
      _ request: Request, in database: Database, _ context: inout OperationContext
    ) throws(Interruption) -> Int {
      request.log.note(context.io)
      switch request.behaviour {
      case .answer: return 1
      case .wouldBlock:
        if context.io == .memoryOnly { throw .wouldBlock }
        return 2
      case .restart(let times):
        if request.log.ios.count <= times { throw .restart }
        return 3
      case .refuse: throw .service(ServiceError(.conditionalCheckFailed, "no"))
      case .fail: throw .engine(.corruption(file: "f", offset: 1, reason: "r"))
      case .commit:
        var batch = WriteBatch()
        batch.put([9, 9, 9, 9], [1])
        try database.commit(batch, &context)
        return 4
      }
    }
  }

  private func database(_ change: (inout DatabaseOptions) -> Void = { _ in }) throws -> Database {
    var options = DatabaseOptions()
    change(&options)
    return try Database.inMemory(options: options)
  }

  @Test func answersInlineWhenNothingHasToWait() throws {
    let database = try database()
    defer { try? database.close() }
    let log = Log()
    let caller = BackgroundThread.currentNumber
    database.perform(Probe.self, Probe.Request(behaviour: .answer, log: log)) { result in
      #expect(BackgroundThread.currentNumber == caller)
      #expect(try! result.get() == 1)
      log.completions.add()
    }
    #expect(log.completions.value == 1)
    #expect(log.ios == [.memoryOnly])
  }

  @Test func goesToThePoolWhenItWouldBlock() throws {
    let database = try database()
    let log = Log()
    let caller = BackgroundThread.currentNumber
    database.perform(Probe.self, Probe.Request(behaviour: .wouldBlock, log: log)) { result in
      #expect(BackgroundThread.currentNumber != caller)
      #expect(try! result.get() == 2)
      log.completions.add()
    }
    try database.close()
    #expect(log.completions.value == 1)
    #expect(log.ios == [.memoryOnly, .blocking])
  }

  @Test func startsAfreshWhileTheTableChanges() throws {
    let database = try database()
    defer { try? database.close() }
    let log = Log()
    let answer = try database.performAndWait(
      Probe.self, Probe.Request(behaviour: .restart(times: 3), log: log))
    #expect(answer == 3)
    #expect(log.ios.count == 4)
  }

  @Test func tellsErrorsForWhatTheyAre() throws {
    let list = EventList()
    let database = try database { $0.onEvent = { list.add($0) } }
    defer { try? database.close() }
    let refused = serviceError {
      _ = try database.performAndWait(Probe.self, Probe.Request(behaviour: .refuse, log: Log()))
    }
    #expect(refused?.code == .conditionalCheckFailed)
    #expect(list.count == 0)
    let failed = serviceError {
      _ = try database.performAndWait(Probe.self, Probe.Request(behaviour: .fail, log: Log()))
    }
    #expect(failed?.code == .internalServerError)
    #expect(list.count == 1)
  }

  private final class EventList: Sendable {
    private let events = Mutex<[DatabaseEvent]>([])
    func add(_ event: DatabaseEvent) { events.withLock { $0.append(event) } }
    var count: Int { events.withLock { $0.count } }
  }

  @Test func refusesWhenThePoolIsFull() throws {
    let database = try database {
      $0.blockingThreadsMax = 1
      $0.blockingQueueMax = 1
    }
    let gate = Guarded(false)
    let started = Guarded(0)
    struct Gated: Sendable {
      var gate: Guarded<Bool>
      var started: Guarded<Int>
    }
    enum Waiting: Flywheel.Operation {
      static let name = "Waiting"
      static func run(
        _ request: Gated, in database: Database, _ context: inout OperationContext
      ) throws(Interruption) -> Int {
        if context.io == .memoryOnly { throw .wouldBlock }
        request.started.withLock { $0 += 1 }
        request.started.broadcast()
        request.gate.wait { $0 ? () : nil }
        return 1
      }
    }
    let results = Results()
    let request = Gated(gate: gate, started: started)
    database.perform(Waiting.self, request) { results.add($0) }
    started.wait { $0 == 1 ? () : nil }
    database.perform(Waiting.self, request) { results.add($0) }
    database.perform(Waiting.self, request) { results.add($0) }
    #expect(results.codes == [.serviceUnavailable])
    gate.withLock { $0 = true }
    gate.broadcast()
    try database.close()
    #expect(results.codes == [.serviceUnavailable, nil, nil])
  }

  private final class Results: Sendable {
    private let list = Mutex<[ErrorCode?]>([])
    func add(_ result: Result<Int, ServiceError>) {
      list.withLock { list in
        switch result {
        case .success: list.append(nil)
        case .failure(let error): list.append(error.code)
        }
      }
    }
    var codes: [ErrorCode?] { list.withLock { $0 } }
  }

  /// Every completion comes once, whatever way the operation takes, and no answer before its write is
  /// durable.
  @Test func completesOnceAndNotBeforeItIsDurable() throws {
    let database = try Database.open(at: "/db", options: .small, fileSystem: FaultFileSystem())
    let logs = (0..<600).map { _ in Log() }
    let early = Tally()
    let threads = (0..<3).map { thread in
      BackgroundThread.start {
        for number in stride(from: thread, to: logs.count, by: 3) {
          let log = logs[number]
          let behaviour: Probe.Behaviour =
            switch number % 4 {
            case 0: .answer
            case 1: .wouldBlock
            case 2: .refuse
            default: .commit
            }
          database.perform(Probe.self, Probe.Request(behaviour: behaviour, log: log)) { result in
            log.completions.add()
            if case .success(4) = result, database.tree.durableSequence == 0 { early.add() }
          }
        }
      }
    }
    for thread in threads { thread.join() }
    try database.close()
    #expect(logs.allSatisfy { $0.completions.value == 1 })
    #expect(early.value == 0)
  }

  @Test func anAnswerWaitsForItsSync() throws {
    let disk = FaultFileSystem()
    let database = try Database.open(at: "/db", options: .small, fileSystem: disk)
    for _ in 0..<50 {
      let sequence = Guarded<UInt64?>(nil)
      database.perform(Probe.self, Probe.Request(behaviour: .commit, log: Log())) { _ in
        sequence.withLock { $0 = database.tree.durableSequence }
        sequence.broadcast()
      }
      let applied = database.tree.appliedSequence
      let durable = sequence.wait { $0 }
      #expect(durable >= applied)
    }
    try database.close()
  }

  @Test func asyncFormGivesTheSameAnswers() async throws {
    let database = try Database.open(at: "/db", options: .small, fileSystem: FaultFileSystem())
    #expect(try await database.performAsync(Probe.self, Probe.Request(behaviour: .answer, log: Log())) == 1)
    #expect(
      try await database.performAsync(Probe.self, Probe.Request(behaviour: .wouldBlock, log: Log())) == 2)
    #expect(try await database.performAsync(Probe.self, Probe.Request(behaviour: .commit, log: Log())) == 4)
    await #expect(throws: ServiceError.self) {
      try await database.performAsync(Probe.self, Probe.Request(behaviour: .refuse, log: Log()))
    }
    try database.close()
    await #expect(throws: ServiceError.self) {
      try await database.performAsync(Probe.self, Probe.Request(behaviour: .answer, log: Log()))
    }
  }

  /// A commit that is to be slowed down sleeps on a thread of the pool, never on the caller's.
  @Test func commitsThatWouldSleepLeaveTheLoop() throws {
    var options = DatabaseOptions()
    options.durability = .none
    options.tree.compression = .none
    options.tree.idleMilliseconds = 0
    options.tree.levelBaseBytesMax = 1 << 40
    options.tree.l0CompactionSublevels = 1
    options.tree.l0SlowdownSublevelsMax = 1
    let database = try Database.open(at: "/db", options: options, fileSystem: MemoryFileSystem())
    func put(_ key: UInt8) throws {
      var batch = WriteBatch()
      batch.put([9, 9, 9, key], [UInt8](repeating: key, count: 4_000))
      try database.tree.commit(batch)
    }
    // Two sublevels over much more: too little to compact, and one above where commits are slowed down.
    for key in 0..<200 as Range<UInt8> { try put(key) }
    try database.tree.compact()
    for _ in 0..<2 {
      try put(0)
      try database.tree.flush()
    }
    var logs: [Log] = []
    while logs.count < 50_000, logs.last?.ios.count != 2 {
      let log = Log()
      logs.append(log)
      database.perform(Probe.self, Probe.Request(behaviour: .commit, log: log)) { result in
        #expect((try? result.get()) == 4)
        log.completions.add()
      }
      if log.completions.value == 0 {
        while log.completions.value == 0 { UnixTime.sleep(nanoseconds: 1_000_000) }
      }
    }
    #expect(logs.last?.ios == [.memoryOnly, .blocking])
    #expect(logs.allSatisfy { $0.completions.value == 1 })
    try database.close()
  }

  /// With a block cache of nothing, reading what was flushed needs the disk: the event loop's attempt must
  /// end with
  /// `.wouldBlock` and the pool's must give the answer.
  @Test func readsFromDiskLeaveTheLoop() throws {
    var options = DatabaseOptions()
    options.cacheBytesMax = 0
    let database = try Database.open(at: "/db", options: options, fileSystem: MemoryFileSystem())
    try database.create(.plain("table"))
    for number in 0..<50 {
      try database.put(
        "table", ["pk": .string("\(number)"), "v": .string(String(repeating: "x", count: 500))])
    }
    try database.tree.flush()
    enum ReadOne: Flywheel.Operation {
      struct Request: Sendable {
        var key: Item
        var log: Log
      }
      static let name = "ReadOne"
      static func run(
        _ request: Request, in database: Database, _ context: inout OperationContext
      ) throws(Interruption) -> Int {
        request.log.note(context.io)
        let table = try database.table("table", &context)
        var key = KeyBuffer()
        try! Keyspace.append(keyOf: request.key.view, in: table, to: &key)
        do throws(TreeError) {
          return try database.tree.get(key.bytes, in: database.tree.view(), io: context.io)?.count ?? 0
        } catch {
          throw Interruption(error)
        }
      }
    }
    let log = Log()
    let answer = Guarded<Int?>(nil)
    database.perform(ReadOne.self, ReadOne.Request(key: try Item(["pk": "7"]), log: log)) { result in
      answer.withLock { $0 = try? result.get() }
      answer.broadcast()
    }
    #expect(answer.wait { $0 } > 500)
    #expect(log.ios == [.memoryOnly, .blocking])
    try database.close()
  }
}
