/// What a version knows of some table files beyond what it knows of all of them. A table without any is stored
/// as it was before there were attributes, so a directory that uses none of them stays readable for older releases.
///
/// An attribute changes what the table's entries mean. So one that is not understood can't be left out, and an edit with an
/// unknown one is refused like one with an unknown tag.
package struct TableAttributes: Equatable, Sendable {
  package init() {}

  package var isEmpty: Bool { stored.isEmpty }
}

// MARK: Stored form

extension TableAttributes {
  struct Stored {
    var id: UInt64
    var bytes: [UInt8]
  }

  /// The attributes that there are, by ascending id.
  private var stored: [Stored] { [] }

  /// Takes a stored attribute over. False if it is unknown or malformed.
  private mutating func take(_ attribute: Stored) -> Bool { false }

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
