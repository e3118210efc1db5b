/// Makes a version out of another one and edits, and refuses what can't be one.
struct VersionBuilder {
  private var infos: [[UInt64: TableFileInfo]]
  private var valueFiles: [UInt64: ValueFileInfo]
  /// What all tables together refer to in each value file that any refers to.
  private var references: [UInt64: ValueReferences.Share]

  init(_ version: Version = .empty) {
    infos = version.levels.map { level in
      Dictionary(uniqueKeysWithValues: level.map { ($0.number, $0.info) })
    }
    valueFiles = Dictionary(uniqueKeysWithValues: version.valueFiles.map { ($0.file.number, $0.file.info) })
    references = Dictionary(uniqueKeysWithValues: version.valueFiles.map { ($0.file.number, $0.references) })
  }

  /// Says what is wrong with the edit, or nil.
  mutating func apply(_ edit: VersionEdit) -> String? {
    for removed in edit.removed {
      guard let file = infos[removed.level].removeValue(forKey: removed.number) else {
        return "an edit removes file \(removed.number) from level \(removed.level), where it is not"
      }
      for share in file.attributes.valueReferences.shares {
        references[share.file]?.bytes -= share.bytes
        references[share.file]?.count -= share.count
      }
    }
    for file in edit.valueFilesAdded {
      guard valueFiles.updateValue(file, forKey: file.number) == nil else {
        return "an edit adds value file \(file.number), which is there already"
      }
    }
    for added in edit.added {
      guard !infos.contains(where: { $0[added.file.number] != nil }) else {
        return "an edit adds file \(added.file.number), which is there already"
      }
      infos[added.level][added.file.number] = added.file
      for share in added.file.attributes.valueReferences.shares {
        guard valueFiles[share.file] != nil else {
          return
            "an edit adds file \(added.file.number), which refers to value file \(share.file), which is not there"
        }
        var sum = references[share.file] ?? .init(file: share.file, bytes: 0, count: 0)
        sum.bytes += share.bytes
        sum.count += share.count
        references[share.file] = sum
      }
    }
    for number in edit.valueFilesRemoved {
      guard valueFiles.removeValue(forKey: number) != nil else {
        return "an edit removes value file \(number), which is not there"
      }
      guard references.removeValue(forKey: number).map({ $0.count == 0 }) ?? true else {
        return "an edit removes value file \(number), which tables refer to"
      }
    }
    return nil
  }

  /// Removes the value files that no table refers to, and returns their numbers.
  mutating func removeUnreferenced() -> [UInt64] {
    let numbers = valueFiles.keys.filter { (references[$0]?.count ?? 0) == 0 }.sorted()
    for number in numbers {
      valueFiles[number] = nil
      references[number] = nil
    }
    return numbers
  }

  /// The value files in ascending order of numbers, each with what tables refer to in it.
  var sortedValueFiles: [(info: ValueFileInfo, references: ValueReferences.Share)] {
    valueFiles.values.sorted { $0.number < $1.number }.map { info in
      (info, references[info.number] ?? .init(file: info.number, bytes: 0, count: 0))
    }
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
