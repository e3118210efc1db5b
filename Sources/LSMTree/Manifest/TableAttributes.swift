/// What a version knows of some table files beyond what it knows of all of them. A table without any is stored
/// as it was before there were attributes, so a directory that uses none of them stays readable for older releases.
///
/// An attribute changes what the table's entries mean. So one that is not understood can't be left out, and an edit with an
/// unknown one is refused like one with an unknown tag.
package struct TableAttributes: Equatable, Sendable {
  /// What its entries refer to in value files.
  package var valueReferences = ValueReferences()
  /// The file that a virtual table's entries are in, which holds others as well.
  package var backing: BackingFile?
  /// For an ingested table, whose entries say 0: the sequence number that all of them have.
  package var sequence: SequenceNumber?

  package init() {}

  package var isEmpty: Bool { stored.isEmpty }

  /// A table file that virtual tables show parts of.
  package struct BackingFile: Equatable, Sendable {
    package var number: UInt64
    package var sizeBytes: Int

    package init(number: UInt64, sizeBytes: Int) {
      self.number = number
      self.sizeBytes = sizeBytes
    }
  }
}

// MARK: Stored form

extension TableAttributes {
  private enum ID: UInt64 {
    case valueReferences = 1
    case backing = 2
    case sequence
  }

  private struct Stored {
    var id: UInt64
    var bytes: [UInt8]

    init(id: UInt64, bytes: [UInt8]) {
      self.id = id
      self.bytes = bytes
    }

    init(_ id: ID, _ numbers: UInt64...) {
      self.id = id.rawValue
      bytes = []
      for number in numbers { Varint.append(number, to: &bytes) }
    }
  }

  /// The attributes that there are, by ascending id.
  private var stored: [Stored] {
    var stored: [Stored] = []
    if !valueReferences.isEmpty {
      stored.append(Stored(id: ID.valueReferences.rawValue, bytes: valueReferences.encode()))
    }
    if let backing { stored.append(Stored(.backing, backing.number, UInt64(backing.sizeBytes))) }
    if let sequence { stored.append(Stored(.sequence, sequence)) }
    return stored
  }

  /// Takes a stored attribute over. False if it is unknown or malformed.
  private mutating func take(_ attribute: Stored) -> Bool {
    var reader = ByteReader(attribute.bytes)
    switch ID(rawValue: attribute.id) {
    case .valueReferences:
      guard let references = ValueReferences.decode(attribute.bytes) else { return false }
      valueReferences = references
      return true
    case .backing:
      guard let number = reader.number(atMost: VersionEdit.fileNumberMax),
        let sizeBytes = reader.number(atMost: VersionEdit.sizeBytesMax)
      else { return false }
      backing = BackingFile(number: number, sizeBytes: Int(sizeBytes))
    case .sequence:
      guard let number = reader.number(atMost: sequenceNumberMax) else { return false }
      sequence = number
    case nil: return false
    }
    return reader.isAtEnd
  }

  /// Their number, then for each its id and its bytes.
  func encode(into bytes: inout [UInt8]) {
    let stored = stored
    Varint.append(UInt64(stored.count), to: &bytes)
    for attribute in stored {
      Varint.append(attribute.id, to: &bytes)
      Varint.append(UInt64(attribute.bytes.count), to: &bytes)
      bytes.append(contentsOf: attribute.bytes)
    }
  }

  /// Nil unless all of them are understood, and each occurs once and in its place.
  static func decode(_ reader: inout ByteReader) -> TableAttributes? {
    guard let count = reader.number() else { return nil }
    var attributes = TableAttributes()
    var last: UInt64 = 0
    for _ in 0..<count {
      guard let id = reader.number(), id > last, let bytes = reader.string(),
        attributes.take(Stored(id: id, bytes: bytes))
      else { return nil }
      last = id
    }
    return attributes
  }
}
