extension CompactionPicker {
  /// Tables to rewrite in their level so that the value file with most garbage loses what refers to it: the one that
  /// refers to most of it, and its neighbours that refer to it, too, as many as a compaction may have. All that these
  /// refer to in other files with too much garbage moves along.
  ///
  /// L0 is left out. Its tables are the newest and go down soon, and until then a file that only they refer to has lost
  /// nothing.
  func pickValueGarbage(_ version: Version, _ claims: CompactionClaims) -> Compaction? {
    let garbage = ValueGarbage(version, options)
    let numbers = Set(garbage.collected.map(\.file.number))
    for use in garbage.collected {
      var best: (level: Int, index: Int, bytes: Int)?
      for level in 1..<Version.levelCount {
        for (index, table) in version.levels[level].enumerated() where !claims.contains(table) {
          let bytes = table.info.attributes.valueReferences[use.file.number]?.bytes ?? 0
          if bytes > best?.bytes ?? 0 { best = (level, index, bytes) }
        }
      }
      guard let best else { continue }
      let tables = version.levels[best.level]
      let run = neighbours(of: best.index, in: tables, claims, use.file.number, numbers)
      let picked = make(
        .valueGarbage, .merge, [(best.level, Array(tables[run]))], to: best.level, version, claims)
      if let picked { return picked }
    }
    return nil
  }

  private func neighbours(
    of index: Int, in tables: [TableFile], _ claims: CompactionClaims, _ file: UInt64, _ numbers: Set<UInt64>
  ) -> ClosedRange<Int> {
    var run = index...index
    var tableBytes = tables[index].info.sizeBytes
    var valueBytes = ValueGarbage.bytes(tables[index], in: numbers)
    func takes(_ candidate: Int) -> Bool {
      guard tables.indices.contains(candidate) else { return false }
      let table = tables[candidate]
      guard table.info.attributes.valueReferences[file] != nil, !claims.contains(table) else {
        return false
      }
      let moreValues = ValueGarbage.bytes(table, in: numbers)
      guard tableBytes + table.info.sizeBytes <= options.inputBytesMax,
        valueBytes + moreValues <= options.valueFileBytesMax
      else { return false }
      tableBytes += table.info.sizeBytes
      valueBytes += moreValues
      return true
    }
    while takes(run.upperBound + 1) { run = run.lowerBound...run.upperBound + 1 }
    while takes(run.lowerBound - 1) { run = run.lowerBound - 1...run.upperBound }
    return run
  }
}
