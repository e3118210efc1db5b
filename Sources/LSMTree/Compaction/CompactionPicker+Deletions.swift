/// What is compacted for the sake of deletions.
extension CompactionPicker {
  /// Files whose every entry is deleted for every reader by range deletions that lie in other files.
  func pickCovered(
    _ version: Version, _ claims: CompactionClaims, _ snapshots: [SequenceNumber]
  ) -> Compaction? {
    guard !version.rangeDeletions.isEmpty else { return nil }
    for level in 0..<Version.levelCount {
      let covered = version.levels[level].filter {
        !claims.contains($0) && Self.isCovered($0.info, version.rangeDeletions, snapshots)
      }
      if !covered.isEmpty {
        return make(.coveredByRangeDeletion, .drop, [(level, covered)], to: level, version, claims)
      }
    }
    return nil
  }

  /// Whether deletions newer than all of the file cover all of it, and every snapshot sees either them or nothing of
  /// the file. A deletion that is newer than the file is in another one, so dropping the file does not undo it.
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
  func pickDeletions(
    _ version: Version, _ claims: CompactionClaims, _ snapshots: [SequenceNumber], inL0: Bool = false
  ) -> Compaction? {
    // Those in L0 will meet more of their kind before it is due.
    sink(version, inL0 ? 0..<1 : 1..<Version.levelCount, claims, snapshots, .deletions) {
      Self.isMostlyDeletions($0)
    }
  }

  /// A file with deletions that have waited for too long. Which of a file's entries are as old as its oldest is not
  /// known, so this may be early, and is never late.
  func pickOldDeletions(
    _ version: Version, _ claims: CompactionClaims, _ snapshots: [SequenceNumber], _ now: UInt32
  ) -> Compaction? {
    guard let time = oldTime(now) else { return nil }
    return sink(version, 0..<Version.levelCount, claims, snapshots, .oldDeletions) {
      $0.deletionCount + $0.rangeDeletionCount > 0 && $0.facts.timeMin <= time
    }
  }

  /// What was written up to then has waited for as long as a deletion may.
  private func oldTime(_ now: UInt32) -> UInt32? {
    guard options.tombstoneAgeSecondsMax > 0, Int(now) >= options.tombstoneAgeSecondsMax else { return nil }
    return UInt32(Int(now) - options.tombstoneAgeSecondsMax)
  }

  /// The first file, from the top, that shall sink by a level, or be written anew if it is in the last. Only one that
  /// every reader sees all of: deletions that a snapshot needs would come to the bottom and stay.
  private func sink(
    _ version: Version, _ levels: Range<Int>, _ claims: CompactionClaims, _ snapshots: [SequenceNumber],
    _ reason: CompactionReason, _ isWanted: (TableFileInfo) -> Bool
  ) -> Compaction? {
    guard let floor = snapshots.first else { return nil }
    for level in levels {
      for file in version.levels[level] where isWanted(file.info) {
        guard file.info.facts.sequenceMax <= floor, !claims.contains(file) else { continue }
        if let picked = sink(file, level, version, claims, reason) { return picked }
      }
    }
    return nil
  }

  private func sink(
    _ file: TableFile, _ level: Int, _ version: Version, _ claims: CompactionClaims,
    _ reason: CompactionReason
  ) -> Compaction? {
    if level == 0 { return pickL0(under: file, version, claims, reason) }
    let output = min(level + 1, Version.levelCount - 1)
    let below = output == level ? [] : version.files(level: output, overlapping: file.info.range)
    let isBetween = (output + 1..<max(output + 1, Version.levelCount)).contains {
      !version.files(level: $0, overlapping: file.info.range).isEmpty
    }
    // Where there is something to delete only further down, writing it anew here would gain nothing.
    let work = below.isEmpty && isBetween ? Compaction.Work.move : .merge
    return make(reason, work, [(level, [file]), (output, below)], to: output, version, claims)
  }

  private static func isMostlyDeletions(_ file: TableFileInfo) -> Bool {
    file.rangeDeletionCount > 0 || file.deletionCount > 0 && 2 * file.deletionCount >= file.entryCount
  }
}
