import Synchronization

final class Engine: @unchecked Sendable {
  let options: TreeOptions
  let fileSystem: any FileSystem
  let log: any CommitLog
  private let directoryLock: (any FileLock)?
  private let pipeline: CommitPipeline
  private let memtables: MemtableSet
  private let snapshots = SnapshotRegistry()

  private init(
    options: TreeOptions, fileSystem: any FileSystem, log: any CommitLog, directoryLock: (any FileLock)?,
    memtables: MemtableSet
  ) {
    self.options = options
    self.fileSystem = fileSystem
    self.log = log
    self.directoryLock = directoryLock
    self.memtables = memtables
    pipeline = CommitPipeline(
      log: log,
      environment: .init(
        makeRoom: { (batch, first) throws(TreeError) in memtables.makeRoom(batch, first) },
        apply: { batch, first in memtables.active.apply(batch, first: first) }))
  }

  static func open(
    _ directory: String, options: TreeOptions, fileSystem: any FileSystem, isVolatile: Bool
  ) throws(TreeError) -> Engine {
    try options.check()
    if !fileSystem.exists(directory) { try fileSystem.createDirectory(directory) }
    let memtables = MemtableSet(options: options)
    if isVolatile {
      return Engine(
        options: options, fileSystem: fileSystem, log: NullLog(last: 0), directoryLock: nil,
        memtables: memtables)
    }
    let directoryLock = try fileSystem.lockExclusively(directory + "/LOCK")
    let log = try LocalLog.open(
      directory + "/log", fileSystem: fileSystem, options: options, after: 0
    ) { (payload, first) throws(TreeError) in
      guard let batch = WriteBatch(payload: payload) else { return }
      memtables.makeRoom(batch, first)
      memtables.active.apply(batch, first: first)
    }
    return Engine(
      options: options, fileSystem: fileSystem, log: log, directoryLock: directoryLock, memtables: memtables)
  }

  func close() throws(TreeError) {
    pipeline.monitor.withLock { pipeline.fail(.closed) }
    try log.close()
  }

  func commit(_ batch: borrowing WriteBatch, _ durability: Durability?) throws(TreeError) -> SequenceNumber {
    if batch.isEmpty { return appliedSequence }
    return try pipeline.commit(batch, durability ?? options.durability)
  }

  var appliedSequence: SequenceNumber { pipeline.appliedSequence }
  var durableSequence: SequenceNumber { log.durableSequence }

  func view() -> ReadView { view(at: nil) }
  func view(at sequence: SequenceNumber?) -> ReadView {
    let superversion = memtables.stripes.current
    return ReadView(superversion, min(sequence ?? log.durableSequence, superversion.sequenceBound))
  }
  func appliedView() -> ReadView {
    let superversion = memtables.stripes.current
    return ReadView(
      superversion, min(max(pipeline.appliedSequence, log.durableSequence), superversion.sequenceBound))
  }

  func registerSnapshot() -> SequenceNumber { snapshots.register { log.durableSequence } }
  func unregisterSnapshot(_ sequence: SequenceNumber) { snapshots.unregister(sequence) }

  func flush() throws(TreeError) { try log.sync() }
  func compact(from lower: [UInt8], to upper: [UInt8]?) throws(TreeError) { try flush() }
  var metrics: TreeMetrics {
    var metrics = TreeMetrics()
    metrics.log = log.metrics
    metrics.snapshots = snapshots.count
    return metrics
  }
  func approximateSizeBytes(from lower: [UInt8], to upper: [UInt8]?) -> Int { 0 }
  func verify() throws(TreeError) -> VerificationReport { VerificationReport() }
}

final class MemtableSet: @unchecked Sendable {
  let options: TreeOptions
  var active: Memtable
  var sealed: [Memtable] = []
  let stripes: SuperversionStripes
  init(options: TreeOptions) {
    self.options = options
    active = Memtable(capacityBytes: options.memtableBytesMax, firstSequence: 1, createdTime: 0)
    stripes = SuperversionStripes(Superversion(memtables: [active]))
  }
  func makeRoom(_ batch: borrowing WriteBatch, _ first: SequenceNumber) {
    if active.hasRoom(for: batch) { return }
    active.seal(last: first - 1)
    sealed.insert(active, at: 0)
    active = Memtable(
      capacityBytes: max(options.memtableBytesMax, Memtable.bytesMax(of: batch)), firstSequence: first,
      createdTime: 0)
    stripes.install(Superversion(memtables: [active] + sealed))
  }
}
