/// Names and byte values that come in pieces, for a reader that unescapes or decodes as it goes and knows the
/// length only at the end. Between a begin and its end only ``append(_:)-(RawSpan)`` and
/// ``append(_:)-(UInt8)`` may be called.
extension ItemBuilder {
  /// Begins a name; pieces of UTF-8 follow.
  public mutating func beginName() {
    checkPlaceForName()
    pieceStart = out.count
    out.append(0)
  }

  /// Ends a name.
  public mutating func endName() throws(ItemError) {
    let length = endPieces()
    if length > ModelLimits.nameBytesMax { throw .nameTooLong(bytes: length) }
    note(entryAt: pieceStart, key: out.count - length..<out.count)
    sizeBytes += length
    isNamed = true
  }

  func checkPlaceForName() {
    precondition(frames.count > 0 && !isNamed, "no place for a name")
    let kind = frames[frames.count - 1].kind
    precondition(kind == .item || kind == .map, "only maps have names")
  }

  /// Begins an S or a B, or an element of an SS or a BS; pieces follow.
  public mutating func beginBytes(_ type: AttributeType) throws(ItemError) {
    precondition(type == .string || type == .binary, "\(type.descriptor) has no pieces")
    if isInSet {
      pieceStart = out.count
    } else {
      try beginValue()
      out.append(ValueTag(type).rawValue)
      pieceStart = out.count
    }
    out.append(0)
  }

  /// Ends an S, a B or an element.
  public mutating func endBytes() throws(ItemError) {
    let length = endPieces()
    sizeBytes += length
    if isInSet {
      note(entryAt: pieceStart, key: out.count - length..<out.count)
    }
    try checkRoom()
  }

  /// Appends a piece.
  @inline(__always)
  public mutating func append(_ piece: RawSpan) { out.append(piece) }

  /// Appends one byte.
  @inline(__always)
  public mutating func append(_ byte: UInt8) { out.append(byte) }

  /// How many bytes the name or value begun last has so far.
  public var pieceByteCount: Int { out.count - pieceStart - 1 }

  /// Writes the length in front of the pieces, for which one byte was left.
  private mutating func endPieces() -> Int {
    let length = out.count - pieceStart - 1
    out.resizeGap(at: pieceStart, from: 1, to: Varint.byteCount(length))
    out.overwrite(varint: length, at: pieceStart)
    return length
  }
}
