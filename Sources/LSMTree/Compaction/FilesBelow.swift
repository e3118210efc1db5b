/// The files below a compaction's output level: what keeps deletions alive. Below L0 lies older L0, so that an output
/// there keeps all of them.
///
/// Keys are asked for in ascending order, so each level keeps the place of the file that it is at, and a question costs
/// a comparison for each level.
struct FilesBelow {
  private struct Level {
    var ranges: [KeyRange]
    var index = 0
  }

  private var levels: [Level]
  private let isL0: Bool

  init(_ compaction: Compaction) {
    isL0 = compaction.outputLevel == 0
    levels = compaction.version.levels.dropFirst(compaction.outputLevel + 1).filter { !$0.isEmpty }.map {
      files in
      Level(ranges: files.map(\.info.range))
    }
  }

  /// Whether a file may hold the key, which is not before the one asked for last.
  mutating func contains(_ userKey: [UInt8]) -> Bool {
    if isL0 { return true }
    for level in levels.indices {
      while levels[level].index < levels[level].ranges.count,
        !levels[level].ranges[levels[level].index].overlaps(from: userKey, to: nil)
      {
        levels[level].index += 1
      }
      guard levels[level].index < levels[level].ranges.count else { continue }
      if KeyOrder.compare(levels[level].ranges[levels[level].index].lower, userKey) <= 0 { return true }
    }
    return false
  }

  /// Whether a file may hold a key from `lower` (inclusive) to `upper` (exclusive).
  func overlap(from lower: [UInt8], to upper: [UInt8]) -> Bool {
    isL0 || levels.contains { level in level.ranges.contains { $0.overlaps(from: lower, to: upper) } }
  }

  /// The files that the outputs will be merged with one day, in order.
  func grandparents(of compaction: Compaction) -> [TableFileInfo] {
    let level = compaction.outputLevel + 1
    guard !isL0, level < Version.levelCount else { return [] }
    let ranges = compaction.inputs.flatMap { $0.files.map(\.info.range) }
    guard let first = ranges.first else { return [] }
    let range = ranges.dropFirst().reduce(first) { $0.union($1) }
    return compaction.version.files(level: level, overlapping: range).map(\.info)
  }
}
