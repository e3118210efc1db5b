import LSMTree

/// A history done to a tree of one configuration.
struct HistoryRun: ~Copyable {
  /// Ways to be wrong on purpose: a harness that does not see them sees nothing.
  enum Canary: CaseIterable {
    /// Every range deletion is left out.
    case forgetsRangeDeletions
    /// A snapshot shows what came after it.
    case movesSnapshots
    /// What was written last is gone after closing.
    case losesTheLastWrite
  }

  private let history: History
  private let configuration: Configuration
  private let canary: Canary?
  private let fileSystem: any FileSystem
  private var tree: Tree
  private var snapshots: [Snapshot?] = Array(repeating: nil, count: History.snapshotSlots)
  private var cursor: TreeCursor?
  private var openings = 1
  private var checkpoints = 0
  private var lastWrites: [History.Write] = []

  private static let directory = "/history"

  init(_ history: History, _ configuration: Configuration, canary: Canary? = nil) throws {
    self.history = history
    self.configuration = configuration
    self.canary = canary
    fileSystem = MemoryFileSystem()
    tree = try Tree.open(Self.directory, options: configuration.options(opening: 0), fileSystem: fileSystem)
  }

  /// Goes through the steps until one has another answer than it should, and returns its number; nil if all are right.
  /// Afterwards the tree is verified.
  mutating func firstDifference(from expected: [Answer]) throws -> Int? {
    for (number, step) in history.steps.enumerated() {
      guard try run(step) == expected[number] else { return number }
    }
    cursor = nil
    snapshots = snapshots.map { _ in nil }
    try tree.flush()
    _ = try tree.verify()
    try tree.close()
    return nil
  }

  private mutating func run(_ step: History.Step) throws -> Answer {
    var answer = Answer()
    switch step {
    case .write(let writes, let isAwaited): try write(writes, isAwaited)
    case .get(let asked):
      let view = tree.appliedView()
      for key in asked { answer.add(history.keys[key], try tree.bytes(history.keys[key], in: view)) }
    case .walk(let walk): try self.walk(walk, tree.appliedView(), &answer)
    case .readAll(let isReverse): try Self.readAll(tree, isReverse, &answer)
    case .takeSnapshot(let slot):
      try tree.waitUntilDurable(tree.appliedSequence)
      snapshots[slot] = tree.snapshot()
    case .readSnapshot(let slot, let key, let walk):
      guard let snapshot = snapshots[slot] else { break }
      let key = history.keys[key]
      answer.add(key, try tree.bytes(key, in: view(snapshot)))
      try self.walk(walk, view(snapshot), &answer)
    case .dropSnapshot(let slot): snapshots[slot] = nil
    case .openCursor(let key):
      let target = history.keys[key]
      var cursor = try tree.cursor(in: tree.appliedView())
      try cursor.seek(target.span.bytes)
      Self.show(cursor, &answer)
      self.cursor = consume cursor
    case .moveCursor(let moves):
      guard var cursor = cursor.take() else { break }
      try Self.move(&cursor, moves, &answer)
      self.cursor = consume cursor
    case .flush: try tree.flush()
    case .compact(let lower, let upper):
      try tree.compact(from: lower.map { history.keys[$0] } ?? [], to: upper.map { history.keys[$0] })
    case .excise(let lower, let upper): try tree.excise(from: history.keys[lower], to: history.keys[upper])
    case .ingest(let entries): try ingest(entries)
    case .checkpoint: try readCheckpoint(&answer)
    case .reopen: try reopen()
    }
    return answer
  }

  private func view(_ snapshot: Snapshot) -> ReadView {
    canary == .movesSnapshots ? tree.appliedView() : snapshot.view()
  }

  private mutating func write(_ writes: [History.Write], _ isAwaited: Bool) throws {
    lastWrites = writes
    var batch = WriteBatch()
    for write in writes {
      switch write {
      case .put(let key, let value): batch.put(history.keys[key], value)
      case .delete(let key): batch.delete(history.keys[key])
      case .deleteRange(let lower, let upper):
        if canary == .forgetsRangeDeletions { continue }
        batch.deleteRange(from: history.keys[lower], to: history.keys[upper])
      }
    }
    let sequence = try tree.commit(batch)
    if isAwaited { try tree.waitUntilDurable(sequence) }
  }

  private mutating func reopen() throws {
    if canary == .losesTheLastWrite {
      for case .put(let key, _) in lastWrites {
        var batch = WriteBatch()
        batch.delete(history.keys[key])
        try tree.commit(batch)
      }
    }
    snapshots = snapshots.map { _ in nil }
    cursor = nil
    try tree.close()
    tree = try Tree.open(
      Self.directory, options: configuration.options(opening: openings), fileSystem: fileSystem)
    openings += 1
  }

  private func ingest(_ entries: [(key: Int, value: [UInt8])]) throws {
    guard !entries.isEmpty else { return }
    var builder = try TableBuilder(
      "/built", options: configuration.options(opening: openings), fileSystem: fileSystem)
    for (key, value) in entries { try builder.put(history.keys[key], value) }
    _ = try builder.finish()
    try tree.ingest(["/built"])
    try fileSystem.remove("/built")
  }

  private mutating func readCheckpoint(_ answer: inout Answer) throws {
    checkpoints += 1
    let directory = "/checkpoint \(checkpoints)"
    try tree.checkpoint(to: directory)
    let copy = try Tree.open(
      directory, options: configuration.options(opening: openings + checkpoints), fileSystem: fileSystem)
    try Self.readAll(copy, false, &answer)
    _ = try copy.verify()
    try copy.close()
  }

  // MARK: Cursors

  private static func readAll(_ tree: Tree, _ isReverse: Bool, _ answer: inout Answer) throws {
    var cursor = try tree.cursor(in: tree.appliedView())
    if isReverse { try cursor.seekToLast() } else { try cursor.seekToFirst() }
    while cursor.isValid {
      answer.add(Array(cursor.key), Array(cursor.value))
      if isReverse { try cursor.previous() } else { try cursor.next() }
    }
    answer.addEnd()
  }

  private func walk(_ walk: History.Walk, _ view: consuming ReadView, _ answer: inout Answer) throws {
    var cursor = try tree.cursor(
      in: view, from: walk.lower.map { history.keys[$0] } ?? [], to: walk.upper.map { history.keys[$0] })
    switch walk.start {
    case .first: try cursor.seekToFirst()
    case .last: try cursor.seekToLast()
    case .seek(let key):
      let target = history.keys[key]
      try cursor.seek(target.span.bytes)
    case .seekForPrevious(let key):
      let target = history.keys[key]
      try cursor.seekForPrevious(target.span.bytes)
    }
    Self.show(cursor, &answer)
    try Self.move(&cursor, walk.moves, &answer)
  }

  private static func move(_ cursor: inout TreeCursor, _ moves: [Bool], _ answer: inout Answer) throws {
    for isForward in moves {
      guard cursor.isValid else { break }
      if isForward { try cursor.next() } else { try cursor.previous() }
      show(cursor, &answer)
    }
  }

  private static func show(_ cursor: borrowing TreeCursor, _ answer: inout Answer) {
    guard cursor.isValid else { return answer.addEnd() }
    answer.add(Array(cursor.key), Array(cursor.value))
  }
}
