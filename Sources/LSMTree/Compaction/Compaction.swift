/// A piece of work that the picker chose: which files, to where, and how.
package struct Compaction: Sendable {
  package enum Reason: Equatable, Sendable {
    case l0Files, levelSize, deletions, coveredByRangeDeletion, valueGarbage, manual
  }

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

  package var reason: Reason
  package var work: Work
  /// From the uppermost level down. Of L0, newest first.
  package var inputs: [Input]
  package var outputLevel: Int
  /// What was current when this was picked: it says what lies below the outputs.
  package var version: Version

  /// The numbers of all inputs: busy until the work is done or given up.
  package var inputNumbers: Set<UInt64> { Set(inputs.flatMap { $0.files.map(\.number) }) }

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
  /// Files in L0 that start a compaction.
  package var l0CompactionFiles = 4
  /// The most bytes of the uppermost level below L0 that is in use.
  package var levelBaseBytesMax = 256 << 20
  package var levelSizeRatio = 10
  package var tableBytesMax = 32 << 20
  package var valueFileBytesMax = 256 << 20
  package var valueFileGarbagePercentMax = 50

  package init() {}

  package init(_ options: TreeOptions) {
    l0CompactionFiles = options.l0CompactionFiles
    levelBaseBytesMax = options.levelBaseBytesMax
    levelSizeRatio = options.levelSizeRatio
    tableBytesMax = options.tableBytesMax
    valueFileBytesMax = options.valueFileBytesMax
    valueFileGarbagePercentMax = options.valueFileGarbagePercentMax
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
