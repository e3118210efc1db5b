/// How large each level should be, given how large the tree is.
///
/// Sizes are counted from the bottom (as in RocksDB's dynamic level sizes): the last level is as large as the data,
/// and each level above has a tenth of the one below, up to a *base level*, into which L0 is compacted. Levels
/// between L0 and the base stay empty. With fixed sizes from the top, the last level may hold anything from nothing
/// to all, and up to half of the space is old versions; this way some nine tenths of the data are in the last level
/// and space amplification stays near 1.1.
///
/// The base has a quarter to two and a half times of `levelBaseBytesMax`. RocksDB takes a tenth to the whole; but a
/// level that has less than what one compaction of L0 brings is no level, only one more place to write everything to.
/// With data of twice `levelBaseBytesMax`, straight down writes a third less (Docs/Decisions/0007).
package struct LevelTargets: Equatable {
  /// The level that L0 is compacted into.
  package private(set) var baseLevel: Int
  /// The target of each level, in bytes; nothing is said of L0 and of levels above the base.
  package private(set) var bytes: [Int]

  init(_ version: Version, _ options: CompactionOptions) {
    self.init(sizes: (0..<Version.levelCount).map { version.sizeBytes(level: $0) }, options)
  }

  package init(sizes: [Int], _ options: CompactionOptions) {
    let last = sizes.count - 1
    let largest = sizes.dropFirst().max() ?? 0
    bytes = Array(repeating: Int.max, count: sizes.count)
    baseLevel = last
    // An upper level that still holds something stays in use until it has drained.
    let firstInUse = (1...last).first { sizes[$0] > 0 } ?? last
    var size = largest
    let baseBytesMin = max(options.levelBaseBytesMax / 4, 1)
    while baseLevel > 1, size / options.levelSizeRatio >= baseBytesMin || baseLevel > firstInUse {
      baseLevel -= 1
      size /= options.levelSizeRatio
    }
    // The base may be as large as allowed even if the data is small: fewer, larger compactions.
    size = max(size, baseBytesMin)
    for level in baseLevel...last {
      bytes[level] = size
      size =
        size.multipliedReportingOverflow(by: options.levelSizeRatio).overflow
        ? Int.max : size * options.levelSizeRatio
    }
  }
}
