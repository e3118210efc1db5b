/// What of a version's value files is garbage, and which files are worth emptying.
///
/// A value is garbage when no table refers to it: compaction has dropped its entry. A file with more than
/// `valueFileGarbagePercentMax` of garbage is *collected*: compactions that read a table which refers to it move the values they
/// meet to a new file, and when the last table is rewritten nobody refers to the old one and it goes. So garbage
/// costs at most a file as large as what lives in it (with 50 percent), and moving writes at most a byte for each byte
/// that became garbage.
///
/// **It ends.** A compaction for garbage leaves its tables without a reference to any collected file, and makes no file that is
/// collected: new files have no garbage, and are sealed if any have to be. What else it may do is drop entries, which only makes them fewer. So without writes,
/// either the entries become fewer with each turn or the pairs of a table and a collected file do.
package struct ValueGarbage: Sendable {
  /// Files with too much garbage, and those from before the directory was encrypted; that with most bytes of it first.
  package let collected: [ValueFileUse]
  private let options: CompactionOptions

  package init(_ version: Version, _ options: CompactionOptions) {
    self.options = options
    collected = version.valueFiles.filter { $0.isToBeEmptied(above: options.valueFileGarbagePercentMax) }
      .sorted { ($0.garbageBytes, $1.file.number) > ($1.garbageBytes, $0.file.number) }
  }

  /// The numbers of the files whose values a compaction moves when it meets them.
  func toCollect(by compaction: Compaction) -> Set<UInt64> {
    guard compaction.work == .merge, !collected.isEmpty else { return [] }
    let numbers = Set(collected.map(\.file.number))
    if compaction.reason == .valueGarbage { return numbers }
    let bytes = compaction.inputs.reduce(0) { sum, input in
      sum + input.files.reduce(0) { $0 + Self.bytes($1, in: numbers) }
    }
    return bytes >= options.relocatedBytesMin ? numbers : []
  }

  /// Bytes of records in the files of these numbers that a table refers to.
  static func bytes(_ table: TableFile, in numbers: Set<UInt64>) -> Int {
    table.info.attributes.valueReferences.shares.reduce(0) {
      $0 + (numbers.contains($1.file) ? $1.bytes : 0)
    }
  }
}
