import DynamoModel
import Flywheel

// What several responses have in common. A member whose value is nil is left out.

extension JSONWriter {
  /// An item under a name; nothing if there is none.
  mutating func item(_ item: Item?, named name: StaticString) {
    guard let item else { return }
    self.name(name)
    self.item(item.view)
  }

  mutating func string(_ text: String?, named name: StaticString) {
    guard let text else { return }
    self.name(name)
    string(text)
  }

  mutating func integer(_ value: Int?, named name: StaticString) {
    guard let value else { return }
    self.name(name)
    integer(value)
  }

  mutating func double(_ value: Double?, named name: StaticString) {
    guard let value else { return }
    self.name(name)
    double(value)
  }

  mutating func bool(_ value: Bool?, named name: StaticString) {
    guard let value else { return }
    self.name(name)
    bool(value)
  }

  /// A time in seconds since 1970, to the millisecond.
  mutating func time(_ time: Timestamp?, named name: StaticString) {
    guard let time else { return }
    self.name(name)
    double(Double(time.nanosecondsSince1970 / 1_000_000) / 1_000)
  }

  mutating func word<Word: RawRepresentable>(_ word: Word?, named name: StaticString)
  where Word.RawValue == String {
    guard let word else { return }
    self.name(name)
    string(word.rawValue)
  }

  mutating func strings(_ texts: [String]?, named name: StaticString) {
    array(texts, named: name) { json, text in json.string(text) }
  }

  /// An array under a name; nothing if there is none.
  mutating func array<Element>(
    _ elements: [Element]?, named name: StaticString, _ write: (inout JSONWriter, Element) -> Void
  ) {
    guard let elements else { return }
    self.name(name)
    beginArray()
    for element in elements { write(&self, element) }
    endArray()
  }

  /// An array under a name that is data.
  mutating func array<Element>(
    _ elements: [Element], nameData name: String, _ write: (inout JSONWriter, Element) -> Void
  ) {
    self.name(data: name)
    beginArray()
    for element in elements { write(&self, element) }
    endArray()
  }

  /// An object under a name; nothing if there is none.
  mutating func object<Value>(
    _ value: Value?, named name: StaticString, _ write: (inout JSONWriter, Value) -> Void
  ) {
    guard let value else { return }
    self.name(name)
    beginObject()
    write(&self, value)
    endObject()
  }
}

// MARK: - Capacity and collections

extension JSONWriter {
  mutating func consumedCapacity(_ capacity: ConsumedCapacity?) {
    guard let capacity else { return }
    name("ConsumedCapacity")
    self.capacity(capacity)
  }

  /// The capacity used on each table of a batch.
  mutating func consumedCapacities(_ capacities: [ConsumedCapacity]?) {
    array(capacities, named: "ConsumedCapacity") { json, capacity in json.capacity(capacity) }
  }

  private mutating func capacity(_ capacity: ConsumedCapacity) {
    beginObject()
    string(capacity.tableName, named: "TableName")
    double(capacity.capacityUnits, named: "CapacityUnits")
    double(capacity.readCapacityUnits, named: "ReadCapacityUnits")
    double(capacity.writeCapacityUnits, named: "WriteCapacityUnits")
    object(capacity.table, named: "Table") { json, part in json.units(part) }
    units(capacity.localSecondaryIndexes, named: "LocalSecondaryIndexes")
    units(capacity.globalSecondaryIndexes, named: "GlobalSecondaryIndexes")
    endObject()
  }

  private mutating func units(_ indexes: [String: Capacity]?, named name: StaticString) {
    guard let indexes else { return }
    self.name(name)
    beginObject()
    for (index, part) in indexes.sorted(by: { $0.key < $1.key }) {
      self.name(data: index)
      beginObject()
      units(part)
      endObject()
    }
    endObject()
  }

  private mutating func units(_ part: Capacity) {
    double(part.readCapacityUnits, named: "ReadCapacityUnits")
    double(part.writeCapacityUnits, named: "WriteCapacityUnits")
    double(part.capacityUnits, named: "CapacityUnits")
  }

  mutating func itemCollectionMetrics(_ metrics: ItemCollectionMetrics?) {
    guard let metrics else { return }
    name("ItemCollectionMetrics")
    collection(metrics)
  }

  mutating func collection(_ metrics: ItemCollectionMetrics) {
    beginObject()
    item(metrics.itemCollectionKey, named: "ItemCollectionKey")
    name("SizeEstimateRangeGB")
    beginArray()
    double(metrics.sizeEstimateRangeGB.lowerBound)
    double(metrics.sizeEstimateRangeGB.upperBound)
    endArray()
    endObject()
  }
}
