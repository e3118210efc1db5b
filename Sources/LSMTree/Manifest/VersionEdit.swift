/// What one flush or compaction changes. A plain value: the manifest is a list of these.
package struct VersionEdit: Equatable, Sendable {
  package struct Added: Equatable, Sendable {
    package var level: Int
    package var file: TableFileInfo

    package init(level: Int, file: TableFileInfo) {
      self.level = level
      self.file = file
    }
  }

  package struct Removed: Equatable, Sendable {
    package var level: Int
    package var number: UInt64

    package init(level: Int, number: UInt64) {
      self.level = level
      self.number = number
    }
  }

  /// A file that is removed from one level and added to another moves, and is not rewritten.
  package var added: [Added] = []
  package var removed: [Removed] = []
  package var valueFilesAdded: [ValueFileInfo] = []
  /// Whoever makes an edit leaves this to `VersionSet.apply`: a value file goes with the last table that refers to it.
  package var valueFilesRemoved: [UInt64] = []
  /// Every entry at or below it is in tables: the log before it is not needed any more.
  package var flushedSequence: SequenceNumber?
  /// The greatest sequence number in any table.
  package var lastSequence: SequenceNumber?
  /// No file has this number or a greater one yet.
  package var nextFileNumber: UInt64?

  package init() {}
}

// MARK: Stored form

extension VersionEdit {
  /// On disk. An unknown tag is refused: unlike a table's property, an edit that is not understood can't be left out.
  private enum Tag: UInt64 {
    case added = 1
    case removed, flushedSequence, lastSequence, nextFileNumber, addedWithAttributes
    case valueFileAdded, valueFileRemoved
  }

  package func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ tag: Tag, _ numbers: UInt64...) {
      for number in [tag.rawValue] + numbers { Varint.append(number, to: &bytes) }
    }
    func add(_ string: [UInt8]) {
      Varint.append(UInt64(string.count), to: &bytes)
      bytes.append(contentsOf: string)
    }
    for removed in removed { add(.removed, UInt64(removed.level), removed.number) }
    for added in added {
      let file = added.file
      add(
        file.attributes.isEmpty ? .added : .addedWithAttributes, UInt64(added.level), file.number,
        UInt64(file.sizeBytes), UInt64(file.entryCount),
        UInt64(file.deletionCount), UInt64(file.rangeDeletionCount))
      add(file.smallest)
      add(file.largest)
      // A file without entries has no bounds on them: the first is above the second.
      for number in [
        file.facts.sequenceMin, file.facts.sequenceMax, UInt64(file.facts.timeMin),
        UInt64(file.facts.timeMax),
      ] {
        Varint.append(number, to: &bytes)
      }
      if !file.attributes.isEmpty { file.attributes.encode(into: &bytes) }
    }
    for file in valueFilesAdded {
      add(
        .valueFileAdded, file.number, UInt64(file.sizeBytes), UInt64(file.valueCount),
        UInt64(file.valueBytes))
    }
    for number in valueFilesRemoved { add(.valueFileRemoved, number) }
    if let flushedSequence { add(.flushedSequence, flushedSequence) }
    if let lastSequence { add(.lastSequence, lastSequence) }
    if let nextFileNumber { add(.nextFileNumber, nextFileNumber) }
    return bytes
  }

  /// Nil unless the bytes are an edit that this release understands to the last byte.
  package static func decode(_ bytes: [UInt8]) -> VersionEdit? {
    var edit = VersionEdit()
    var reader = ByteReader(bytes)
    while !reader.isAtEnd {
      guard let number = reader.number(), let tag = Tag(rawValue: number) else { return nil }
      switch tag {
      case .added:
        guard let added = decodeAdded(&reader) else { return nil }
        edit.added.append(added)
      case .addedWithAttributes:
        guard var added = decodeAdded(&reader), let attributes = TableAttributes.decode(&reader) else {
          return nil
        }
        added.file.attributes = attributes
        edit.added.append(added)
      case .removed:
        guard let level = reader.number(atMost: UInt64(Version.levelCount - 1)), let number = reader.number()
        else {
          return nil
        }
        edit.removed.append(Removed(level: Int(level), number: number))
      case .valueFileAdded:
        guard let file = decodeValueFile(&reader) else { return nil }
        edit.valueFilesAdded.append(file)
      case .valueFileRemoved:
        guard let number = reader.number(atMost: fileNumberMax) else { return nil }
        edit.valueFilesRemoved.append(number)
      case .flushedSequence:
        guard let sequence = reader.number(atMost: sequenceNumberMax) else { return nil }
        edit.flushedSequence = sequence
      case .lastSequence:
        guard let sequence = reader.number(atMost: sequenceNumberMax) else { return nil }
        edit.lastSequence = sequence
      case .nextFileNumber:
        guard let number = reader.number(atMost: fileNumberMax) else { return nil }
        edit.nextFileNumber = number
      }
    }
    return edit
  }

  /// A million files a second would take 290 years to get there.
  static let fileNumberMax: UInt64 = 1 << 53
  static let sizeBytesMax: UInt64 = 1 << 53

  private static func decodeValueFile(_ reader: inout ByteReader) -> ValueFileInfo? {
    guard let number = reader.number(atMost: fileNumberMax),
      let sizeBytes = reader.number(atMost: sizeBytesMax),
      sizeBytes >= UInt64(ValueFileFormat.headerBytes),
      let valueCount = reader.number(atMost: sizeBytesMax),
      let valueBytes = reader.number(atMost: sizeBytesMax)
    else { return nil }
    return ValueFileInfo(
      number: number, sizeBytes: Int(sizeBytes), valueCount: Int(valueCount), valueBytes: Int(valueBytes))
  }

  private static func decodeAdded(_ reader: inout ByteReader) -> Added? {
    guard let level = reader.number(atMost: UInt64(Version.levelCount - 1)),
      let number = reader.number(atMost: fileNumberMax), let sizeBytes = reader.number(atMost: sizeBytesMax),
      let entryCount = reader.number(atMost: sizeBytesMax),
      let deletionCount = reader.number(atMost: sizeBytesMax),
      let rangeDeletionCount = reader.number(atMost: sizeBytesMax),
      let smallest = reader.string(), smallest.count >= InternalKey.trailerBytes,
      let largest = reader.string(), largest.count >= InternalKey.trailerBytes,
      KeyOrder.compareInternal(smallest, largest) <= 0,
      let sequenceMin = reader.number(), let sequenceMax = reader.number(atMost: sequenceNumberMax),
      let timeMin = reader.number(atMost: UInt64(UInt32.max)),
      let timeMax = reader.number(atMost: UInt64(UInt32.max))
    else { return nil }
    var facts = BlockFacts()
    facts.sequenceMin = sequenceMin
    facts.sequenceMax = sequenceMax
    facts.timeMin = UInt32(timeMin)
    facts.timeMax = UInt32(timeMax)
    let file = TableFileInfo(
      number: number, sizeBytes: Int(sizeBytes), smallest: smallest, largest: largest,
      entryCount: Int(entryCount),
      deletionCount: Int(deletionCount), rangeDeletionCount: Int(rangeDeletionCount), facts: facts)
    return Added(level: Int(level), file: file)
  }
}
