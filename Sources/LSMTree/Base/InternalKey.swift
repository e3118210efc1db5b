/// An internal key is a user key and a trailer of eight bytes: the complement of (sequence << 8 | kind),
/// big-endian. Ascending order of trailers is newest first, so a seek to (key, sequence) lands on the
/// newest version that a reader at that sequence may see.
///
/// The complement makes plain byte order right for the whole internal key only when no user key is a prefix of another.
/// The tree takes arbitrary keys, so every comparison looks at the user keys first (`KeyOrder.compareInternal`).
package enum InternalKey {
  package static let trailerBytes = 8

  @inline(__always)
  package static func trailer(_ sequence: SequenceNumber, _ kind: EntryKind) -> UInt64 {
    ~(sequence << 8 | UInt64(kind.rawValue))
  }

  /// The trailer before every entry at or below `sequence`, whatever its kind: what a reader seeks to.
  @inline(__always)
  package static func seekTrailer(_ sequence: SequenceNumber) -> UInt64 {
    ~(sequence << 8 | 0xFF)
  }

  @inline(__always)
  package static func sequence(ofTrailer trailer: UInt64) -> SequenceNumber { ~trailer >> 8 }

  /// Nil for a kind that this release does not know.
  @inline(__always)
  package static func kind(ofTrailer trailer: UInt64) -> EntryKind? {
    EntryKind(rawValue: UInt8(truncatingIfNeeded: ~trailer))
  }

  /// The trailer of an internal key of at least eight bytes.
  @inline(__always)
  package static func trailer(of internalKey: UnsafeRawPointer, _ count: Int) -> UInt64 {
    KeyOrder.word(internalKey, count &- trailerBytes)
  }

  @inline(__always)
  package static func trailer(of internalKey: RawSpan) -> UInt64 {
    internalKey.withUnsafeBytes { trailer(of: $0.baseAddress!, $0.count) }
  }

  @inline(__always)
  package static func sequence(of internalKey: RawSpan) -> SequenceNumber {
    sequence(ofTrailer: trailer(of: internalKey))
  }

  @inline(__always)
  package static func kind(of internalKey: RawSpan) -> EntryKind? {
    kind(ofTrailer: trailer(of: internalKey))
  }

  /// The user key of an internal key.
  @_lifetime(copy internalKey)
  @inline(__always)
  package static func userKey(of internalKey: RawSpan) -> RawSpan {
    internalKey.extracting(droppingLast: trailerBytes)
  }

  package static func userKey(of internalKey: [UInt8]) -> [UInt8] {
    Array(internalKey.dropLast(trailerBytes))
  }

  /// Appends user key and trailer to `buffer`.
  package static func append(_ userKey: RawSpan, trailer: UInt64, to buffer: inout [UInt8]) {
    userKey.withUnsafeBytes { buffer.append(contentsOf: $0) }
    withUnsafeBytes(of: trailer.bigEndian) { buffer.append(contentsOf: $0) }
  }

  package static func make(_ userKey: [UInt8], _ sequence: SequenceNumber, _ kind: EntryKind) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(userKey.count + trailerBytes)
    append(userKey.span.bytes, trailer: trailer(sequence, kind), to: &bytes)
    return bytes
  }

  /// An internal key that is before every entry of the user key, and behind every entry of the key before it.
  package static func beforeAllVersions(of userKey: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    append(userKey.span.bytes, trailer: 0, to: &bytes)
    return bytes
  }
}
