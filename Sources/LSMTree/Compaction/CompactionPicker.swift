/// Chooses what to compact next. A function of a version, what is claimed, the snapshots that are held and the time:
/// it keeps nothing between calls, so what it does can be read off its arguments.
///
/// In order of preference:
/// 1. files that a range deletion covers wholly: they go unread;
/// 2. deletions that are older than `tombstoneAgeSecondsMax`, so that what is deleted is gone within a bounded time
///    however much else there is to do;
/// 3. the level that is most above its share (of L0 counts how deep it is, since each sublevel is one more place to look at for every
///    read), and in it the files that have least to merge with per byte, so that each byte written moves most data down;
/// 4. L0 within itself, if it is deep and the way down is busy;
/// 5. files that hold range deletions, or of which much is deletions that no snapshot needs: space comes
///    back only when deletions reach the bottom, and an idle tree would keep them for ever;
/// 6. tables that refer to value files with too much garbage: see `ValueGarbage`.
///
/// Inputs are closed under user keys: below L0 no user key is in two files of a level, and every file of the output
/// level that shares a user key with the inputs is one of them. What must be taken of L0 is said in
/// CompactionPicker+L0.swift.
package struct CompactionPicker: Sendable {
  package var options: CompactionOptions

  package init(options: CompactionOptions) {
    self.options = options
  }

  /// - Parameters:
  ///   - claims: of compactions under way.
  ///   - snapshots: sequences that readers hold, ascending, and last the one that new readers get.
  ///   - now: seconds since 1970.
  package func pick(
    _ version: Version, claims: CompactionClaims, snapshots: [SequenceNumber], now: UInt32 = 0
  ) -> Compaction? {
    if let drop = pickCovered(version, claims, snapshots) { return drop }
    if let old = pickOldDeletions(version, claims, snapshots, now) { return old }
    let targets = LevelTargets(version, options)
    var isL0Stuck = false
    for candidate in scores(version, targets, claims) where candidate.score >= 1 {
      let picked =
        candidate.level == 0
        ? pickL0(version, targets, claims, .l0) : pickFromLevel(candidate.level, version, claims, .levelSize)
      if let picked { return picked }
      if candidate.level == 0 { isL0Stuck = true }
    }
    if isL0Stuck, let picked = pickWithinL0(version, claims) { return picked }
    return pickDeletions(version, claims, snapshots) ?? pickValueGarbage(version, claims)
  }

  /// What is left to do when nobody writes: deletions in L0 go down, and as long as more than an eighth of the last
  /// level lies above it, all else too. Under writes that would cost as much as it gains; an idle tree gives back
  /// space, and reads of it ask fewer files.
  package func pickIdle(
    _ version: Version, claims: CompactionClaims, snapshots: [SequenceNumber]
  ) -> Compaction? {
    if let picked = pickDeletions(version, claims, snapshots, inL0: true) { return picked }
    let last = Version.levelCount - 1
    let above = (0..<last).reduce(0) { $0 + version.sizeBytes(level: $1) }
    guard above > version.sizeBytes(level: last) / 8 else { return nil }
    for level in (1..<last).reversed() where !version.levels[level].isEmpty {
      if let picked = pickFromLevel(level, version, claims, .idle) { return picked }
    }
    return pickL0(version, LevelTargets(version, options), claims, .idle)
  }

  /// How much above its share each level is, from the most urgent; 1 and above is work to do.
  package func scores(_ version: Version, claims: CompactionClaims) -> [(level: Int, score: Double)] {
    scores(version, LevelTargets(version, options), claims)
  }

  /// Bytes that have to be read and written until every level is within its share, roughly: what is too much in a
  /// level goes down, and takes its part of the next level with it.
  package func debtBytes(_ version: Version) -> Int {
    let targets = LevelTargets(version, options)
    var debt = 0
    var arriving = 0
    if l0Score(version, targets) >= 1 {
      arriving = version.sizeBytes(level: 0)
      debt = arriving + version.sizeBytes(level: targets.baseLevel)
    }
    for level in targets.baseLevel..<Version.levelCount - 1 {
      let bytes = version.sizeBytes(level: level) + arriving
      let excess = max(0, bytes - targets.bytes[level])
      guard excess > 0 else { return debt }
      let below = version.sizeBytes(level: level + 1)
      debt += excess + Int(Double(below) * Double(excess) / Double(bytes))
      arriving = excess
    }
    return debt
  }

  private func scores(
    _ version: Version, _ targets: LevelTargets, _ claims: CompactionClaims
  ) -> [(level: Int, score: Double)] {
    var scores = [(level: 0, score: l0Score(version, targets))]
    for level in targets.baseLevel..<Version.levelCount - 1 {
      let waiting = version.levels[level].reduce(0) { $0 + (claims.contains($1) ? 0 : $1.info.sizeBytes) }
      scores.append((level, Double(waiting) / Double(targets.bytes[level])))
    }
    return scores.sorted { $0.score > $1.score }
  }

  static func range(of files: [TableFile]) -> KeyRange? {
    guard let first = files.first else { return nil }
    return files.dropFirst().reduce(first.info.range) { $0.union($1.info.range) }
  }

  /// The compaction of these inputs, or nil if one that is under way forbids it.
  func make(
    _ reason: CompactionReason, _ work: Compaction.Work, _ inputs: [(level: Int, files: [TableFile])],
    to level: Int, _ version: Version, _ claims: CompactionClaims
  ) -> Compaction? {
    let inputs = inputs.filter { !$0.files.isEmpty }.map {
      Compaction.Input(level: $0.level, files: $0.files)
    }
    guard !inputs.contains(where: { $0.files.contains(where: claims.contains) }) else { return nil }
    let compaction = Compaction(
      reason: reason, work: work, inputs: inputs, outputLevel: level, version: version)
    return claims.forbid(compaction.range, from: inputs[0].level, to: level) ? nil : compaction
  }
}
