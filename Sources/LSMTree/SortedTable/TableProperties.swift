/// What a table says of itself.
package struct TableProperties: Equatable, Sendable {
  /// Entries of any kind, range deletions not among them.
  package var entryCount = 0
  /// How many of the entries are deletions of one key.
  package var deletionCount = 0
  /// Fragments of range deletions.
  package var rangeDeletionCount = 0
  package var dataBlockCount = 0
  /// Bytes of user keys and of values as they were given to the writer.
  package var rawKeyBytes = 0
  package var rawValueBytes = 0
  /// The first and the last internal key. A range deletion counts: it begins at its lower key, and ends just before
  /// the first entry there could be for its upper key. Empty in a table that holds nothing.
  package var smallest: [UInt8] = []
  package var largest: [UInt8] = []
  package var facts = BlockFacts()

  var index = BlockHandle(offset: 0, sizeBytes: 0)
  /// 1: the index's entries are data blocks. 2: they are blocks of index entries.
  package var indexLevels = 1
  package var filter: BlockHandle?
  /// Bytes that keys begin with whose hash is in the filter as well; 0 if none are.
  package var filterPrefixBytes = 0
  var rangeDeletions: BlockHandle?

  package init() {}
}

// MARK: Stored form

extension TableProperties {
  /// On disk. A tag that a reader doesn't know is passed over, so properties may be added within a format version.
  private enum Tag: UInt64 {
    case entryCount = 1
    case deletionCount, rangeDeletionCount, dataBlockCount, rawKeyBytes, rawValueBytes
    case smallest, largest
    case sequenceMin, sequenceMax, timeMin, timeMax
    case indexOffset, indexBytes, indexLevels
    case filterOffset, filterBytes
    case rangeDeletionsOffset, rangeDeletionsBytes
    case filterPrefixBytes
  }

  /// Tag, length, bytes, for each property in ascending order of tags; a number is a varint within its bytes.
  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    func add(_ tag: Tag, _ value: [UInt8]) {
      Varint.append(tag.rawValue, to: &bytes)
      Varint.append(UInt64(value.count), to: &bytes)
      bytes.append(contentsOf: value)
    }
    func add(_ tag: Tag, _ number: UInt64) {
      var value: [UInt8] = []
      Varint.append(number, to: &value)
      add(tag, value)
    }
    add(.entryCount, UInt64(entryCount))
    add(.deletionCount, UInt64(deletionCount))
    add(.rangeDeletionCount, UInt64(rangeDeletionCount))
    add(.dataBlockCount, UInt64(dataBlockCount))
    add(.rawKeyBytes, UInt64(rawKeyBytes))
    add(.rawValueBytes, UInt64(rawValueBytes))
    add(.smallest, smallest)
    add(.largest, largest)
    if !facts.isEmpty {
      add(.sequenceMin, facts.sequenceMin)
      add(.sequenceMax, facts.sequenceMax)
      add(.timeMin, UInt64(facts.timeMin))
      add(.timeMax, UInt64(facts.timeMax))
    }
    add(.indexOffset, UInt64(index.offset))
    add(.indexBytes, UInt64(index.sizeBytes))
    add(.indexLevels, UInt64(indexLevels))
    if let filter {
      add(.filterOffset, UInt64(filter.offset))
      add(.filterBytes, UInt64(filter.sizeBytes))
    }
    if let rangeDeletions {
      add(.rangeDeletionsOffset, UInt64(rangeDeletions.offset))
      add(.rangeDeletionsBytes, UInt64(rangeDeletions.sizeBytes))
    }
    if filterPrefixBytes > 0 { add(.filterPrefixBytes, UInt64(filterPrefixBytes)) }
    return bytes
  }

  /// Nil unless the bytes are properties that can be true of a file of `limit` bytes before its footer.
  static func decode(_ bytes: [UInt8], limit: Int) -> TableProperties? {
    var numbers: [Tag: UInt64] = [:]
    var properties = TableProperties()
    var reader = ByteReader(bytes)
    while !reader.isAtEnd {
      guard let number = reader.number(), let value = reader.string() else { return nil }
      switch Tag(rawValue: number) {
      case .smallest: properties.smallest = value
      case .largest: properties.largest = value
      case .some(let tag):
        var valueReader = ByteReader(value)
        guard let number = valueReader.number(), number <= UInt64(Int.max) else { return nil }
        numbers[tag] = number
      case nil: continue
      }
    }
    func handle(_ offset: Tag, _ size: Tag) -> BlockHandle? {
      guard let offset = numbers[offset], let size = numbers[size], offset <= UInt64(limit),
        size <= UInt64(TableFormat.blockBytesMax)
      else { return nil }
      let handle = BlockHandle(offset: Int(offset), sizeBytes: Int(size))
      return handle.end <= limit ? handle : nil
    }
    guard let index = handle(.indexOffset, .indexBytes), let levels = numbers[.indexLevels],
      (1...2).contains(levels),
      isKeyOrEmpty(properties.smallest), isKeyOrEmpty(properties.largest)
    else { return nil }
    properties.index = index
    properties.indexLevels = Int(levels)
    properties.filter = handle(.filterOffset, .filterBytes)
    properties.rangeDeletions = handle(.rangeDeletionsOffset, .rangeDeletionsBytes)
    guard (properties.filter != nil) == (numbers[.filterOffset] != nil),
      (properties.rangeDeletions != nil) == (numbers[.rangeDeletionsOffset] != nil)
    else { return nil }
    properties.filterPrefixBytes = Int(numbers[.filterPrefixBytes] ?? 0)
    properties.entryCount = Int(numbers[.entryCount] ?? 0)
    properties.deletionCount = Int(numbers[.deletionCount] ?? 0)
    properties.rangeDeletionCount = Int(numbers[.rangeDeletionCount] ?? 0)
    properties.dataBlockCount = Int(numbers[.dataBlockCount] ?? 0)
    properties.rawKeyBytes = Int(numbers[.rawKeyBytes] ?? 0)
    properties.rawValueBytes = Int(numbers[.rawValueBytes] ?? 0)
    if let sequenceMin = numbers[.sequenceMin], let sequenceMax = numbers[.sequenceMax],
      let timeMin = numbers[.timeMin].flatMap(UInt32.init(exactly:)),
      let timeMax = numbers[.timeMax].flatMap(UInt32.init(exactly:))
    {
      guard sequenceMin <= sequenceMax, sequenceMax <= sequenceNumberMax, timeMin <= timeMax else {
        return nil
      }
      properties.facts.sequenceMin = sequenceMin
      properties.facts.sequenceMax = sequenceMax
      properties.facts.timeMin = timeMin
      properties.facts.timeMax = timeMax
    }
    return properties
  }

  private static func isKeyOrEmpty(_ key: [UInt8]) -> Bool {
    key.isEmpty || key.count >= InternalKey.trailerBytes
  }
}
