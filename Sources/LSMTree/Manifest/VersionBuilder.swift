/// Makes a version out of another one and edits, and refuses what can't be one.
struct VersionBuilder {
  private var infos: [[UInt64: TableFileInfo]]

  init(_ version: Version = .empty) {
    infos = version.levels.map { level in
      Dictionary(uniqueKeysWithValues: level.map { ($0.number, $0.info) })
    }
  }

  /// Says what is wrong with the edit, or nil.
  mutating func apply(_ edit: VersionEdit) -> String? {
    for removed in edit.removed {
      guard infos[removed.level].removeValue(forKey: removed.number) != nil else {
        return "an edit removes file \(removed.number) from level \(removed.level), where it is not"
      }
    }
    for added in edit.added {
      guard !infos.contains(where: { $0[added.file.number] != nil }) else {
        return "an edit adds file \(added.file.number), which is there already"
      }
      infos[added.level][added.file.number] = added.file
    }
    return nil
  }

  /// The files by level and in order, or what is wrong with them.
  func sortedLevels() -> Result<[[TableFileInfo]], VersionFault> {
    var levels: [[TableFileInfo]] = []
    for (level, files) in infos.enumerated() {
      let sorted = files.values.sorted { level == 0 ? Self.isNewer($0, $1) : Self.isBefore($0, $1) }
      if level > 0 {
        for (left, right) in zip(sorted, sorted.dropFirst()) where !left.range.isBefore(right.range) {
          return .failure(
            VersionFault(reason: "files \(left.number) and \(right.number) of level \(level) share keys"))
        }
      }
      levels.append(sorted)
    }
    return .success(levels)
  }

  /// Newest first. Files of L0 are flushed memtables, whose sequence numbers don't overlap.
  private static func isNewer(_ left: TableFileInfo, _ right: TableFileInfo) -> Bool {
    (left.facts.sequenceMax, left.number) > (right.facts.sequenceMax, right.number)
  }

  private static func isBefore(_ left: TableFileInfo, _ right: TableFileInfo) -> Bool {
    KeyOrder.compareInternal(left.smallest, right.smallest) < 0
  }
}

/// Why files can't make a version.
struct VersionFault: Error {
  var reason: String
}
