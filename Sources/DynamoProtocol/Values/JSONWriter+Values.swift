package import DynamoModel
import Flywheel

// Attribute values are written straight from their encoding: a text is copied from the item's bytes into the
// response's, and no value is built in between.

extension JSONWriter {
  /// An item as an object of its attributes: `{"pk":{"S":"a"},…}`.
  package mutating func item(_ item: borrowing ItemView) {
    map(item.attributes)
  }

  /// A value under the name of its type: `{"S":"a"}`.
  mutating func attributeValue(_ value: borrowing ValueView) {
    beginObject()
    switch value.type {
    case .string:
      name("S")
      string(value.payload)
    case .number:
      name("N")
      number(value.payload)
    case .binary:
      name("B")
      base64(value.payload)
    case .bool:
      name("BOOL")
      bool(value.bool)
    case .null:
      name("NULL")
      bool(true)
    case .map:
      name("M")
      map(value.elements)
    case .list:
      name("L")
      list(value.elements)
    case .stringSet:
      name("SS")
      set(value.elements, of: .string)
    case .numberSet:
      name("NS")
      set(value.elements, of: .number)
    case .binarySet:
      name("BS")
      set(value.elements, of: .binary)
    }
    endObject()
  }

  /// A page of items; nothing if there is none.
  mutating func items(_ page: ItemPage?, named name: StaticString) {
    guard let page else { return }
    self.name(name)
    items(page)
  }

  /// A page of items, from where they lie.
  mutating func items(_ page: ItemPage) {
    beginArray()
    for position in page.startIndex..<page.endIndex { item(page.view(at: position)) }
    endArray()
  }

  /// A guess of a page's length, in bytes: names of types, quotes and brackets about double an item.
  static func bytesExpected(of page: ItemPage?) -> Int {
    (page?.byteCount ?? 0) * 2
  }

  private mutating func map(_ entries: consuming ElementCursor) {
    var entries = entries
    beginObject()
    while entries.next() {
      name(data: entries.name)
      attributeValue(entries.value)
    }
    endObject()
  }

  private mutating func list(_ elements: consuming ElementCursor) {
    var elements = elements
    beginArray()
    while elements.next() {
      attributeValue(elements.value)
    }
    endArray()
  }

  private mutating func set(_ elements: consuming ElementCursor, of type: AttributeType) {
    var elements = elements
    beginArray()
    while elements.next() {
      switch type {
      case .number: number(elements.bytes)
      case .binary: base64(elements.bytes)
      default: string(elements.bytes)
      }
    }
    endArray()
  }

  /// A number as text, in quotes, as the service prints it.
  private mutating func number(_ encoded: RawSpan) {
    plain(DecimalDigits(trusting: encoded).text.bytes)
  }
}
