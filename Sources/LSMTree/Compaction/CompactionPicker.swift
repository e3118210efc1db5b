/// Chooses what to compact next. A function of a version, the files that are busy, and the snapshots that are held:
/// it keeps nothing between calls, so what it does can be read off its arguments.
///
/// In order of preference:
/// 1. files that a range deletion covers wholly: they go unread;
/// 2. the level that is most above its target (L0 counts files, since each is one more place to look at for every read),
///    and in it the file that has least to merge with per byte, so that each byte written moves most data down;
/// 3. files of which at least half is deletions that no snapshot needs, or that hold range deletions: space comes
///    back only when deletions reach the bottom, and an idle tree would keep them for ever;
/// 4. tables that refer to value files with too much garbage: see `ValueGarbage`.
///
/// Inputs are closed under user keys: below L0 no user key is in two files of a level, and every file of the output level
/// that shares a user key with the inputs is one of them. L0 is taken whole or not at all, since a file of L0 may
/// never sink below an older one that it overlaps.
package struct CompactionPicker: Sendable {
  package var options: CompactionOptions

  package init(options: CompactionOptions) {
    self.options = options
  }

  /// - Parameters:
  ///   - busy: numbers of files that are inputs of compactions under way.
  ///   - snapshots: sequences that readers hold, ascending, and last the one that new readers get.
  package func pick(_ version: Version, busy: Set<UInt64>, snapshots: [SequenceNumber]) -> Compaction? {
    if let drop = pickCovered(version, busy, snapshots) { return drop }
    let targets = LevelTargets(version, options)
    for candidate in scores(version, targets, busy) where candidate.score >= 1 {
      let picked =
        candidate.level == 0
        ? pickL0(version, targets, busy, .l0Files) : pickFromLevel(candidate.level, version, busy)
      if let picked { return picked }
    }
    return pickDeletions(version, busy, snapshots) ?? pickValueGarbage(version, busy)
  }

  /// How much above its target each level is, from the most urgent; 1 and above is work to do.
  package func scores(
    _ version: Version, busy: Set<UInt64>
  ) -> [(level: Int, score: Double)] {
    scores(version, LevelTargets(version, options), busy)
  }

  /// Bytes that have to be compacted until every level is within its target, roughly.
  package func debtBytes(_ version: Version) -> Int {
    let targets = LevelTargets(version, options)
    let l0 = version.levels[0].count >= options.l0CompactionFiles ? version.sizeBytes(level: 0) : 0
    return (targets.baseLevel..<Version.levelCount - 1).reduce(l0) { sum, level in
      sum + max(0, version.sizeBytes(level: level) - targets.bytes[level])
    }
  }

  private func scores(
    _ version: Version, _ targets: LevelTargets, _ busy: Set<UInt64>
  ) -> [(level: Int, score: Double)] {
    var scores: [(level: Int, score: Double)] = []
    let l0 = version.levels[0]
    if !l0.isEmpty {
      let byFiles = Double(l0.count) / Double(options.l0CompactionFiles)
      let byBytes = Double(version.sizeBytes(level: 0)) / Double(options.levelBaseBytesMax)
      scores.append((0, max(byFiles, byBytes)))
    }
    for level in targets.baseLevel..<Version.levelCount - 1 {
      let waiting = version.levels[level].reduce(0) {
        $0 + (busy.contains($1.number) ? 0 : $1.info.sizeBytes)
      }
      scores.append((level, Double(waiting) / Double(targets.bytes[level])))
    }
    return scores.sorted { $0.score > $1.score }
  }

  // MARK: L0

  private func pickL0(
    _ version: Version, _ targets: LevelTargets, _ busy: Set<UInt64>, _ reason: Compaction.Reason
  ) -> Compaction? {
    let files = version.levels[0]
    guard let range = Self.range(of: files), !files.contains(where: { busy.contains($0.number) }) else {
      return nil
    }
    let below = version.files(level: targets.baseLevel, overlapping: range)
    guard !below.contains(where: { busy.contains($0.number) }) else { return nil }
    let canMove = below.isEmpty && Self.areDisjoint(files)
    return make(
      reason, canMove ? .move : .merge, [(0, files), (targets.baseLevel, below)], to: targets.baseLevel,
      version)
  }

  private static func areDisjoint(_ files: [TableFile]) -> Bool {
    let ranges = files.map(\.info.range).sorted { KeyOrder.compare($0.lower, $1.lower) < 0 }
    return zip(ranges, ranges.dropFirst()).allSatisfy { $0.isBefore($1) }
  }

  // MARK: Levels

  private func pickFromLevel(_ level: Int, _ version: Version, _ busy: Set<UInt64>) -> Compaction? {
    var best: (file: TableFile, below: [TableFile], cost: Double)?
    for file in version.levels[level] where !busy.contains(file.number) {
      let below = version.files(level: level + 1, overlapping: file.info.range)
      guard !below.contains(where: { busy.contains($0.number) }) else { continue }
      let belowBytes = below.reduce(0) { $0 + $1.info.sizeBytes }
      let cost = Double(belowBytes) / Double(max(1, file.info.sizeBytes))
      if best.map({ cost < $0.cost }) ?? true { best = (file, below, cost) }
    }
    guard let best else { return nil }
    if best.below.isEmpty, isCheapToMove(best.file, to: level + 1, version) {
      return make(.levelSize, .move, [(level, [best.file])], to: level + 1, version)
    }
    let files = widened(best.file, below: best.below, level, version, busy)
    return make(.levelSize, .merge, [(level, files), (level + 1, best.below)], to: level + 1, version)
  }

  /// A moved file that overlaps much of the level below its new one makes that one's compaction dear.
  private func isCheapToMove(_ file: TableFile, to level: Int, _ version: Version) -> Bool {
    guard level + 1 < Version.levelCount else { return true }
    let bytes = version.files(level: level + 1, overlapping: file.info.range).reduce(0) {
      $0 + $1.info.sizeBytes
    }
    return bytes <= options.grandparentBytesMax
  }

  /// The file and its neighbours that can be taken along without a further file below.
  private func widened(
    _ file: TableFile, below: [TableFile], _ level: Int, _ version: Version, _ busy: Set<UInt64>
  ) -> [TableFile] {
    let belowNumbers = Set(below.map(\.number))
    let files = version.levels[level]
    guard let index = files.firstIndex(where: { $0.number == file.number }) else { return [file] }
    var chosen = index...index
    var bytes = file.info.sizeBytes + below.reduce(0) { $0 + $1.info.sizeBytes }
    func canTake(_ candidate: TableFile) -> Bool {
      guard !busy.contains(candidate.number), bytes + candidate.info.sizeBytes <= options.inputBytesMax else {
        return false
      }
      let overlapped = version.files(level: level + 1, overlapping: candidate.info.range)
      return !overlapped.isEmpty && overlapped.allSatisfy { belowNumbers.contains($0.number) }
    }
    while chosen.upperBound + 1 < files.count, canTake(files[chosen.upperBound + 1]) {
      chosen = chosen.lowerBound...chosen.upperBound + 1
      bytes += files[chosen.upperBound].info.sizeBytes
    }
    while chosen.lowerBound > 0, canTake(files[chosen.lowerBound - 1]) {
      chosen = chosen.lowerBound - 1...chosen.upperBound
      bytes += files[chosen.lowerBound].info.sizeBytes
    }
    return Array(files[chosen])
  }

  // MARK: Deletions

  /// Files whose every entry is deleted for every reader by range deletions that lie in other files.
  private func pickCovered(_ version: Version, _ busy: Set<UInt64>, _ snapshots: [SequenceNumber])
    -> Compaction?
  {
    guard !version.rangeDeletions.isEmpty else { return nil }
    for level in 0..<Version.levelCount {
      let covered = version.levels[level].filter {
        !busy.contains($0.number) && Self.isCovered($0.info, version.rangeDeletions, snapshots)
      }
      if !covered.isEmpty {
        return make(.coveredByRangeDeletion, .drop, [(level, covered)], to: level, version)
      }
    }
    return nil
  }

  /// Whether deletions newer than all of the file cover all of it, and every snapshot sees either them or nothing of the
  /// file. A deletion that is newer than the file is in another one, so dropping the file does not undo it.
  static func isCovered(_ file: TableFileInfo, _ deletions: RangeDeletions, _ snapshots: [SequenceNumber])
    -> Bool
  {
    guard !file.facts.isEmpty else { return false }
    // The oldest reader that sees anything of the file decides: it must see a deletion for each key.
    guard let oldest = snapshots.first(where: { $0 >= file.facts.sequenceMin }) else { return false }
    let range = file.range
    var index = range.lower.withUnsafeBytes { deletions.firstEnding(after: $0) }
    var position = range.lower
    while index < deletions.fragments.count {
      let fragment = deletions.fragments[index]
      guard KeyOrder.compare(fragment.lower, position) <= 0,
        let newest = fragment.sequences.first(where: { $0 <= oldest }), newest > file.facts.sequenceMax
      else { return false }
      let order = KeyOrder.compare(fragment.upper, range.upper)
      if order > 0 || order == 0 && !range.isUpperIncluded { return true }
      position = fragment.upper
      index += 1
    }
    return false
  }

  /// A file that is worth compacting for its deletions alone: all of it is seen by every reader, so that at the
  /// bottom they can be dropped.
  private func pickDeletions(_ version: Version, _ busy: Set<UInt64>, _ snapshots: [SequenceNumber])
    -> Compaction?
  {
    guard let floor = snapshots.first else { return nil }
    for level in 1..<Version.levelCount {
      for file in version.levels[level] where Self.isMostlyDeletions(file.info) {
        guard file.info.facts.sequenceMax <= floor, !busy.contains(file.number) else { continue }
        let output = min(level + 1, Version.levelCount - 1)
        let below = output == level ? [] : version.files(level: output, overlapping: file.info.range)
        guard !below.contains(where: { busy.contains($0.number) }) else { continue }
        return make(.deletions, .merge, [(level, [file]), (output, below)], to: output, version)
      }
    }
    return nil
  }

  private static func isMostlyDeletions(_ file: TableFileInfo) -> Bool {
    file.rangeDeletionCount > 0 || file.deletionCount > 0 && 2 * file.deletionCount >= file.entryCount
  }

  // MARK: Manual

  /// The next step towards having all keys from `lower` (inclusive) to `upper` (exclusive) in the last level: of the
  /// uppermost level that holds some and is not the last, so many files as a compaction may have. Nil when there is
  /// nothing left to do, or only files that are busy now.
  package func pickManual(
    _ version: Version, from lower: [UInt8]?, to upper: [UInt8]?, busy: Set<UInt64>
  ) -> Compaction? {
    for level in 0..<Version.levelCount - 1 {
      let files = version.levels[level].filter { $0.info.range.overlaps(from: lower, to: upper) }
      if files.isEmpty { continue }
      if level == 0 { return pickL0(version, LevelTargets(version, options), busy, .manual) }
      var taken: [TableFile] = []
      var bytes = 0
      for file in files {
        if !taken.isEmpty, bytes + file.info.sizeBytes > options.inputBytesMax { break }
        taken.append(file)
        bytes += file.info.sizeBytes
      }
      guard let range = Self.range(of: taken) else { continue }
      // Between two of them there may be one that is not asked for; a run of neighbours has to be whole.
      taken = version.files(level: level, overlapping: range)
      let below = version.files(level: level + 1, overlapping: range)
      guard !(taken + below).contains(where: { busy.contains($0.number) }) else { return nil }
      return make(
        .manual, below.isEmpty ? .move : .merge, [(level, taken), (level + 1, below)], to: level + 1, version)
    }
    return nil
  }

  /// A table that is older than the keys of its directory, to be written again where it is, sealed; or tables that refer to such
  /// a value file. Nil if there is nothing of the kind, or others are at it.
  func pickPlain(
    _ version: Version, from lower: [UInt8]?, to upper: [UInt8]?, busy: Set<UInt64>, _ keys: DirectoryKeys
  ) -> Compaction? {
    guard keys.isSealing else { return nil }
    for level in 1..<Version.levelCount {
      let plain = version.levels[level].first {
        keys.isPlain(.table, $0.info.backingNumber) && !busy.contains($0.number)
          && $0.info.range.overlaps(from: lower, to: upper)
      }
      if let plain { return make(.manual, .merge, [(level, [plain])], to: level, version) }
    }
    // Value files know no keys, so only a compaction of everything empties them; those in the background do so in time.
    guard lower?.isEmpty ?? true, upper == nil,
      version.valueFiles.contains(where: { $0.file.isPlainAmongSealed })
    else { return nil }
    return pickValueGarbage(version, busy)
  }

  private static func range(of files: [TableFile]) -> KeyRange? {
    guard let first = files.first else { return nil }
    return files.dropFirst().reduce(first.info.range) { $0.union($1.info.range) }
  }

  func make(
    _ reason: Compaction.Reason, _ work: Compaction.Work, _ inputs: [(Int, [TableFile])], to level: Int,
    _ version: Version
  ) -> Compaction {
    let inputs = inputs.filter { !$0.1.isEmpty }.map { Compaction.Input(level: $0.0, files: $0.1) }
    return Compaction(reason: reason, work: work, inputs: inputs, outputLevel: level, version: version)
  }
}
