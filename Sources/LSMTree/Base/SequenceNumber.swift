/// The place of one write in the history of the tree. Every entry of every batch has its own, dense and
/// ascending from 1; 0 is before everything. 56 bits are used, since a trailer shares 64 bits with a kind:
/// at a million writes a second that lasts 2,200 years.
public typealias SequenceNumber = UInt64

/// The greatest sequence number a trailer can hold.
package let sequenceNumberMax: SequenceNumber = (1 << 56) - 1

/// What one entry says about its key. The raw values are on disk.
package enum EntryKind: UInt8, Sendable {
  /// The key is gone.
  case deletion = 0
  /// The key has this value.
  case value = 1
  /// Keys from this key (inclusive) to the key in the value (exclusive) are gone.
  case rangeDeletion = 2
  /// The value lives in a value file, and the entry holds where. In tables only.
  case valuePointer = 3
  /// Reserved: an operand to be merged with the value below.
  case merge = 4
}
