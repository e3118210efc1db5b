/// The files that make up the tree below its memtables, at one moment. Immutable; holding one keeps its files.
///
/// L0 holds flushed memtables: its files may overlap, and a newer one hides what an older one says. Each level below
/// is one sorted run of files that share no user key, and hides the levels below it. So does each sublevel of L0.
package final class Version: Sendable {
  package static let levelCount = 7

  /// Files by level: L0 newest first, the others in order of their keys.
  package let levels: [[TableFile]]
  package let l0: L0Sublevels
  /// The range deletions of all files together.
  package let rangeDeletions: RangeDeletions
  private let hull: RangeHull?
  /// In ascending order of their numbers.
  package let valueFiles: [ValueFileUse]
  private let search: VersionSearch
  private let runs: VersionRuns

  /// The files must be in order and, below L0, share no user key.
  ///
  /// - Parameters:
  ///   - rangeDeletions: known to be those of the files, so that they need not be joined again.
  ///   - valueFiles: in ascending order of numbers, all that the files refer to.
  package init(
    levels: [[TableFile]], rangeDeletions: RangeDeletions? = nil, valueFiles: [ValueFileUse] = []
  ) {
    precondition(levels.count == Self.levelCount)
    self.levels = levels
    self.valueFiles = valueFiles
    l0 = L0Sublevels(levels[0])
    self.rangeDeletions =
      rangeDeletions
      ?? RangeDeletions(joining: levels.flatMap { $0 }.map(\.rangeDeletions).filter { !$0.isEmpty })
    hull = RangeHull.make(self.rangeDeletions)
    search = VersionSearch(l0: l0, levels)
    runs = VersionRuns(l0.sublevels + levels.dropFirst())
  }

  deinit { hull?.free() }

  package static let empty = Version(levels: Array(repeating: [], count: levelCount))

  // MARK: Reading

  /// The newest entry of a user key at or below `sequence`; nil if there is none, if that is a deletion, or if a range
  /// deletion of these files, seen at `sequence` too, covers it.
  ///
  /// - Parameter hash: `KeyHash.hash` of the user key.
  @inline(__always)
  package func get(
    _ userKey: UnsafeRawBufferPointer, hash: UInt64, sequence: SequenceNumber, io: ReadIO
  ) throws(TreeError) -> TableEntry? {
    let key = SearchKey(userKey, InternalKey.seekTrailer(sequence))
    guard let entry = try search.get(key, hash: hash, io: io) else { return nil }
    return visible(entry, userKey, sequence)
  }

  /// The same, and counts what it met.
  func get(
    _ userKey: UnsafeRawBufferPointer, hash: UInt64, sequence: SequenceNumber, io: ReadIO,
    counting sample: inout ReadSamples.Sample
  ) throws(TreeError) -> TableEntry? {
    let key = SearchKey(userKey, InternalKey.seekTrailer(sequence))
    guard let entry = try search.get(key, hash: hash, io: io, counting: &sample) else { return nil }
    return visible(entry, userKey, sequence)
  }

  @inline(__always)
  private func visible(
    _ entry: TableEntry, _ userKey: UnsafeRawBufferPointer, _ sequence: SequenceNumber
  ) -> TableEntry? {
    if entry.kind == .deletion { return nil }
    if let hull, hull.contains(userKey),
      rangeDeletions.newestCovering(userKey, atOrBelow: sequence) > entry.sequence
    {
      return nil
    }
    return entry
  }

  /// Whether there may be range deletions of keys from `lower` (inclusive) to `upper` (exclusive; nil: to the last).
  func hasRangeDeletions(from lower: [UInt8], to upper: [UInt8]?) -> Bool {
    hull?.overlaps(from: lower, to: upper) ?? false
  }

  /// The sorted runs, those that may hold keys from `lower` (inclusive) to `upper` (exclusive) only: each sublevel of
  /// L0 and each level below. They are good while the version is held.
  package func forEachRun(from lower: [UInt8]?, to upper: [UInt8]?, _ body: (RunFiles) -> Void) {
    for index in 0..<runs.count {
      let files = runs[index].overlapping(from: lower, to: upper)
      if files.count > 0 { body(files) }
    }
  }

  /// At most so many runs.
  var runCount: Int { runs.count }

  /// About how many bytes of files hold the keys from `lower` (inclusive) to `upper` (exclusive): exact to a data
  /// block for each table that the bounds cut, which counts the same share of what it refers to in value files. May
  /// read index blocks.
  package func approximateSizeBytes(from lower: [UInt8]?, to upper: [UInt8]?) throws(TreeError) -> Int {
    var sum = 0
    for level in levels {
      for file in level where file.info.range.overlaps(from: lower, to: upper) {
        sum += try Self.sizeBytes(file, lower, upper)
      }
    }
    return sum
  }

  private static func sizeBytes(_ file: TableFile, _ lower: [UInt8]?, _ upper: [UInt8]?) throws(TreeError)
    -> Int
  {
    func offset(_ key: [UInt8]?, _ unbounded: () throws(TreeError) -> Int) throws(TreeError) -> Int {
      guard let key, file.info.range.overlaps(from: key, to: nil) else { return try unbounded() }
      return try file.approximateOffset(of: key)
    }
    let end = try offset(upper, { () throws(TreeError) in try file.extent().upperBound })
    let start = try offset(lower, { () throws(TreeError) in try file.extent().lowerBound })
    let bytes = max(0, end - start)
    let referenced = file.info.attributes.valueReferences.bytes
    guard referenced > 0 else { return bytes }
    return bytes + Int(Double(referenced) * Double(bytes) / Double(max(1, file.info.sizeBytes)))
  }

  // MARK: Planning

  package var fileCount: Int { levels.reduce(0) { $0 + $1.count } }

  package func sizeBytes(level: Int) -> Int { levels[level].reduce(0) { $0 + $1.info.sizeBytes } }

  /// The files of a level that share a user key with `range`, in the level's order. Below L0 this is a binary search.
  package func files(level: Int, overlapping range: KeyRange) -> [TableFile] {
    let files = levels[level]
    if level == 0 { return files.filter { $0.info.range.overlaps(range) } }
    var low = 0
    var high = files.count
    while low < high {
      let middle = (low + high) / 2
      if files[middle].info.range.isBefore(range) { low = middle + 1 } else { high = middle }
    }
    return Array(files[low...].prefix { !range.isBefore($0.info.range) })
  }
}
