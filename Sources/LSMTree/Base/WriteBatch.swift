/// Writes that take effect together: all of them are seen and survive a crash, or none.
///
/// The bytes of a batch *are* the payload of its log record: committing copies them once into the log's buffer, and
/// recovery reads them back with the same code. They hold no sequence numbers, since the entry at index i simply has
/// the batch's first sequence plus i; so a batch is built, and its checksum computed, outside the commit pipeline's lock.
/// The layout is in Docs/Formats/WriteBatch.md.
///
/// Later entries of a batch win over earlier ones for the same key. A batch owns one buffer and can be emptied
/// and used again, which keeps a writer free of allocations.
public struct WriteBatch: ~Copyable, Sendable {
  /// The most bytes a batch may have when it is committed. A larger one is refused with `batchTooLarge`.
  public static let bytesMax = 128 << 20

  /// Bytes before the first entry: the number of entries, a little-endian 32-bit number.
  package static let headerBytes = 4

  private var buffer: RawBuffer
  /// Entries in the batch.
  public private(set) var count = 0
  /// How many of them are range deletions.
  package private(set) var rangeDeletionCount = 0

  public init(capacityBytes: Int = 1024) {
    buffer = RawBuffer(capacity: max(capacityBytes, 64))
    buffer.appendZeros(Self.headerBytes)
  }

  /// A batch from the payload of a log record, or nil if the bytes are not one.
  package init?(payload: RawSpan) {
    guard let shape = WriteBatchReader.check(payload) else { return nil }
    buffer = RawBuffer(capacity: max(payload.byteCount, 64))
    payload.withUnsafeBytes { buffer.append($0.baseAddress!, $0.count) }
    count = shape.count
    rangeDeletionCount = shape.rangeDeletionCount
  }

  /// Bytes of the batch, which is what its log record carries.
  public var byteCount: Int { buffer.count }
  public var isEmpty: Bool { count == 0 }

  /// Sets `key` to `value`. Neither has a limit of its own but the batch's `bytesMax`.
  public mutating func put(_ key: RawSpan, _ value: RawSpan) {
    append(.value, key, value)
  }

  /// Removes `key`, whether it exists or not.
  public mutating func delete(_ key: RawSpan) {
    begin(.deletion, key, valueBytes: 0)
  }

  /// Removes every key from `lower` (inclusive) to `upper` (exclusive). Costs one entry however many keys
  /// there are. An empty range (`lower` not before `upper`) is left out.
  public mutating func deleteRange(from lower: RawSpan, to upper: RawSpan) {
    guard KeyOrder.compare(lower, upper) < 0 else { return }
    append(.rangeDeletion, lower, upper)
    rangeDeletionCount += 1
  }

  public mutating func put(_ key: [UInt8], _ value: [UInt8]) { put(key.span.bytes, value.span.bytes) }
  public mutating func delete(_ key: [UInt8]) { delete(key.span.bytes) }
  public mutating func deleteRange(from lower: [UInt8], to upper: [UInt8]) {
    deleteRange(from: lower.span.bytes, to: upper.span.bytes)
  }

  /// Adds the entries of `other` behind those of this batch.
  public mutating func append(_ other: borrowing WriteBatch) {
    other.bytes.withUnsafeBytes {
      buffer.append($0.baseAddress! + Self.headerBytes, $0.count - Self.headerBytes)
    }
    count += other.count
    rangeDeletionCount += other.rangeDeletionCount
    writeCount()
  }

  /// Empties the batch and keeps its buffer.
  public mutating func removeAll() {
    buffer.truncate(to: Self.headerBytes)
    count = 0
    rangeDeletionCount = 0
    writeCount()
  }

  /// Where a batch ends at some moment.
  package struct Mark: Sendable {
    fileprivate var byteCount: Int
    fileprivate var count: Int
    fileprivate var rangeDeletionCount: Int
  }

  /// Where the batch ends now.
  package var mark: Mark {
    Mark(byteCount: buffer.count, count: count, rangeDeletionCount: rangeDeletionCount)
  }

  /// Takes away what was added since a mark was made.
  package mutating func truncate(to mark: Mark) {
    buffer.truncate(to: mark.byteCount)
    count = mark.count
    rangeDeletionCount = mark.rangeDeletionCount
    writeCount()
  }

  /// The batch as its log record carries it.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get { buffer.bytes }
  }

  private mutating func append(_ kind: EntryKind, _ key: RawSpan, _ value: RawSpan) {
    begin(kind, key, valueBytes: value.byteCount)
    buffer.appendVarint(UInt64(value.byteCount))
    value.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { buffer.append(base, bytes.count) }
    }
  }

  private mutating func begin(_ kind: EntryKind, _ key: RawSpan, valueBytes: Int) {
    buffer.reserve(1 + 2 * Varint.bytesMax + key.byteCount + valueBytes)
    buffer.appendByte(kind.rawValue)
    buffer.appendVarint(UInt64(key.byteCount))
    key.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { buffer.append(base, bytes.count) }
    }
    count += 1
    writeCount()
  }

  private mutating func writeCount() {
    buffer.store(UInt32(truncatingIfNeeded: count).littleEndian, at: 0)
  }
}
