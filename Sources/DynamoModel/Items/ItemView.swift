/// A stored item, seen in place: in an ``Item``, or in the engine's own memory without a copy.
///
/// The bytes are trusted, as a ``ValueView``'s are. Layout: a format version, the item's size by the
/// service's accounting, and a map body (`Docs/Formats/Item.md`).
public struct ItemView: ~Escapable {
  /// The whole stored form.
  public let bytes: RawSpan
  /// The item's size in bytes as the service counts it: names and values. Read from the header.
  public let sizeBytes: Int
  private let bodyOffset: Int

  /// Views the stored form of an item.
  @_lifetime(copy bytes)
  public init(trusting bytes: RawSpan) {
    self.bytes = bytes
    var reader = ByteReader(bytes)
    let version = reader.byte()
    precondition(version == Item.formatVersion, "item format \(version)")
    sizeBytes = reader.varint()
    bodyOffset = reader.offset
  }

  /// The attributes as a map body: a count and the entries.
  package var body: RawSpan {
    @_lifetime(copy self) get { bytes.extracting(droppingFirst: bodyOffset) }
  }

  /// How many attributes the item has.
  public var count: Int {
    var reader = ByteReader(bytes, at: bodyOffset)
    return reader.varint()
  }

  /// The attributes in order of their names' bytes.
  public var attributes: ElementCursor {
    @_lifetime(copy self) get { ElementCursor(body: body, type: .map) }
  }

  /// An attribute by its name; nil if the item has none. Steps over those before it, allocates nothing.
  @_lifetime(copy self)
  public func attribute(named name: RawSpan) -> ValueView? {
    findValue(named: name, inMapBody: body)
  }

  /// An attribute by its name; nil if the item has none.
  @_lifetime(copy self)
  public func attribute(named name: String) -> ValueView? {
    attribute(named: name.utf8Span.span.bytes)
  }
}
