/// What there is to say of one table.
public struct TableSummary: Sendable, Equatable {
  public var level: Int
  /// Its number in the manifest.
  public var number: UInt64
  /// The number of the file that holds its entries, and the file's name. A virtual table shows a part of a file.
  public var fileNumber: UInt64
  public var fileName: String
  public var isVirtual: Bool
  /// The sequence number of all entries of an ingested table that no compaction has come by yet.
  public var ingestedAt: SequenceNumber?
  /// Bytes, entries, deletions among them: estimates for a virtual table. Fragments of range deletions.
  public var sizeBytes: Int
  public var entryCount: Int
  public var deletionCount: Int
  public var rangeDeletionCount: Int
  public var smallestKey: [UInt8]
  public var largestKey: [UInt8]
  /// Bounds on the sequences and on when they were written, in seconds since 1970. Least above greatest if there are none.
  public var sequenceMin: SequenceNumber
  public var sequenceMax: SequenceNumber
  public var timeMin: UInt32
  public var timeMax: UInt32
}

extension TreeInspection {
  public var manifestName: String { contents.name }
  /// Every write up to it is in tables.
  public var flushedSequence: SequenceNumber { contents.flushedSequence }

  /// By levels, in the order in which reads ask them.
  public var tables: [TableSummary] {
    version.levels.enumerated().flatMap { level, files in files.map { Self.summary($0.info, level) } }
  }

  /// The names of value files, their bytes, and the bytes of values in them that tables refer to.
  public var valueFiles: [(name: String, sizeBytes: Int, liveBytes: Int)] {
    version.valueFiles.map { (FileNames.values($0.file.number), $0.file.info.sizeBytes, $0.liveBytes) }
  }

  /// The names of the log's segments, and the last sequence in each.
  public var logSegments: [(name: String, last: SequenceNumber)] {
    log?.segments.map { (LogFormat.fileName($0.number), $0.last) } ?? []
  }

  private static func summary(_ info: TableFileInfo, _ level: Int) -> TableSummary {
    TableSummary(
      level: level, number: info.number, fileNumber: info.backingNumber,
      fileName: FileNames.table(info.backingNumber), isVirtual: info.attributes.backing != nil,
      ingestedAt: info.attributes.sequence, sizeBytes: info.sizeBytes, entryCount: info.entryCount,
      deletionCount: info.deletionCount, rangeDeletionCount: info.rangeDeletionCount,
      smallestKey: info.range.lower, largestKey: info.range.upper, sequenceMin: info.facts.sequenceMin,
      sequenceMax: info.facts.sequenceMax, timeMin: info.facts.timeMin, timeMax: info.facts.timeMax)
  }

  /// What a table file says of itself: names of properties and their values, in the order of the format's description. The
  /// number is that of a file or of a table that it holds. Nil if the tree has none.
  public func properties(ofTable number: UInt64) throws(TreeError) -> [(name: String, value: String)]? {
    let file = version.levels.joined().first { $0.number == number || $0.backing.number == number }
    guard let file else { return nil }
    let properties = try file.reader(.blocking).properties
    var lines: [(name: String, value: String)] = [
      ("file", FileNames.table(file.backing.number)), ("bytes", String(file.backing.sizeBytes)),
      ("entries", String(properties.entryCount)), ("deletions", String(properties.deletionCount)),
      ("range deletion fragments", String(properties.rangeDeletionCount)),
      ("data blocks", String(properties.dataBlockCount)), ("bytes of keys", String(properties.rawKeyBytes)),
      ("bytes of values", String(properties.rawValueBytes)), ("index levels", String(properties.indexLevels)),
      ("index bytes", String(properties.index.sizeBytes)),
      ("filter bytes", String(properties.filter?.sizeBytes ?? 0)),
    ]
    if !properties.facts.isEmpty {
      lines.append(("sequences", "\(properties.facts.sequenceMin) to \(properties.facts.sequenceMax)"))
      lines.append(("times", "\(properties.facts.timeMin) to \(properties.facts.timeMax)"))
    }
    return lines
  }
}
