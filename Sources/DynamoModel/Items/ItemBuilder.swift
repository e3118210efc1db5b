/// Builds the encoding of an item, or of one value, from a stream of names and values.
///
/// The wire's JSON comes in any order, says no lengths in advance, and is read once. So the builder writes
/// each value where it falls, keeps for every open map a list of where its entries begin, and when a
/// container ends, puts its length and count in front of it and its entries in order. Entries that came in
/// order stay where they are. Memory is the builder's own and is reused from item to item: a finished item
/// costs one allocation, the array that holds it.
///
/// ```swift
/// var builder = ItemBuilder()
/// try builder.beginItem()
/// try builder.name("id");    try builder.string("a1")
/// try builder.name("score"); try builder.number(text: "12.50")
/// try builder.name("tags");  try builder.beginSet(of: .stringSet)
/// try builder.string("x");   try builder.endSet()
/// let item = try builder.finishItem()
/// ```
///
/// What input can get wrong throws an ``ItemError``; after one, only ``reset()`` makes the builder usable
/// again. What only a caller can get wrong, as a value without a name or an end without a begin, stops the
/// process. Of a name that is given twice in one map the last value stays, as with any reader of JSON.
public struct ItemBuilder: ~Copyable, Sendable {
  /// Entries of open maps and sets, innermost last.
  var entries = TrivialStack<Entry>(capacity: 32)
  /// What was written so far.
  var out: ByteStore
  /// The open containers, outermost first.
  var frames = TrivialStack<Frame>(capacity: 8)
  /// How many of the open containers are lists and maps inside an item or a value.
  var nesting = 0
  /// Whether a name was given whose value is still to come.
  var isNamed = false
  /// The size of what was written so far, as the service counts.
  var sizeBytes = 0
  /// Where the name or the bytes that come in pieces begin.
  var pieceStart = 0

  /// An empty builder.
  ///
  /// - Parameter capacityBytes: the room to begin with; it grows as needed.
  public init(capacityBytes: Int = 1_024) {
    out = ByteStore(capacity: max(capacityBytes, 64))
  }

  /// Forgets what was written, or what failed, and keeps the memory.
  public mutating func reset() {
    out.removeAll()
    entries.truncate(to: 0)
    frames.truncate(to: 0)
    nesting = 0
    isNamed = false
    sizeBytes = 0
  }

  // MARK: - Names

  /// Gives the name of the value that comes next in an item or a map. UTF-8.
  public mutating func name(_ utf8: RawSpan) throws(ItemError) {
    checkPlaceForName()
    let length = utf8.byteCount
    if length > ModelLimits.nameBytesMax { throw .nameTooLong(bytes: length) }
    let start = out.count
    out.append(withLength: utf8)
    note(entryAt: start, key: out.count - length..<out.count)
    sizeBytes += length
    isNamed = true
  }

  /// Gives the name of the value that comes next in an item or a map.
  public mutating func name(_ name: String) throws(ItemError) {
    try self.name(name.utf8Span.span.bytes)
  }

  // MARK: - Scalars

  /// Writes an S from UTF-8, which the caller has checked; inside an SS, an element.
  public mutating func string(_ utf8: RawSpan) throws(ItemError) {
    try scalar(.string, utf8)
    sizeBytes += utf8.byteCount
  }

  /// Writes an S; inside an SS, an element.
  public mutating func string(_ value: String) throws(ItemError) {
    try string(value.utf8Span.span.bytes)
  }

  /// Writes a B; inside a BS, an element.
  public mutating func binary(_ bytes: RawSpan) throws(ItemError) {
    try scalar(.binary, bytes)
    sizeBytes += bytes.byteCount
  }

  /// Writes a B; inside a BS, an element.
  public mutating func binary(_ bytes: [UInt8]) throws(ItemError) {
    try binary(bytes.span.bytes)
  }

  /// Writes an N from its text; inside an NS, an element.
  public mutating func number(text: RawSpan) throws(ItemError) {
    let decimal: DecimalDigits
    do throws(NumberError) {
      decimal = try DecimalDigits(text: text)
    } catch {
      throw .number(error, text: String(copyingUTF8: text))
    }
    try number(trusting: EncodedNumber(decimal).bytes)
  }

  /// Writes an N from its text; inside an NS, an element.
  public mutating func number(text: String) throws(ItemError) {
    try number(text: text.utf8Span.span.bytes)
  }

  /// Writes an N; inside an NS, an element.
  public mutating func number(_ value: DynamoNumber) throws(ItemError) {
    try number(trusting: value.encoded.bytes)
  }

  /// Writes an N from its ordered encoding, which is known to be one; inside an NS, an element.
  package mutating func number(trusting encoded: RawSpan) throws(ItemError) {
    try scalar(.number, encoded)
    sizeBytes += numberSizeBytes(encoded)
  }

  /// Writes a BOOL.
  public mutating func bool(_ value: Bool) throws(ItemError) {
    try beginValue()
    out.append((value ? ValueTag.true : .false).rawValue)
    sizeBytes += 1
  }

  /// Writes a NULL.
  public mutating func null() throws(ItemError) {
    try beginValue()
    out.append(ValueTag.null.rawValue)
    sizeBytes += 1
  }

  // MARK: - Whole values

  /// Writes a copy of a value that is already encoded. Not inside a set.
  public mutating func value(_ view: borrowing ValueView) throws(ItemError) {
    try beginValue()
    if nesting + view.nestingLevels > ModelLimits.nestingLevelsMax { throw .nestingTooDeep }
    out.append(view.encoded)
    sizeBytes += view.sizeBytes
    try checkRoom()
  }

  /// Writes a copy of a value that is already encoded. Not inside a set.
  public mutating func value(_ value: EncodedValue) throws(ItemError) {
    try self.value(value.view)
  }

  /// Writes a value of an app.
  public mutating func value(_ value: AttributeValue) throws(ItemError) {
    switch value {
    case .string(let value): try string(value)
    case .number(let value): try number(value)
    case .binary(let value): try binary(value.span.bytes)
    case .bool(let value): try bool(value)
    case .null: try null()
    case .list(let values):
      try beginList()
      for value in values { try self.value(value) }
      try endList()
    case .map(let values):
      try beginMap()
      for (name, value) in values {
        try self.name(name)
        try self.value(value)
      }
      try endMap()
    case .stringSet(let values):
      try beginSet(of: .stringSet)
      for value in values { try string(value) }
      try endSet()
    case .numberSet(let values):
      try beginSet(of: .numberSet)
      for value in values { try number(value) }
      try endSet()
    case .binarySet(let values):
      try beginSet(of: .binarySet)
      for value in values { try binary(value.span.bytes) }
      try endSet()
    }
  }

  // MARK: - Results

  /// Ends an item that ``beginItem()`` began, returns it and makes the builder ready for another.
  public mutating func finishItem() throws(ItemError) -> Item {
    precondition(frames.count == 1 && frames[0].kind == .item && !isNamed, "the item is not complete")
    let frame = frames[0]
    let count = try arrangeEntries(of: frame)
    let total = 1 + Varint.byteCount(sizeBytes) + Varint.byteCount(count) + out.count
    var header = ByteHeader()
    header.append(Item.formatVersion)
    header.append(varint: sizeBytes)
    header.append(varint: count)
    let bytes = [UInt8](capacity: total, header.bytes, out.bytes)
    reset()
    return Item(trusting: bytes)
  }

  /// Returns the one value that was written and makes the builder ready for another.
  public mutating func finishValue() throws(ItemError) -> EncodedValue {
    precondition(frames.count == 0 && out.count > 0, "the value is not complete")
    let bytes = [UInt8](copying: out.bytes)
    reset()
    return EncodedValue(trusting: bytes)
  }
}

/// The few bytes in front of an item's entries, on the stack.
private struct ByteHeader {
  private var storage = InlineArray<12, UInt8>(repeating: 0)
  private var count = 0

  mutating func append(_ byte: UInt8) {
    storage[count] = byte
    count += 1
  }

  mutating func append(varint value: Int) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  var bytes: RawSpan {
    @_lifetime(borrow self) get {
      _overrideLifetime(storage.span.bytes.extracting(first: count), borrowing: self)
    }
  }
}

extension [UInt8] {
  /// Two runs of bytes one after the other, in one allocation.
  fileprivate init(capacity: Int, _ first: RawSpan, _ second: RawSpan) {
    self.init(unsafeUninitializedCapacity: capacity) { buffer, count in
      first.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      second.withUnsafeBytes {
        UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[first.byteCount...])
          .copyMemory(
            from: $0)
      }
      count = first.byteCount + second.byteCount
    }
  }
}
