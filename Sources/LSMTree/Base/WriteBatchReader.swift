/// Walks the entries of a batch's bytes. Pointers it hands out are into those bytes.
///
/// `check` has walked the same bytes before (a batch checks what it is made from, recovery checks what it read),
/// so `next` treats a malformed entry as the end.
package struct WriteBatchReader {
  package struct Entry {
    package var kind: EntryKind
    package var key: UnsafeRawBufferPointer
    /// Empty for a deletion; the exclusive upper key for a range deletion.
    package var value: UnsafeRawBufferPointer
  }

  package struct Shape: Equatable {
    package var count: Int
    package var rangeDeletionCount: Int
  }

  private let base: UnsafeRawPointer
  private let count: Int
  private var offset = WriteBatch.headerBytes

  /// The bytes must outlive the reader.
  package init(_ bytes: UnsafeRawBufferPointer) {
    base = bytes.baseAddress!
    count = bytes.count
  }

  /// Where the next entry begins.
  var position: Int { offset }

  @inline(__always)
  package mutating func next() -> Entry? {
    guard offset < count else { return nil }
    let kindByte = base.load(fromByteOffset: offset, as: UInt8.self)
    guard let kind = EntryKind(rawValue: kindByte) else { return nil }
    offset &+= 1
    guard let key = part() else { return nil }
    if kind == .deletion {
      return Entry(kind: kind, key: key, value: UnsafeRawBufferPointer(start: base, count: 0))
    }
    guard let value = part() else { return nil }
    return Entry(kind: kind, key: key, value: value)
  }

  @inline(__always)
  private mutating func part() -> UnsafeRawBufferPointer? {
    guard let length = Varint.read(base, count, at: &offset), length <= UInt64(count &- offset) else {
      return nil
    }
    let bytes = UnsafeRawBufferPointer(start: base + offset, count: Int(truncatingIfNeeded: length))
    offset &+= bytes.count
    return bytes
  }

  /// What the batch holds, or nil if it is not one: a wrong count, an entry that is cut off, a kind that a
  /// batch can't carry, an empty range.
  package static func check(_ payload: RawSpan) -> Shape? {
    payload.withUnsafeBytes { bytes -> Shape? in
      guard bytes.count >= WriteBatch.headerBytes else { return nil }
      let stated = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
      var reader = WriteBatchReader(bytes)
      var shape = Shape(count: 0, rangeDeletionCount: 0)
      while let entry = reader.next() {
        switch entry.kind {
        case .deletion, .value: break
        case .rangeDeletion:
          guard KeyOrder.compare(entry.key, entry.value) < 0 else { return nil }
          shape.rangeDeletionCount += 1
        case .valuePointer, .merge: return nil
        }
        shape.count += 1
      }
      return reader.offset == reader.count && shape.count == stated ? shape : nil
    }
  }
}
