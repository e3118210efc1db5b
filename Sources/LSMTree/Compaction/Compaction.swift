/// Why something was compacted.
public enum CompactionReason: String, CaseIterable, Sendable {
  /// L0 is deep, or has as much as is worth merging with the level below.
  case l0
  /// L0 is deep, and the way down is busy: some of its files become one.
  case withinL0
  /// A level has more bytes than its share.
  case levelSize
  /// Deletions are to get to the bottom, where they and what they hide go away.
  case deletions
  /// The same, and they have waited for as long as they may.
  case oldDeletions
  /// A range deletion covers whole files.
  case coveredByRangeDeletion
  /// Value files have too much garbage: what lives in them moves.
  case valueGarbage
  /// Nobody writes: what lies above the last level is put away.
  case idle
  case manual
}

/// A piece of work that the picker chose: which files, to where, and how.
package struct Compaction: Sendable {
  package enum Work: Equatable, Sendable {
    /// Read the inputs and write outputs.
    case merge
    /// The files change level as they are: nothing below them to merge with.
    case move
    /// The files go unread: a range deletion covers all that is in them.
    case drop
  }

  package struct Input: Sendable {
    package var level: Int
    package var files: [TableFile]
  }

  package var reason: CompactionReason
  package var work: Work
  /// From the uppermost level down. Of L0, newest first.
  package var inputs: [Input]
  package var outputLevel: Int
  /// What was current when this was picked: it says what lies below the outputs.
  package var version: Version

  /// The numbers of all inputs: busy until the work is done or given up.
  package var inputNumbers: Set<UInt64> { Set(inputs.flatMap { $0.files.map(\.number) }) }

  /// The smallest range that has all keys of the inputs, and with that of the outputs.
  package var range: KeyRange {
    let ranges = inputs.flatMap { $0.files.map(\.info.range) }
    return ranges.dropFirst().reduce(ranges[0]) { $0.union($1) }
  }

  package var inputBytes: Int { inputs.reduce(0) { $0 + $1.files.reduce(0) { $0 + $1.info.sizeBytes } } }

  /// The edit of a compaction that reads nothing.
  package func editWithoutReading() -> VersionEdit {
    precondition(work != .merge, "a merge has an edit only when it is done")
    var edit = VersionEdit()
    for input in inputs {
      for file in input.files {
        edit.removed.append(.init(level: input.level, number: file.number))
        if work == .move { edit.added.append(.init(level: outputLevel, file: file.info)) }
      }
    }
    return edit
  }
}

/// How large levels and files shall be.
package struct CompactionOptions: Sendable {
  /// Sublevels of L0 from which it is compacted when that moves much for what it writes.
  package var l0CompactionSublevels = 4
  /// See `LevelTargets`.
  package var levelBaseBytesMax = 256 << 20
  package var levelSizeRatio = 10
  package var tableBytesMax = 32 << 20
  package var valueFileBytesMax = 256 << 20
  package var valueFileGarbagePercentMax = 50
  /// After which a deletion is compacted for its own sake; 0 for never.
  package var tombstoneAgeSecondsMax = 0
  package var subcompactionsMax = 1

  package init() {}

  package init(_ options: TreeOptions) {
    l0CompactionSublevels = options.l0CompactionSublevels
    levelBaseBytesMax = options.levelBaseBytesMax
    levelSizeRatio = options.levelSizeRatio
    tableBytesMax = options.tableBytesMax
    valueFileBytesMax = options.valueFileBytesMax
    valueFileGarbagePercentMax = options.valueFileGarbagePercentMax
    tombstoneAgeSecondsMax = options.tombstoneAgeSecondsMax
    subcompactionsMax = options.subcompactionsMax
  }

  /// A level's compaction takes in further files of its own level up to so many bytes of inputs.
  var inputBytesMax: Int { 16 * tableBytesMax }
  /// An output ends when it overlaps more than this of the level below it, so that its own compaction stays small.
  var grandparentBytesMax: Int { 10 * tableBytesMax }
  /// An output ends when its entries refer to so much in value files, so that moving what one table refers to stays a
  /// piece of work with an end.
  var referencedBytesMax: Int { 16 * tableBytesMax }
  /// A compaction that was not picked for garbage moves values out of files with too much of it only if that many bytes
  /// come together: a handful of values in a new file of their own would cost every later reader an open file.
  var relocatedBytesMin: Int { valueFileBytesMax / 16 }
}
