extension ItemBuilder {
  /// An open container.
  struct Frame: BitwiseCopyable {
    enum Kind: UInt8 { case item, map, list, set }

    let kind: Kind
    /// Where its tag stands; its contents begin behind the tag and the room for length and count.
    let start: Int
    /// How many entries were noted before it.
    let entries: Int
    /// The size of what was written before it.
    let sizeBytes: Int
    /// The elements it has; for maps and sets, the entries that were noted say so.
    var count = 0
    /// Whether its entries came in strictly ascending order so far.
    var isAscending = true

    init(_ kind: Kind, start: Int, entries: Int, sizeBytes: Int) {
      self.kind = kind
      self.start = start
      self.entries = entries
      self.sizeBytes = sizeBytes
    }

    /// The room left for length and count; one byte each is right for what is short.
    static let headerBytes = 2

    var contentStart: Int { kind == .item ? 0 : start + 1 + Frame.headerBytes }
  }

  // MARK: - Begin and end

  /// Begins an item. Attributes follow, each a name and a value, and ``finishItem()``.
  public mutating func beginItem() throws(ItemError) {
    precondition(frames.count == 0 && out.count == 0, "an item is already begun")
    frames.append(Frame(.item, start: 0, entries: 0, sizeBytes: 0))
  }

  /// Begins an L. Its elements follow, and ``endList()``.
  public mutating func beginList() throws(ItemError) {
    try begin(.list, .list)
    nesting += 1
  }

  /// Begins an M. Names and values follow, and ``endMap()``.
  public mutating func beginMap() throws(ItemError) {
    try begin(.map, .map)
    nesting += 1
  }

  /// Begins an SS, NS or BS. Its elements follow as scalars, and ``endSet()``.
  public mutating func beginSet(of type: AttributeType) throws(ItemError) {
    precondition(type.isSet, "\(type.descriptor) is not a set")
    try begin(.set, ValueTag(type))
  }

  /// Ends an L.
  public mutating func endList() throws(ItemError) {
    let frame = end(.list)
    nesting -= 1
    sizeBytes += 3
    try close(frame, count: frame.count)
  }

  /// Ends an M.
  public mutating func endMap() throws(ItemError) {
    precondition(!isNamed, "a name without a value")
    let frame = end(.map)
    nesting -= 1
    let count = try arrangeEntries(of: frame)
    sizeBytes += 3 + count
    try close(frame, count: count)
  }

  /// Ends an SS, NS or BS.
  ///
  /// - Throws: ``ItemError/emptySet(_:)`` and ``ItemError/duplicateSetElement(_:elements:)``.
  public mutating func endSet() throws(ItemError) {
    let frame = end(.set)
    let count = try arrangeEntries(of: frame)
    if count == 0 { throw .emptySet(setType(of: frame)) }
    try close(frame, count: count)
  }

  private mutating func begin(_ kind: Frame.Kind, _ tag: ValueTag) throws(ItemError) {
    try beginValue()
    frames.append(Frame(kind, start: out.count, entries: entries.count, sizeBytes: sizeBytes))
    out.append(tag.rawValue)
    for _ in 0..<Frame.headerBytes { out.append(0) }
  }

  private mutating func end(_ kind: Frame.Kind) -> Frame {
    let last = frames.count - 1
    precondition(last >= 0 && frames[last].kind == kind, "no \(kind) is open")
    let frame = frames[last]
    frames.truncate(to: last)
    return frame
  }

  /// Writes length and count in front of a container's contents.
  private mutating func close(_ frame: Frame, count: Int) throws(ItemError) {
    let countBytes = Varint.byteCount(count)
    let length = countBytes + out.count - frame.contentStart
    let header = Varint.byteCount(length) + countBytes
    out.resizeGap(at: frame.start + 1, from: Frame.headerBytes, to: header)
    out.overwrite(varint: length, at: frame.start + 1)
    out.overwrite(varint: count, at: frame.start + 1 + header - countBytes)
    try checkRoom()
  }

  // MARK: - Places for values

  /// Takes the place of the next value: after a name, in a list, or as the only value.
  mutating func beginValue() throws(ItemError) {
    if nesting >= ModelLimits.nestingLevelsMax { throw .nestingTooDeep }
    let last = frames.count - 1
    guard last >= 0 else {
      precondition(out.count == 0, "a value is already written")
      return
    }
    switch frames[last].kind {
    case .item, .map:
      precondition(isNamed, "a value without a name")
      isNamed = false
    case .list:
      frames[last].count += 1
      sizeBytes += 1
    case .set:
      preconditionFailure("a set holds no such value")
    }
  }

  /// Writes a value of bytes: tag, length, bytes; in a set, length and bytes.
  mutating func scalar(_ tag: ValueTag, _ bytes: RawSpan) throws(ItemError) {
    if isInSet {
      let start = out.count
      out.append(withLength: bytes)
      note(entryAt: start, key: out.count - bytes.byteCount..<out.count)
      precondition(
        setType(of: frames[frames.count - 1]).elementType == tag.type, "an element of another type")
    } else {
      try beginValue()
      out.append(tag.rawValue)
      out.append(withLength: bytes)
    }
    try checkRoom()
  }

  /// Whether what comes next is an element of a set.
  var isInSet: Bool { frames.count > 0 && frames[frames.count - 1].kind == .set }

  private func setType(of frame: Frame) -> AttributeType {
    ValueTag(rawValue: out.bytes.byte(at: frame.start))!.type
  }

  func checkRoom() throws(ItemError) {
    if out.count > ModelLimits.encodedBytesMax { throw .tooLarge }
  }
}
