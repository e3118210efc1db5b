/// A stored item, seen in place: in an ``Item``, or in the engine's own memory without a copy.
///
/// The bytes are trusted, as a ``ValueView``'s are. Layout: a format version, the item's size by the
/// service's accounting, and a map body (`Docs/Formats/Item.md`).
public struct ItemView: ~Escapable {
  /// The whole stored form.
  public let bytes: RawSpan
  /// The item's size in bytes as the service counts it: names and values. Read from the header.
  public let sizeBytes: Int
  @usableFromInline let bodyOffset: Int

  /// Views the stored form of an item.
  @_lifetime(copy bytes)
  @inlinable
  public init(trusting bytes: RawSpan) {
    self.bytes = bytes
    var reader = ByteReader(bytes)
    let version = reader.byte()
    if version != Item.formatVersion { Self.failForVersion(version) }
    sizeBytes = reader.varint()
    bodyOffset = reader.offset
  }

  @usableFromInline @inline(never)
  static func failForVersion(_ version: UInt8) -> Never {
    preconditionFailure("item format \(version)")
  }

  /// The attributes as a map body: a count and the entries.
  @inlinable package var body: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(droppingFirst: bodyOffset) }
  }

  /// How many attributes the item has.
  @inlinable public var count: Int {
    var reader = ByteReader(bytes, at: bodyOffset)
    return reader.varint()
  }

  /// The attributes in order of their names' bytes.
  @inlinable public var attributes: ElementCursor {
    @_lifetime(copy self) get { ElementCursor(body: body, type: .map) }
  }

  /// An attribute by its name; nil if the item has none. Steps over those before it, allocates nothing.
  @_lifetime(copy self)
  @inlinable
  public func attribute(named name: RawSpan) -> ValueView? {
    findValue(named: name, inMapBody: body)
  }

  /// An attribute by its name; nil if the item has none.
  @_lifetime(copy self)
  @inlinable
  public func attribute(named name: String) -> ValueView? {
    attribute(named: name.utf8Span.span.bytes)
  }
}
