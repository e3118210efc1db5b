package import DynamoModel
import Flywheel

// Attribute values are written straight from their encoding: a text is copied from the item's bytes into the
// response's, and no value is built in between. Below the writer, on its bytes, since commas are where they always are.

extension JSONWriter {
  /// An item as an object of its attributes: `{"pk":{"S":"a"},…}`.
  package mutating func item(_ item: borrowing ItemView) {
    beginValue()
    bytes.append(attributes: item.attributes)
    endValue()
  }

  /// A value under the name of its type: `{"S":"a"}`.
  mutating func attributeValue(_ value: borrowing ValueView) {
    beginValue()
    bytes.append(attributeValue: copy value)
    endValue()
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
}
