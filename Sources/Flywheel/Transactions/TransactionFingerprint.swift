package import DynamoModel

/// Tells one request from another by sixteen bytes: two XXH64 of a form of the request that does not depend on how its
/// JSON was written. Not a defence against somebody who looks for two requests with one fingerprint, who could only
/// deceive himself.
package struct TransactionFingerprint: Sendable, Hashable {
  package let low: UInt64
  package let high: UInt64

  package init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }
}

/// Puts a request together for its fingerprint, piece by piece. Every piece has its length before it, so that no two
/// requests come to the same bytes.
package struct FingerprintBuilder {
  private var bytes: [UInt8] = []

  package init() {}

  package mutating func add(_ piece: [UInt8]) {
    for shift in stride(from: 0, to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: piece.count >> shift))
    }
    bytes += piece
  }

  package mutating func add(_ text: String) { add(Array(text.utf8)) }

  package mutating func add(_ item: Item) { add(item.bytes) }

  package mutating func add(_ value: EncodedValue) { add(value.bytes) }

  /// Adds a piece that may be missing, which differs from an empty one.
  package mutating func add(_ text: String?) {
    bytes.append(text == nil ? 0 : 1)
    if let text { add(text) }
  }

  /// Adds a map, whatever order it is in.
  package mutating func add(_ names: [String: String]?) {
    bytes.append(names == nil ? 0 : 1)
    guard let names else { return }
    add([UInt8(truncatingIfNeeded: names.count), UInt8(truncatingIfNeeded: names.count >> 8)])
    for (name, value) in names.sorted(by: { $0.key < $1.key }) {
      add(name)
      add(value)
    }
  }

  /// Adds a map, whatever order it is in.
  package mutating func add(_ values: [String: EncodedValue]?) {
    bytes.append(values == nil ? 0 : 1)
    guard let values else { return }
    add([UInt8(truncatingIfNeeded: values.count), UInt8(truncatingIfNeeded: values.count >> 8)])
    for (name, value) in values.sorted(by: { $0.key < $1.key }) {
      add(name)
      add(value)
    }
  }

  package consuming func finish() -> TransactionFingerprint {
    TransactionFingerprint(
      low: xxHash64(bytes.span.bytes), high: xxHash64(bytes.span.bytes, seed: 0x9E37_79B9_7F4A_7C15))
  }
}
