/// What an app may drop while a compaction passes by, such as items past their time to live.
package protocol CompactionFilter: Sendable {
  /// Whether the value of a key has to be looked at to say if it shall be deleted. When false, `shouldDelete` is asked
  /// with an empty value. A large value is read from its value file only for a filter that needs it, and compaction
  /// otherwise never does that: a filter that can tell by the key should say so.
  func needsValue(userKey: UnsafeRawBufferPointer) -> Bool

  /// Whether the newest value of a key, which every reader sees, shall be deleted. Called on a background thread, any
  /// number of times for the same entry; a key for which it is true once should stay so.
  func shouldDelete(userKey: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool
}

extension CompactionFilter {
  package func needsValue(userKey: UnsafeRawBufferPointer) -> Bool { true }
}

/// What a compaction needs of the tree around it, so that it can be run without one.
package struct CompactionEnvironment: Sendable {
  /// Sequences that readers hold, ascending, and last the one that new readers get. Taken before the work begins: who
  /// registers later gets a sequence at or above the last.
  package var snapshots: [SequenceNumber]
  package var newFileNumber: @Sendable () -> UInt64
  package var newTable: @Sendable (UInt64) throws(TreeError) -> TableWriter
  package var removeTable: @Sendable (UInt64) throws(TreeError) -> Void
  package var values: ValueOutputEnvironment
  /// Asked now and then; when true the work is given up.
  package var shouldStop: @Sendable () -> Bool = { false }
  /// Told now and then how many bytes of keys and values were written since the last time. It may wait: that is how work is paced.
  package var pace: @Sendable (Int) -> Void = { _ in }
  package var filter: (any CompactionFilter)?

  package init(
    snapshots: [SequenceNumber], newFileNumber: @escaping @Sendable () -> UInt64,
    newTable: @escaping @Sendable (UInt64) throws(TreeError) -> TableWriter,
    removeTable: @escaping @Sendable (UInt64) throws(TreeError) -> Void, values: ValueOutputEnvironment
  ) {
    self.snapshots = snapshots
    self.newFileNumber = newFileNumber
    self.newTable = newTable
    self.removeTable = removeTable
    self.values = values
  }

  /// The environment of a tree's own compactions.
  package init(_ versions: VersionSet, snapshots: [SequenceNumber]) {
    let store = versions.store
    self.init(
      snapshots: snapshots, newFileNumber: { versions.newFileNumber() },
      newTable: { number throws(TreeError) in try store.newTable(number) },
      removeTable: { number throws(TreeError) in try store.fileSystem.remove(store.files.path(of: number)) },
      values: ValueOutputEnvironment(versions))
  }
}

/// What a compaction did.
package struct CompactionResult: Sendable {
  package var edit: VersionEdit
  package var bytesRead = 0
  package var bytesWritten = 0
  package var entriesRead = 0
  package var entriesWritten = 0
  /// Of the bytes written: those of values that were moved out of files with too much garbage, before compression.
  package var valueBytesRelocated = 0
}

/// Merges the inputs of a compaction into new files.
///
/// An entry is left out in these cases, and in no other:
/// - a newer entry of its key, or a range deletion that covers it, is in the same stripe (`SnapshotStripes`);
/// - it is a deletion that every reader sees, and no level below the output holds its key: there is nothing left to
///   delete. The versions of the key that it hides are among the inputs, since these are closed under user keys.
///
/// A pointer to a value is passed on as it is, unless its file has too much garbage (`ValueCollection`): then the
/// value moves to a new file. A value that is large enough for a value file and is in none, since it was written before there
/// were any or with another threshold, goes to one.
///
/// Range deletions go by the same two rules, fragment by fragment. Outputs end between user keys, never within
/// one, and each gets the part of the range deletions between its ends, so that they share no keys.
package struct CompactionJob: ~Copyable {
  private let compaction: Compaction
  private let options: CompactionOptions
  private let environment: CompactionEnvironment
  private let stripes: SnapshotStripes
  private let rangeDeletions: RangeDeletions
  private var below: FilesBelow
  private var outputs: CompactionOutputs
  private var values: ValueOutputs
  private let collected: Set<UInt64>
  private var result = CompactionResult(edit: VersionEdit())

  // Of the user key at hand.
  private var userKey: [UInt8] = []
  private var isFirstKey = true
  /// The sequence of the newest entry that was seen of it below the one at hand.
  private var newerSequence: SequenceNumber?
  private var coveringIndex = 0

  package init(_ compaction: Compaction, options: CompactionOptions, environment: CompactionEnvironment) {
    self.compaction = compaction
    self.options = options
    self.environment = environment
    stripes = SnapshotStripes(environment.snapshots)
    rangeDeletions = RangeDeletions(joining: compaction.inputs.flatMap { $0.files.map(\.rangeDeletions) })
    below = FilesBelow(compaction)
    outputs = CompactionOutputs(
      options: options, environment: environment, grandparents: below.grandparents(of: compaction))
    values = ValueOutputs(environment.values)
    collected = ValueGarbage(compaction.version, options).toCollect(by: compaction)
  }

  /// Does the work and returns the edit that makes it count. When it throws, outputs that were begun are removed.
  package consuming func run() throws(TreeError) -> CompactionResult {
    if compaction.work != .merge { return CompactionResult(edit: compaction.editWithoutReading()) }
    do throws(TreeError) {
      try merge()
      try outputs.finish()
      try values.finish()
    } catch {
      outputs.removeAll()
      values.removeAll()
      throw error
    }
    result.bytesRead += compaction.inputBytes
    result.bytesWritten = outputs.bytesWritten + values.bytesWritten
    result.entriesWritten = outputs.entriesWritten
    for input in compaction.inputs {
      for file in input.files { result.edit.removed.append(.init(level: input.level, number: file.number)) }
    }
    result.edit.added = outputs.files.map { .init(level: compaction.outputLevel, file: $0) }
    result.edit.valueFilesAdded = values.files
    return result
  }

  private func cursors() -> [RunCursor] {
    let options = CursorOptions(io: .blocking, usesCache: false)
    return compaction.inputs.flatMap { input in
      let files = input.files.filter { $0.info.entryCount > 0 }
      if input.level == 0 { return files.map { RunCursor([$0], options) } }
      return files.isEmpty ? [] : [RunCursor(files, options)]
    }
  }

  private mutating func merge() throws(TreeError) {
    outputs.begin(keptRangeDeletions())
    var merge = try CompactionMerge(cursors())
    while merge.isValid {
      let key = merge.key
      let trailer = InternalKey.trailer(of: key.baseAddress!, key.count)
      let sequence = InternalKey.sequence(ofTrailer: trailer)
      let isNewKey = enterKey(UnsafeRawBufferPointer(rebasing: key.dropLast(InternalKey.trailerBytes)))
      if isNewKey { try outputs.cutIfFull(before: userKey) }
      if !isHidden(sequence) {
        try write(merge, InternalKey.kind(ofTrailer: trailer)!, sequence, isNewest: isNewKey)
      }
      newerSequence = sequence
      result.entriesRead += 1
      if result.entriesRead % Self.entriesBetweenPauses == 0 { try pause() }
      try merge.next()
    }
  }

  private static let entriesBetweenPauses = 1024

  private mutating func pause() throws(TreeError) {
    if environment.shouldStop() { throw .closed }
    environment.pace(outputs.takeBytesSinceLastPause())
  }

  /// Notes the user key at hand; true if it is another one than before.
  private mutating func enterKey(_ key: UnsafeRawBufferPointer) -> Bool {
    if !isFirstKey, userKey.withUnsafeBytes({ KeyOrder.compare($0, key) == 0 }) { return false }
    isFirstKey = false
    userKey.removeAll(keepingCapacity: true)
    userKey.append(contentsOf: key)
    newerSequence = nil
    return true
  }

  private mutating func isHidden(_ sequence: SequenceNumber) -> Bool {
    if let newerSequence, stripes.isHidden(sequence, by: newerSequence) { return true }
    let fragments = rangeDeletions.fragments
    while coveringIndex < fragments.count, KeyOrder.compare(fragments[coveringIndex].upper, userKey) <= 0 {
      coveringIndex += 1
    }
    guard coveringIndex < fragments.count, KeyOrder.compare(fragments[coveringIndex].lower, userKey) <= 0
    else {
      return false
    }
    return fragments[coveringIndex].sequences.contains { stripes.isHidden(sequence, by: $0) }
  }

  private mutating func write(
    _ merge: borrowing CompactionMerge, _ kind: EntryKind, _ sequence: SequenceNumber, isNewest: Bool
  ) throws(TreeError) {
    let isSettled = sequence <= stripes.floor
    switch kind {
    case .deletion:
      if isSettled, !below.contains(userKey) { return }
      try outputs.add(merge.key, merge.value, merge.times)
    case .value, .valuePointer:
      if isSettled, isNewest, try shouldDelete(merge.value, kind) {
        if below.contains(userKey) { try add(.deletion, sequence, .init(start: nil, count: 0), merge.times) }
      } else if kind == .value, values.isLarge(merge.value.count) {
        try addLarge(merge.value, sequence, merge.times)
      } else if kind == .valuePointer {
        try passOn(merge, sequence)
      } else {
        try outputs.add(merge.key, merge.value, merge.times)
      }
    default:
      try outputs.add(merge.key, merge.value, merge.times)
    }
  }

  /// Adds an entry of the user key at hand.
  private mutating func add(
    _ kind: EntryKind, _ sequence: SequenceNumber, _ value: UnsafeRawBufferPointer, _ times: WriteTimes
  ) throws(TreeError) {
    let key = InternalKey.make(userKey, sequence, kind)
    try key.span.bytes.withUnsafeBytes { key throws(TreeError) in try outputs.add(key, value, times) }
  }

  /// Puts a value into a value file and a pointer into the table.
  private mutating func addLarge(
    _ value: UnsafeRawBufferPointer, _ sequence: SequenceNumber, _ times: WriteTimes
  ) throws(TreeError) {
    outputs.didWriteValue(bytes: value.count)
    let key = userKey
    let pointer = try key.span.bytes.withUnsafeBytes { key throws(TreeError) in
      try values.add(value, userKey: key)
    }
    try add(.valuePointer, sequence, pointer, times)
  }

  /// Passes a pointer on, or the value it leads to if that has to leave its file. One that is not large any more, by a
  /// threshold that has changed, comes back into the table. A pointer into a file that is not there is damage: an
  /// edit with it would contradict the version.
  private mutating func passOn(
    _ merge: borrowing CompactionMerge, _ sequence: SequenceNumber
  ) throws(TreeError) {
    let (pointer, _) = try compaction.version.resolve(merge.value)
    guard collected.contains(pointer.file) else {
      return try outputs.add(merge.key, merge.value, merge.times)
    }
    let value = try readValue(merge.value)
    result.valueBytesRelocated += value.count
    if values.isLarge(value.count) {
      try addLarge(value.unsafeBytes, sequence, merge.times)
    } else {
      try add(.value, sequence, value.unsafeBytes, merge.times)
    }
    withExtendedLifetime(value) {}
  }

  private mutating func readValue(_ pointer: UnsafeRawBufferPointer) throws(TreeError) -> LargeValue {
    let version = compaction.version
    let value = try userKey.span.bytes.withUnsafeBytes { key throws(TreeError) in
      try version.largeValueUncached(pointer, ofKey: key)
    }
    result.bytesRead += value.count
    return value
  }

  private mutating func shouldDelete(
    _ value: UnsafeRawBufferPointer, _ kind: EntryKind
  ) throws(TreeError) -> Bool {
    guard let filter = environment.filter else { return false }
    func ask(_ value: UnsafeRawBufferPointer) -> Bool {
      userKey.withUnsafeBytes { filter.shouldDelete(userKey: $0, value: value) }
    }
    guard userKey.withUnsafeBytes({ filter.needsValue(userKey: $0) }) else {
      return ask(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    guard kind == .valuePointer else { return ask(value) }
    let large = try readValue(value)
    defer { withExtendedLifetime(large) {} }
    return ask(large.unsafeBytes)
  }

  /// The range deletions that go into the outputs.
  private func keptRangeDeletions() -> RangeDeletions {
    rangeDeletions.keeping { fragment, sequence in
      let isHiddenByNewer = fragment.sequences.contains { stripes.isHidden(sequence, by: $0) }
      let isDone =
        sequence <= stripes.floor && !below.overlap(from: fragment.lower, to: fragment.upper)
      return !isHiddenByNewer && !isDone
    }
  }
}
