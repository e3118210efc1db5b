/// One state of the tree to read from: every get and cursor in it sees the writes up to `sequence`, and no others.
///
/// Costs one short lock and no registration. It holds the memtables and files it was taken from, so drop it soon; for a
/// state to come back to later there is `Tree.snapshot()`.
public struct ReadView: ~Copyable, Sendable {
  let superversion: Superversion
  /// The last write that is seen.
  public let sequence: SequenceNumber

  init(_ superversion: Superversion, _ sequence: SequenceNumber) {
    self.superversion = superversion
    self.sequence = sequence
  }
}

/// A value where it lies, in a memtable or in a cached block, kept alive as long as this is.
public struct PinnedValue: ~Copyable, @unchecked Sendable {
  // Sendable: the bytes are immutable and `owner` keeps them.
  private let owner: AnyObject
  private let start: UnsafeRawPointer
  public let count: Int

  init(_ bytes: UnsafeRawBufferPointer, owner: AnyObject) {
    self.owner = owner
    start = bytes.baseAddress!
    count = bytes.count
  }

  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(_unsafeStart: start, byteCount: count)
      return _overrideLifetime(span, borrowing: self)
    }
  }
}
