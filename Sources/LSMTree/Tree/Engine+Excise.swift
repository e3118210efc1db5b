import Synchronization

extension Engine {
  /// Removes every key from `lower` to `upper`, and gives their space back without rewriting what lies beside them.
  ///
  /// First comes a range deletion, which is all that readers ever hear of: it has its place in the history, a view or
  /// snapshot from before it sees everything, and after a crash it is there or not. What follows only makes up for
  /// having it. Tables that it covers wholly are dropped unread, tables at its ends give way to virtual tables that
  /// show the rest of them. Tables that somebody still sees, or that hold something newer, are left to compaction.
  func excise(from lower: [UInt8], to upper: [UInt8]) throws(TreeError) {
    guard KeyOrder.compare(lower, upper) < 0 else { return }
    var batch = WriteBatch()
    batch.deleteRange(from: lower, to: upper)
    let sequence = try commit(batch, .fsync)
    try flush()
    while true {
      if isClosing { throw .closed }
      let seen = live.changes(pipeline.monitor)
      let found = claimForExcision(from: lower, to: upper, before: sequence)
      if !found.files.isEmpty {
        try cut(found.files, from: lower, to: upper)
      } else if found.areAllFree {
        // Only now nothing here holds the tables that were cut.
        return removeUnusedFiles()
      } else {
        // A compaction that began before the deletion was in tables may write once more what that covers.
        live.waitForChange(after: seen, pipeline.monitor)
      }
    }
  }

  private struct Placed {
    var level: Int
    var file: TableFile
  }

  /// The tables with keys of the range that nobody sees any more, now claimed, and whether nobody else claims any.
  private func claimForExcision(
    from lower: [UInt8], to upper: [UInt8], before sequence: SequenceNumber
  ) -> (files: [Placed], areAllFree: Bool) {
    claims.withLock { claims in
      let snapshots = currentSnapshots
      var files: [Placed] = []
      var areAllFree = true
      for (level, tables) in versions.current.levels.enumerated() {
        for file in tables where file.info.range.overlaps(from: lower, to: upper) {
          let facts = file.info.facts
          let isSeen = snapshots.contains { facts.sequenceMin <= $0 && $0 < sequence }
          if facts.sequenceMax >= sequence || isSeen { continue }
          if claims.contains(file) {
            areAllFree = false
          } else {
            files.append(Placed(level: level, file: file))
          }
        }
      }
      claims.add(files.map(\.file.number))
      return (files, areAllFree)
    }
  }

  /// Takes the range out of tables, which are claimed, and lets them go.
  private func cut(_ files: [Placed], from lower: [UInt8], to upper: [UInt8]) throws(TreeError) {
    let result = Result { () throws(TreeError) in
      try versions.apply(try edit(cutting: files, from: lower, to: upper))
    }
    claims.withLock { $0.remove(files.map(\.file.number)) }
    _ = try result.get()
    pipeline.monitor.withLock { live.didChange(versions.current) }
  }

  private func edit(
    cutting files: [Placed], from lower: [UInt8], to upper: [UInt8]
  ) throws(TreeError) -> VersionEdit {
    var edit = VersionEdit()
    for placed in files {
      edit.removed.append(.init(level: placed.level, number: placed.file.number))
      let range = placed.file.info.range
      if KeyOrder.compare(range.lower, lower) < 0,
        let part = try placed.file.part(from: nil, to: lower, number: versions.newFileNumber())
      {
        edit.added.append(.init(level: placed.level, file: part))
      }
      if range.overlaps(from: upper, to: nil),
        let part = try placed.file.part(from: upper, to: nil, number: versions.newFileNumber())
      {
        edit.added.append(.init(level: placed.level, file: part))
      }
    }
    return edit
  }
}
