/// An item: named attribute values, held in the form in which they are stored.
///
/// Why bytes and not a dictionary of values: an item is read far more often than it is taken apart. A request
/// puts its JSON into these bytes once, the engine stores and returns them, and the reply is written straight
/// from them; a condition looks at the one or two attributes it names and at nothing else. Entries are sorted
/// by name and every value has one encoding, so two items are equal when their bytes are, and an item's size
/// by the service's accounting stands in its header, so charging for a read does not walk it.
///
/// What was rejected: JSON text (parsed again at each read), and a tree of values (an allocation for each).
public struct Item: Sendable, Hashable {
  /// The format this build writes.
  @inlinable public static var formatVersion: UInt8 { 1 }

  /// The stored form.
  public let bytes: [UInt8]

  /// Takes bytes that an ``ItemBuilder`` made, or that storage returned under a checksum.
  @inlinable
  public init(trusting bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Takes a copy of an item seen in place.
  @inlinable
  public init(_ view: borrowing ItemView) {
    self.bytes = [UInt8](copying: view.bytes)
  }

  /// Takes bytes from anywhere, checking all of them. Cost: one walk of the item.
  public init(validating bytes: [UInt8]) throws(EncodingFault) {
    try checkItem(bytes.span.bytes)
    self.bytes = bytes
  }

  /// Encodes named values.
  ///
  /// - Throws: ``ItemError`` for nesting that is too deep, and for sets that are empty or hold a value twice.
  public init(_ attributes: [String: AttributeValue]) throws(ItemError) {
    var builder = ItemBuilder()
    try builder.beginItem()
    for (name, value) in attributes {
      try builder.name(name)
      try builder.value(value)
    }
    self = try builder.finishItem()
  }

  /// The item seen in place.
  @inlinable public var view: ItemView {
    @_lifetime(borrow self) get {
      _overrideLifetime(ItemView(trusting: bytes.span.bytes), borrowing: self)
    }
  }

  /// The item's size in bytes as the service counts it: names and values.
  @inlinable public var sizeBytes: Int { view.sizeBytes }

  /// How many attributes the item has.
  @inlinable public var count: Int { view.count }

  /// The attributes as values of their own. Cost: an allocation for each string, number of nested values and
  /// so on; for an app's convenience, not for a request's path.
  public var attributes: [String: AttributeValue] {
    var attributes: [String: AttributeValue] = [:]
    attributes.reserveCapacity(count)
    var cursor = view.attributes
    while cursor.next() {
      attributes[String(copyingUTF8: cursor.name)] = AttributeValue(cursor.value)
    }
    return attributes
  }

  /// One attribute as a value of its own; nil if the item has none of that name.
  public subscript(name: String) -> AttributeValue? {
    guard let value = view.attribute(named: name) else { return nil }
    return AttributeValue(value)
  }
}

extension [UInt8] {
  /// A copy of these bytes in an array of exactly their length.
  @inlinable
  package init(copying span: RawSpan) {
    self = span.withUnsafeBytes { [UInt8]($0) }
  }
}
