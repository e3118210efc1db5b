/// What is taken of a level below L0.
extension CompactionPicker {
  func pickFromLevel(
    _ level: Int, _ version: Version, _ claims: CompactionClaims, _ reason: CompactionReason
  ) -> Compaction? {
    var best: (file: TableFile, below: [TableFile], cost: Double)?
    for file in version.levels[level] where !claims.contains(file) {
      let below = version.files(level: level + 1, overlapping: file.info.range)
      let belowBytes = below.reduce(0) { $0 + $1.info.sizeBytes }
      let cost = Double(belowBytes) / Double(max(1, file.info.sizeBytes))
      guard best.map({ cost < $0.cost }) ?? true else { continue }
      let isFree =
        make(reason, .merge, [(level, [file]), (level + 1, below)], to: level + 1, version, claims) != nil
      if isFree { best = (file, below, cost) }
    }
    guard let best else { return nil }
    if best.below.isEmpty, isCheapToMove(best.file, to: level + 1, version) {
      return make(reason, .move, [(level, [best.file])], to: level + 1, version, claims)
    }
    let files = widened(best.file, below: best.below, level, version, claims)
    return make(reason, .merge, [(level, files), (level + 1, best.below)], to: level + 1, version, claims)
      ?? make(
        reason, .merge, [(level, [best.file]), (level + 1, best.below)], to: level + 1, version, claims)
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
    _ file: TableFile, below: [TableFile], _ level: Int, _ version: Version, _ claims: CompactionClaims
  ) -> [TableFile] {
    let belowNumbers = Set(below.map(\.number))
    let files = version.levels[level]
    guard let index = files.firstIndex(where: { $0.number == file.number }) else { return [file] }
    var chosen = index...index
    var bytes = file.info.sizeBytes + below.reduce(0) { $0 + $1.info.sizeBytes }
    func canTake(_ candidate: TableFile) -> Bool {
      guard !claims.contains(candidate), bytes + candidate.info.sizeBytes <= options.inputBytesMax else {
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

  // MARK: Manual

  /// The next step towards having all keys from `lower` (inclusive) to `upper` (exclusive) in the last level: of the
  /// uppermost level that holds some and is not the last, so many files as a compaction may have. Nil when there is
  /// nothing left to do, or only files that are busy now.
  package func pickManual(
    _ version: Version, from lower: [UInt8]?, to upper: [UInt8]?, claims: CompactionClaims
  ) -> Compaction? {
    for level in 0..<Version.levelCount - 1 {
      let files = version.levels[level].filter { $0.info.range.overlaps(from: lower, to: upper) }
      if files.isEmpty { continue }
      if level == 0 { return pickL0(under: files[0], version, claims, .manual) }
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
      return make(
        .manual, below.isEmpty ? .move : .merge, [(level, taken), (level + 1, below)], to: level + 1, version,
        claims)
    }
    return nil
  }

  /// A table that is older than the keys of its directory, to be written again where it is, sealed; or tables that
  /// refer to such a value file. Nil if there is nothing of the kind, or others are at it.
  func pickPlain(
    _ version: Version, from lower: [UInt8]?, to upper: [UInt8]?, claims: CompactionClaims,
    _ keys: DirectoryKeys
  ) -> Compaction? {
    guard keys.isSealing else { return nil }
    for level in 1..<Version.levelCount {
      for table in version.levels[level]
      where keys.isPlain(.table, table.info.backingNumber)
        && table.info.range.overlaps(from: lower, to: upper)
      {
        let picked = make(.manual, .merge, [(level, [table])], to: level, version, claims)
        if let picked { return picked }
      }
    }
    // Value files know no keys, so only a compaction of everything empties them; those in the background do so in time.
    guard lower?.isEmpty ?? true, upper == nil,
      version.valueFiles.contains(where: { $0.file.isPlainAmongSealed })
    else { return nil }
    return pickValueGarbage(version, claims)
  }
}
