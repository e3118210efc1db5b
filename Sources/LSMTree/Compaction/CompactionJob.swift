internal import CPlatform

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

/// Merges the inputs of a compaction into new files, or the part of them between two user keys, so that several jobs
/// do it together (`SubcompactionRunner`).
///
/// An entry is left out in these cases, and in no other:
/// - a newer entry of its key, or a range deletion that covers it, is in the same stripe (`SnapshotStripes`);
/// - it is a deletion that every reader sees, and no level below the output holds its key: there is nothing left to
///   delete. The versions of the key that it hides are among the inputs, since these are closed under user keys.
///
/// A pointer to a value is passed on as it is, unless its file has too much garbage (`ValueCollection`): then the
/// value moves to a new file. A value that is large enough for a value file and is in none, since it was written
/// before there were any or with another threshold, goes to one.
///
/// Range deletions go by the same two rules, fragment by fragment. Outputs end between user keys, never within
/// one, and each gets the part of the range deletions between its ends, so that they share no keys.
package struct CompactionJob: ~Copyable {
  private let compaction: Compaction
  private let part: KeyPart
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

  // When work went on after the last pause, and how long it should have rested since.
  private var resumed: UInt64 = 0
  private var owedNanoseconds = 0

  package init(
    _ compaction: Compaction, part: KeyPart = .all, options: CompactionOptions,
    environment: CompactionEnvironment
  ) {
    self.compaction = compaction
    self.part = part
    self.options = options
    self.environment = environment
    stripes = SnapshotStripes(environment.snapshots)
    rangeDeletions = RangeDeletions(joining: compaction.inputs.flatMap { $0.files.map(\.rangeDeletions) })
      .clipped(from: part.lower, to: part.upper)
    below = FilesBelow(compaction)
    outputs = CompactionOutputs(
      options: options, environment: environment, part: part, grandparents: below.grandparents(of: compaction)
    )
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
    if part == .all { result.bytesRead += compaction.inputBytes }
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
    let options = CursorOptions(io: .blocking, usesCache: false, lower: part.lower, upper: part.upper)
    return compaction.inputs.flatMap { input in
      let files = input.files.filter {
        $0.info.entryCount > 0 && $0.info.range.overlaps(from: part.lower, to: part.upper)
      }
      let runs = input.level == 0 ? L0Sublevels(files).sublevels : files.isEmpty ? [] : [files]
      return runs.map { RunCursor($0, options) }
    }
  }

  private mutating func merge() throws(TreeError) {
    outputs.begin(keptRangeDeletions())
    var merge = try CompactionMerge(cursors(), from: part.lower)
    resumed = platform_monotonic_nanoseconds()
    while merge.isValid {
      let key = merge.key
      let trailer = InternalKey.trailer(of: key.baseAddress!, key.count)
      let sequence = InternalKey.sequence(ofTrailer: trailer)
      let isNewKey = enterKey(UnsafeRawBufferPointer(rebasing: key.dropLast(InternalKey.trailerBytes)))
      if isNewKey, let upper = part.upper, KeyOrder.compare(userKey, upper) >= 0 { break }
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

  /// Where work may be given up, and rests.
  private mutating func pause() throws(TreeError) {
    if environment.shouldStop() { throw .closed }
    let percent = environment.workPercent()
    guard percent < 100 else {
      owedNanoseconds = 0
      resumed = platform_monotonic_nanoseconds()
      return
    }
    let worked = Int(platform_monotonic_nanoseconds() - resumed)
    owedNanoseconds += worked * (100 - percent) / percent
    if owedNanoseconds >= Self.restNanosecondsMin {
      UnixTime.sleep(nanoseconds: min(owedNanoseconds, Self.restNanosecondsMax))
      owedNanoseconds = 0
    }
    resumed = platform_monotonic_nanoseconds()
  }

  private static let restNanosecondsMin = 1_000_000
  /// A tree that closes waits for no more than this.
  private static let restNanosecondsMax = 50_000_000

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
    guard filter.needsValue(key: userKey.span.bytes) else {
      return filter.shouldDelete(key: userKey.span.bytes, value: RawSpan())
    }
    guard kind == .valuePointer else {
      return filter.shouldDelete(key: userKey.span.bytes, value: RawSpan(_unsafeBytes: value))
    }
    let large = try readValue(value)
    defer { withExtendedLifetime(large) {} }
    return filter.shouldDelete(key: userKey.span.bytes, value: RawSpan(_unsafeBytes: large.unsafeBytes))
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
