/// Takes the parts of a key out of its bytes again, one after the other.
package struct KeyReader: ~Escapable {
  private let bytes: RawSpan
  /// Where the next part begins.
  package private(set) var offset: Int

  /// Reads from an offset on: behind what stands before the key's values.
  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  package var isAtEnd: Bool { offset >= bytes.byteCount }

  /// Steps over a part.
  @_lifetime(self: copy self)
  package mutating func skip(_ type: KeyType) throws(EncodingFault) {
    switch type {
    case .number: _ = try DecimalDigits(bytes, &offset)
    case .string, .binary: while try nextRun() != nil {}
    }
  }

  /// Takes a part as a value, and writes it where the builder stands.
  ///
  /// - Throws: ``EncodingFault`` for bytes that are no such part, and for values with no place in an item.
  @_lifetime(self: copy self)
  package mutating func read(_ type: KeyType, into builder: inout ItemBuilder) throws(EncodingFault) {
    let start = offset
    try skip(type)
    let end = offset
    offset = start
    do throws(ItemError) {
      switch type {
      case .number:
        try builder.number(trusting: bytes.extracting(start..<end))
      case .string, .binary:
        try builder.beginBytes(type.attributeType)
        while let run = nextRunOfChecked() { builder.append(bytes.extracting(run)) }
        try builder.endBytes()
      }
    } catch {
      throw EncodingFault(.badLength, at: start)
    }
    offset = end
  }

  /// Takes a part as a value of its own.
  @_lifetime(self: copy self)
  package mutating func value(_ type: KeyType) throws(EncodingFault) -> EncodedValue {
    var builder = ItemBuilder(capacityBytes: 64)
    try read(type, into: &builder)
    do throws(ItemError) {
      return try builder.finishValue()
    } catch {
      throw EncodingFault(.badLength, at: offset)
    }
  }

  /// The next run of a part that was stepped over before, so that nothing can be wrong with it.
  @_lifetime(self: copy self)
  private mutating func nextRunOfChecked() -> Range<Int>? {
    do throws(EncodingFault) {
      return try nextRun()
    } catch {
      preconditionFailure("a key part that was whole is broken: \(error.reason)")
    }
  }

  /// The next bytes of a string or binary as they are, a 00 that was escaped alone; nil behind its end.
  @_lifetime(self: copy self)
  private mutating func nextRun() throws(EncodingFault) -> Range<Int>? {
    let start = offset
    let zero = KeyEncoder.firstZero(in: bytes, from: offset)
    if zero > start {
      offset = zero
      return start..<zero
    }
    guard start + 1 < bytes.byteCount else { throw EncodingFault(.truncated, at: bytes.byteCount) }
    offset = start + 2
    switch bytes.byte(at: start + 1) {
    case KeyEncoder.escapedZero: return start..<start + 1
    case KeyEncoder.terminator: return nil
    default: throw EncodingFault(.notCanonical, at: start + 1)
    }
  }
}
