/// What is taken of L0.
///
/// A file of L0 may never sink below an older one that shares a key with it, so what is taken is closed downward:
/// with a file everything in L0 that is older and within the range of what was taken. (Within the range, and not just
/// sharing a file's range: taking what lies between costs nothing more below.) Such a *stack* may be the whole of L0,
/// and is when keys are random; where files lie side by side there are several, and each is compacted by itself, at
/// the same time as others if their ranges are apart.
extension CompactionPicker {
  /// How urgent L0 is.
  ///
  /// Compacting it costs, for each byte that it holds, that byte and its part of the base level. So it waits until it
  /// has half as many bytes as the base level, when that is three bytes written for one that moves; but not longer
  /// than to three times the depth that it may have anyway, since each sublevel costs every read a filter.
  func l0Score(_ version: Version, _ targets: LevelTargets) -> Double {
    let bytes = Double(version.sizeBytes(level: 0))
    let byDepth = Double(version.l0.count) / Double(options.l0CompactionSublevels)
    let byGain = 2 * bytes / Double(max(version.sizeBytes(level: targets.baseLevel), 1))
    let byBytes = bytes / Double(options.levelBaseBytesMax)
    return max(byDepth / Self.depthFactorMax, min(byDepth, byGain), byBytes)
  }

  private static let depthFactorMax = 3.0

  private struct Stack {
    var files: [TableFile]
    var below: [TableFile]
    /// Of the bytes that compacting it would write, how many it moves.
    var gain: Double
  }

  /// The stack that moves most for what it writes, of those at least half as deep as the deepest: a shallow one may
  /// be cheaper, but leaves reads where they were.
  func pickL0(
    _ version: Version, _ targets: LevelTargets, _ claims: CompactionClaims, _ reason: CompactionReason
  ) -> Compaction? {
    let stacks = version.levels[0].indices.map { stack(under: $0, version, targets.baseLevel) }
    let deepest = stacks.reduce(0) { max($0, $1.files.count) }
    for stack in stacks.sorted(by: { $0.gain > $1.gain }) where 2 * stack.files.count >= deepest {
      guard let picked = make(stack, reason, targets.baseLevel, version, claims) else { continue }
      let wide = widened(stack, with: stacks, version, targets.baseLevel)
      return make(wide, reason, targets.baseLevel, version, claims) ?? picked
    }
    return nil
  }

  /// With the stacks beside it that need no further file of the base level.
  private func widened(
    _ stack: Stack, with others: [Stack], _ version: Version, _ baseLevel: Int
  ) -> Stack {
    var wide = stack
    var numbers = Set(stack.files.map(\.number))
    for other in others where other.below.count <= stack.below.count {
      let added = other.files.filter { !numbers.contains($0.number) }
      let files = wide.files + added
      let bytes = (files + wide.below).reduce(0) { $0 + $1.info.sizeBytes }
      guard !added.isEmpty, bytes <= options.inputBytesMax, let range = Self.range(of: files),
        version.files(level: baseLevel, overlapping: range).count == stack.below.count
      else { continue }
      wide.files = files
      numbers.formUnion(added.map(\.number))
    }
    wide.files = version.levels[0].filter { numbers.contains($0.number) }
    return wide
  }

  /// What has to be taken with a file of L0, and what of the base level.
  private func stack(under index: Int, _ version: Version, _ baseLevel: Int) -> Stack {
    let files = version.levels[0][index...]
    var taken = [files[index]]
    var range = files[index].info.range
    while true {
      let found = files.filter { $0.info.range.overlaps(range) }
      if found.count == taken.count { break }
      taken = Array(found)
      range = taken.reduce(range) { $0.union($1.info.range) }
    }
    let below = version.files(level: baseLevel, overlapping: range)
    let bytes = Double(taken.reduce(0) { $0 + $1.info.sizeBytes })
    let belowBytes = Double(below.reduce(0) { $0 + $1.info.sizeBytes })
    return Stack(files: taken, below: below, gain: bytes / max(bytes + belowBytes, 1))
  }

  private func make(
    _ stack: Stack, _ reason: CompactionReason, _ baseLevel: Int, _ version: Version,
    _ claims: CompactionClaims
  ) -> Compaction? {
    let canMove = stack.below.isEmpty && Self.areDisjoint(stack.files)
    return make(
      reason, canMove ? .move : .merge, [(0, stack.files), (baseLevel, stack.below)], to: baseLevel, version,
      claims)
  }

  private static func areDisjoint(_ files: [TableFile]) -> Bool {
    let ranges = files.map(\.info.range).sorted { KeyOrder.compare($0.lower, $1.lower) < 0 }
    return zip(ranges, ranges.dropFirst()).allSatisfy { $0.isBefore($1) }
  }

  /// The stack under a file of L0, whatever it costs.
  func pickL0(
    under file: TableFile, _ version: Version, _ claims: CompactionClaims, _ reason: CompactionReason
  ) -> Compaction? {
    guard let index = version.levels[0].firstIndex(where: { $0 === file }) else { return nil }
    let baseLevel = LevelTargets(version, options).baseLevel
    return make(stack(under: index, version, baseLevel), reason, baseLevel, version, claims)
  }

  /// Makes one of the newest files of L0, when it is deep and what lies below them is busy: reads get faster, and the
  /// bytes that are written once more are few beside what writers would be slowed down for.
  ///
  /// The files are all that are newer than some sequence number, so the output is newer than what stays and older
  /// than what comes. A file that is larger than all before it together is where an earlier such compaction left off.
  func pickWithinL0(_ version: Version, _ claims: CompactionClaims) -> Compaction? {
    guard version.l0.count >= 2 * options.l0CompactionSublevels else { return nil }
    var taken: [TableFile] = []
    var bytes = 0
    for file in version.levels[0] {
      if claims.contains(file) || taken.count >= 2 && file.info.sizeBytes > bytes { break }
      if bytes + file.info.sizeBytes > options.inputBytesMax { break }
      taken.append(file)
      bytes += file.info.sizeBytes
    }
    guard L0Sublevels(taken).count >= max(2, options.l0CompactionSublevels) else { return nil }
    return make(.withinL0, .merge, [(0, taken)], to: 0, version, claims)
  }
}
