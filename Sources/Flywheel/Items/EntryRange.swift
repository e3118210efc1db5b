import DynamoExpressions
import DynamoModel

/// The stretch of the tree's keys that a page may come from.
struct EntryRange {
  /// The first key that may be read.
  private(set) var lower: [UInt8]
  /// The key before which reading ends.
  private(set) var upper: [UInt8]

  init(from lower: [UInt8], to upper: [UInt8]) {
    self.lower = lower
    self.upper = upper
  }

  /// Every key that begins with `prefix`.
  init(prefix: RawSpan) {
    lower = [UInt8](copying: prefix)
    upper = Self.successor(of: prefix)
  }

  /// What a query's key condition says, of a table's or an index's keys.
  init(_ range: KeyRange, id: UInt32, _ shape: KeyShape) {
    var key = KeyBuffer()
    Keyspace.appendPartition(range.partition, id: id, shape, to: &key)
    for (part, value) in zip(shape.sort, range.sortEquals) {
      KeyEncoder.appendPart(value.view.payload, as: part.type, to: &key)
    }
    self.init(prefix: key.bytes)
    guard let sortRange = range.sortRange else { return }
    narrow(to: sortRange, behind: &key, as: shape.sort[range.sortEquals.count].type)
  }

  /// Narrows the range to those values of the next sort attribute that a condition allows. Parts are
  /// prefix-free, so all keys with one value begin with its part, and those of greater values come after all
  /// of these.
  mutating func narrow(to range: SortRange, behind key: inout KeyBuffer, as type: KeyType) {
    let prefixBytes = key.count
    func part(_ value: EncodedValue) -> [UInt8] {
      key.truncate(to: prefixBytes)
      KeyEncoder.appendPart(value.view.payload, as: type, to: &key)
      return [UInt8](copying: key.bytes)
    }
    switch range {
    case .lessThan(let bound): upper = part(bound)
    case .lessThanOrEqual(let bound): upper = Self.successor(of: part(bound).span.bytes)
    case .greaterThan(let bound): lower = Self.successor(of: part(bound).span.bytes)
    case .greaterThanOrEqual(let bound): lower = part(bound)
    case .between(let first, let last):
      lower = part(first)
      upper = Self.successor(of: part(last).span.bytes)
    case .beginsWith(let prefix):
      KeyEncoder.appendPrefix(prefix.view.payload, as: type, to: &key)
      self = EntryRange(prefix: key.bytes)
    }
  }

  /// Leaves out `key` and what a reader in the given direction meets before it.
  mutating func start(after key: [UInt8], forward: Bool) {
    if forward {
      // Keys are prefix-free, so nothing lies between a key and that key with a zero byte behind it.
      lower = key + [0]
    } else {
      upper = key
    }
  }

  func contains(_ key: [UInt8]) -> Bool {
    compareBytes(lower.span.bytes, key.span.bytes) <= 0 && compareBytes(key.span.bytes, upper.span.bytes) < 0
  }

  var isEmpty: Bool {
    compareBytes(lower.span.bytes, upper.span.bytes) >= 0
  }

  private static func successor(of prefix: RawSpan) -> [UInt8] {
    // No key begins with an id of all ones, so there always is one.
    Keyspace.successor(ofPrefix: prefix)!
  }
}
