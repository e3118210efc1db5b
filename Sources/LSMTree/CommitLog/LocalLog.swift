internal import CPlatform

/// The commit log of local files: a directory of segments.
///
/// **Group commit.** Adding a record copies it into a buffer. Someone then *leads*: takes the whole buffer, writes
/// it, syncs, and with that makes everyone's records in it durable, while later records gather in a second buffer. A
/// thread that waits for its record leads itself if nobody does, so a lone writer pays one fdatasync and no change of
/// thread; the log's own thread leads for callbacks, for `.interval` and `.none`, and for records nobody waits for.
/// The group of a busy log is whatever came in during the sync before; nobody waits to make it larger.
///
/// Two conditions take turns: those whose records are in the group being synced wait on one, those of the next group on
/// the other. So the end of a sync wakes those it served and one more, who leads.
///
/// **What is durable** is a prefix of the history. A record added with `.none` or `.interval` counts at once, unless an
/// earlier one still waits for its sync; then it counts with that one.
///
/// Rejected: syncing on the log's thread only, as Pebble does. Two changes of thread a commit cost more than a
/// third of an fdatasync here. Also rejected: a write system call per unsynced commit, as RocksDB does. It protects
/// against a crash of the process alone, for the price of the whole rest of the commit.
package final class LocalLog: CommitLog {
  let monitor = Monitor()
  let evenGroups = Monitor.Condition()
  let oddGroups = Monitor.Condition()
  /// The buffer was taken: there is room.
  let drained = Monitor.Condition()
  /// The log's thread has something to do.
  let work = Monitor.Condition()
  let durable: DurableSequence
  let writer: SegmentWriter
  private let fileSystem: any FileSystem
  private let options: TreeOptions
  /// Bytes that a payload grows by when it is sealed.
  private let overheadBytes: Int
  private let isSealing: Bool
  /// Everything behind the monitor. Raw memory, so that a field is reached without the runtime's exclusivity check.
  nonisolated(unsafe) let state: UnsafeMutablePointer<LogState>

  /// Opens the log in `directory`, which is made if it is missing, and calls `replay` with every batch behind `after`
  /// in order. What was replayed survives a power cut when this returns.
  package static func open(
    _ directory: String, fileSystem: any FileSystem, options: TreeOptions, keys: DirectoryKeys = .none,
    after: SequenceNumber, replay: (RawSpan, SequenceNumber) throws(TreeError) -> Void
  ) throws(TreeError) -> LocalLog {
    try fileSystem.createDirectoryDurably(directory)
    let found = try LogReplay(directory, fileSystem: fileSystem, after: after, keys: keys, body: replay)
    // A segment that was never begun would, with a newer one behind it, read as damage.
    for number in found.unbegun { try fileSystem.remove(directory + "/" + LogFormat.fileName(number)) }
    if let tail = found.unsynced { try secure(tail, directory, fileSystem) }
    let log = LocalLog(directory, fileSystem, options, keys, found)
    log.release(through: after)
    log.startThread()
    return log
  }

  /// After a crash of the process, or a sync that failed, there may be records that are read from the kernel's memory
  /// and are not on disk; nothing may be shown that a power cut could still take. Syncing alone is not enough: a
  /// kernel that failed to write a page out may call it clean. So the bytes are written again first.
  private static func secure(
    _ tail: LogReplay.UnsyncedTail, _ directory: String, _ fileSystem: any FileSystem
  ) throws(TreeError) {
    let file = try fileSystem.openForWriting(directory + "/" + LogFormat.fileName(tail.segment))
    try file.write(tail.bytes.span.bytes, at: tail.offset)
    try file.sync()
    try file.close()
  }

  private init(
    _ directory: String, _ fileSystem: any FileSystem, _ options: TreeOptions, _ keys: DirectoryKeys,
    _ found: LogReplay
  ) {
    overheadBytes = keys.overheadBytes
    isSealing = keys.isSealing
    self.fileSystem = fileSystem
    self.options = options
    durable = DurableSequence(found.last)
    writer = SegmentWriter(
      directory: directory, fileSystem: fileSystem, segmentBytes: options.logSegmentBytes,
      isPrewriting: options.durability == .fsync, keys: keys)
    state = .allocate(capacity: 1)
    state.initialize(
      to: LogState(
        last: found.last, segments: found.segments,
        nextNumber: found.lastNumber + 1, keys: keys))
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  // MARK: Adding

  package func append(
    _ payload: RawSpan, checksum: UInt32, sequences: ClosedRange<SequenceNumber>, durability: Durability
  ) throws(TreeError) {
    monitor.lock()
    defer { monitor.unlock() }
    try makeRoom(LogFormat.recordBytes(payloadBytes: payload.byteCount &+ overheadBytes))
    if let failure = state.pointee.failure { throw failure }
    precondition(sequences.lowerBound == state.pointee.last + 1, "a log has no gaps")
    state.pointee.append(payload, checksum, sequences, segmentBytes: options.logSegmentBytes)
    switch durability {
    case .fsync: state.pointee.lastToSync = sequences.upperBound
    case .interval(let milliseconds): state.pointee.intervalMilliseconds = milliseconds
    case .none: break
    }
    publishDurable()
    if state.pointee.threadIsIdle || state.pointee.buffer.count >= Self.handoffBytes { wakeThread() }
  }

  package func skip(through sequence: SequenceNumber) throws(TreeError) {
    monitor.lock()
    defer { monitor.unlock() }
    if let failure = state.pointee.failure { throw failure }
    state.pointee.skip(through: sequence)
    publishDurable()
  }

  package func hasRoom(payloadBytes: Int) -> Bool {
    monitor.withLock { !isFull(for: LogFormat.recordBytes(payloadBytes: payloadBytes)) }
  }

  /// An empty buffer takes any record, however large.
  private func isFull(for bytes: Int) -> Bool {
    !state.pointee.buffer.isEmpty && state.pointee.buffer.count + bytes > options.logBufferBytesMax
  }

  private func makeRoom(_ bytes: Int) throws(TreeError) {
    while isFull(for: bytes), state.pointee.failure == nil {
      if state.pointee.isLed { drained.wait(in: monitor) } else { lead(sync: false) }
    }
  }

  // MARK: Waiting

  package var durableSequence: SequenceNumber { durable.value }

  package func waitUntilDurable(_ sequence: SequenceNumber) throws(TreeError) {
    if durable.value >= sequence { return }
    monitor.lock()
    defer { monitor.unlock() }
    while durable.value < sequence {
      if let failure = state.pointee.failure { throw failure }
      precondition(sequence <= state.pointee.last, "waiting for a record that was never added")
      if state.pointee.isLed {
        wait(forGroup: state.pointee.group &+ (sequence <= state.pointee.lastInGroup ? 0 : 1))
      } else {
        lead(sync: true)
      }
    }
  }

  private func wait(forGroup group: Int) {
    if group & 1 == 0 {
      state.pointee.waiters.0 += 1
      evenGroups.wait(in: monitor)
      state.pointee.waiters.0 -= 1
    } else {
      state.pointee.waiters.1 += 1
      oddGroups.wait(in: monitor)
      state.pointee.waiters.1 -= 1
    }
  }

  package func whenDurable(_ sequence: SequenceNumber, _ body: @escaping @Sendable (TreeError?) -> Void) {
    if durable.value >= sequence { return body(nil) }
    let failure: TreeError? = monitor.withLock {
      if let failure = state.pointee.failure { return failure }
      state.pointee.callbacks.add(sequence, body)
      wakeThread()
      return nil
    }
    if let failure { body(durable.value >= sequence ? nil : failure) }
  }

  package func sync() throws(TreeError) {
    monitor.lock()
    defer { monitor.unlock() }
    let target = state.pointee.last
    while state.pointee.synced < target {
      if let failure = state.pointee.failure { throw failure }
      if state.pointee.isLed {
        wait(forGroup: state.pointee.group)
      } else {
        lead(sync: true)
      }
    }
  }

  // MARK: Leading

  /// Writes what is in the buffer, and syncs. Called with the monitor held and nobody leading; lets the monitor go
  /// while it works. Failures end in `state.failure`.
  func lead(sync: Bool) {
    state.pointee.beginGroup()
    let target = state.pointee.last
    let taken = state.pointee.taken
    monitor.unlock()
    var failure: TreeError?
    var nanoseconds: UInt64 = 0
    do throws(TreeError) {
      try writer.write(&taken.pointee, recycle: takeRecyclable, sealed: didSeal)
      if sync {
        let start = platform_monotonic_nanoseconds()
        try writer.sync()
        nanoseconds = platform_monotonic_nanoseconds() - start
      }
    } catch {
      failure = error
    }
    monitor.lock()
    state.pointee.endGroup(keepingBytes: 2 * options.logBufferBytesMax, bytesWritten: writer.bytesWritten)
    if let failure {
      if state.pointee.failure == nil {
        state.pointee.failure = .poisoned(reason: "the log failed: \(failure)")
      }
    } else if sync {
      state.pointee.didSync(target, nanoseconds)
      publishDurable()
    }
    wakeAfterGroup()
  }

  /// Everything up to the last sync is durable, and what follows it, too, if none of it asked for a sync.
  private func publishDurable() {
    let state = state
    durable.advance(
      to: state.pointee.lastToSync <= state.pointee.synced ? state.pointee.last : state.pointee.synced)
  }

  private func wakeAfterGroup() {
    let failed = state.pointee.failure != nil
    let served = state.pointee.group & 1
    if failed || served == 0 {
      evenGroups.broadcast()
    } else if state.pointee.waiters.0 > 0 {
      evenGroups.signal()
    }
    if failed || served == 1 {
      oddGroups.broadcast()
    } else if state.pointee.waiters.1 > 0 {
      oddGroups.signal()
    }
    drained.broadcast()
    if failed || !state.pointee.callbacks.isEmpty { wakeThread() }
  }

  func wakeThread() {
    state.pointee.threadIsIdle = false
    work.signal()
  }

  // MARK: Segments

  private func takeRecyclable() -> String? { monitor.withLock { state.pointee.recyclable.popLast() } }

  private func didSeal(_ number: UInt64, _ last: SequenceNumber) {
    monitor.withLock {
      state.pointee.segments.append(LogReplay.Segment(number: number, last: last, isSealed: isSealing))
    }
  }

  package func release(through sequence: SequenceNumber) {
    let removable = monitor.withLock {
      state.pointee.release(
        through: sequence, path: writer.path, recyclableMax: options.logSegmentsRecycledMax)
    }
    // A file that can't be removed now is found again when the log is opened.
    for path in removable { try? fileSystem.remove(path) }
  }

  // MARK: Ending

  package var failure: TreeError? { monitor.withLock { state.pointee.failure } }

  package func close() throws(TreeError) {
    let thread = monitor.withLock { () -> BackgroundThread? in
      state.pointee.isClosing = true
      wakeThread()
      defer { state.pointee.thread = nil }
      return state.pointee.thread
    }
    guard let thread else { return }
    thread.join()
    let failure = monitor.withLock { state.pointee.failure }
    if let failure, failure != .closed { throw failure }
  }

  /// Bytes that were added and not yet taken by a leader.
  package var bufferedBytes: Int { monitor.withLock { state.pointee.buffer.count } }
  /// Whether somebody leads just now.
  package var isSyncing: Bool { monitor.withLock { state.pointee.isLed } }

  package var metrics: CommitLogMetrics { monitor.withLock { state.pointee.currentMetrics } }

  /// Bytes in the buffer at which the log's thread writes without being asked to sync.
  static let handoffBytes = 256 << 10
  /// The longest that a record nobody waits for stays unwritten.
  static let handoffMilliseconds = 5
}
