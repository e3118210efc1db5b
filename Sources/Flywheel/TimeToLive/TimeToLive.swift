package import DynamoModel
import LSMTree

/// Which attribute of a table's items says when they are to be deleted, and where that is kept.
///
/// Every item with such a time has an entry `id · time · key of the item` under an id of its own, written and
/// deleted in the batch that changes the item, as entries of indexes are. So what has expired by now is one short
/// scan away, however large the table is and however many of its items live on; and what a table without a time
/// to live pays is nothing.
///
/// Rejected: walking the table again and again and looking at every item, which finds an expired one after as
/// long as a walk takes, and reads everything to delete a little.
package struct TimeToLive: Sendable, Hashable {
  package var attributeName: String
  /// What the keys of the entries begin with.
  package var id: UInt32
  /// True until items that were there before have their entries.
  package var isFilling: Bool

  package init(attributeName: String, id: UInt32, isFilling: Bool) {
    self.attributeName = attributeName
    self.id = id
    self.isFilling = isFilling
  }

  /// Items that should have gone so long ago stay: the service takes their times for mistakes.
  package static let ageSecondsMax: Int64 = 5 * 365 * 86_400

  private static let timeBytes = 8

  /// The key of an item's entry; nil if the item does not say a time: not a number, not in seconds since 1970.
  package func entryKey(of item: borrowing ItemView, key: RawSpan) -> [UInt8]? {
    guard let seconds = seconds(of: item) else { return nil }
    return bound(seconds) + [UInt8](copying: key)
  }

  /// The time in seconds since 1970 at which an item expires, fractions cut off.
  package func seconds(of item: borrowing ItemView) -> Int64? {
    guard let value = item.attribute(named: attributeName), case .number(let number) = AttributeValue(value)
    else { return nil }
    return number.wholeSeconds
  }

  /// Where entries of items begin that expire at `seconds` or later.
  func bound(_ seconds: Int64) -> [UInt8] {
    CatalogKeys.bytes(of: id)
      + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: seconds >> Int64($0)) }
  }

  /// The key of the item that an entry is of.
  static func itemKey(ofEntry entry: RawSpan) -> [UInt8] {
    [UInt8](copying: entry.extracting((Keyspace.idBytes + timeBytes)..<entry.byteCount))
  }

  /// Adds to `batch` what replacing `old` by `new` means to the entries.
  func maintain(_ key: RawSpan, old: Item?, new: Item?, _ batch: inout WriteBatch) {
    let oldSeconds = old.flatMap { seconds(of: $0.view) }
    let newSeconds = new.flatMap { seconds(of: $0.view) }
    guard oldSeconds != newSeconds else { return }
    if let oldSeconds { batch.delete(bound(oldSeconds) + [UInt8](copying: key)) }
    if let newSeconds { batch.put(bound(newSeconds) + [UInt8](copying: key), []) }
  }
}

extension DynamoNumber {
  /// The number without its fraction, if it is a time: not negative and no more than 2^53.
  fileprivate var wholeSeconds: Int64? {
    if let whole = integer(as: Int64.self) { return (0...1 << 53).contains(whole) ? whole : nil }
    guard let value = Double("\(self)"), value >= 0, value <= Double(1 << 53) else { return nil }
    return Int64(value)
  }
}
