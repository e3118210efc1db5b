/// What reads and writes cost, in capacity units.
///
/// Source: the developer guide's "Read and write operations" chapter, and for what it leaves open (that a
/// write is charged for the larger of the item before and after, that a read that finds nothing costs a unit,
/// that an index is charged for what changes in it) answers of the service that others have published.
package enum CapacityUnits {
  /// The bytes that one read unit reads with strong consistency.
  package static let readUnitBytes = 4096
  /// The bytes that one write unit writes.
  package static let writeUnitBytes = 1024

  /// The units for reading `sizeBytes`, which is at least one unit or, without strong consistency, half a
  /// one.
  package static func read(sizeBytes: Int, consistent: Bool) -> Double {
    let units = Double(max(1, roundedUp(sizeBytes, to: readUnitBytes)))
    return consistent ? units : units / 2
  }

  /// The units for a write that replaces `oldBytes` by `newBytes`; 0 stands for no item.
  package static func write(oldBytes: Int, newBytes: Int) -> Double {
    Double(max(1, roundedUp(max(oldBytes, newBytes), to: writeUnitBytes)))
  }

  /// The units for what a write did to an index. Nothing changed there costs nothing; an entry that moves is
  /// deleted in one place and put in another, each for its own price.
  package static func write(_ effect: IndexEffect) -> Double {
    switch effect {
    case .unchanged: 0
    case .inserted(let sizeBytes), .removed(let sizeBytes): write(oldBytes: 0, newBytes: sizeBytes)
    case .replaced(let old, let new): write(oldBytes: old, newBytes: new)
    case .moved(let old, let new): write(oldBytes: old, newBytes: 0) + write(oldBytes: 0, newBytes: new)
    }
  }

  /// Units in halves, of which they are always whole ones.
  @inline(__always)
  package static func halves(_ units: Double) -> Int { Int(units * 2) }

  private static func roundedUp(_ bytes: Int, to unitBytes: Int) -> Int {
    (bytes + unitBytes - 1) / unitBytes
  }
}
