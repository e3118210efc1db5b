/// Walks the live entries of a view within bounds, in both directions.
///
/// Going forward, the current entry is shown where it lies in the nearest source. Going backward, versions of a key come oldest
/// first, so the newest visible one is known only when the cursor is past it: key and value are kept aside. Turning
/// round costs a seek. A value that lies in a value file is read when the cursor comes to rest at its entry, so that
/// showing it can't fail.
///
/// After a call that throws (`.wouldBlock` above all) the cursor is not valid; seek again.
public struct TreeCursor: ~Copyable {
  private enum Place { case nowhere, atTop, aside }

  private let superversion: Superversion
  private let sequence: SequenceNumber
  private let io: ReadIO
  private let lower: [UInt8]
  private let upper: [UInt8]?
  private var merged: MergingCursor
  private var cover: RangeDeletionCover
  private var place = Place.nowhere
  private var target = SeekTarget()
  private var keyAside = RawBuffer(capacity: 128)
  private var valueAside = RawBuffer(capacity: 16)
  /// The current entry's value if it lies in a value file; else whatever it was last.
  private var large: LargeValue?
  private var isLarge = false

  init(
    _ superversion: Superversion, _ sequence: SequenceNumber, _ io: ReadIO, lower: [UInt8], upper: [UInt8]?,
    merged: consuming MergingCursor, cover: RangeDeletionCover
  ) {
    self.superversion = superversion
    self.sequence = sequence
    self.io = io
    self.lower = lower
    self.upper = upper
    self.merged = merged
    self.cover = cover
  }

  /// Whether there is a current entry. Not before the first seek.
  public var isValid: Bool { place != .nowhere }

  /// The current entry's key, until the cursor moves.
  public var key: RawSpan {
    @_lifetime(borrow self)
    get {
      precondition(place != .nowhere, "the cursor is at no entry")
      let bytes = place == .atTop ? merged.top.pointee.keyBytes : keyAsideBytes
      return _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }
  }

  /// The current entry's value, until the cursor moves.
  public var value: RawSpan {
    @_lifetime(borrow self)
    get {
      precondition(place != .nowhere, "the cursor is at no entry")
      if isLarge, let large {
        return _overrideLifetime(RawSpan(_unsafeBytes: large.unsafeBytes), borrowing: self)
      }
      let bytes =
        place == .atTop
        ? merged.top.pointee.value : valueAsideBytes
      return _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }
  }

  // MARK: Moving

  /// To the first entry within the bounds.
  public mutating func seekToFirst() throws(TreeError) {
    let lower = lower
    try lower.span.bytes.withUnsafeBytes { bytes throws(TreeError) in try seekForward(bytes) }
  }

  /// To the last entry within the bounds.
  public mutating func seekToLast() throws(TreeError) {
    place = .nowhere
    if let upper {
      // Before every version of the upper key.
      upper.withUnsafeBytes { target.set($0, 0) }
      try merged.seekBackward(target)
    } else {
      try merged.seekToLast()
    }
    try settleBackward()
  }

  /// To the first entry at or after `key`, within the bounds.
  public mutating func seek(_ key: RawSpan) throws(TreeError) {
    if KeyOrder.compare(key, lower.span.bytes) < 0 { return try seekToFirst() }
    try key.withUnsafeBytes { bytes throws(TreeError) in try seekForward(bytes) }
  }

  /// To the last entry at or before `key`, within the bounds.
  public mutating func seekForPrevious(_ key: RawSpan) throws(TreeError) {
    if let upper, KeyOrder.compare(key, upper.span.bytes) >= 0 { return try seekToLast() }
    place = .nowhere
    // Behind every version of the key.
    key.withUnsafeBytes { target.set($0, .max) }
    try merged.seekBackward(target)
    try settleBackward()
  }

  /// To the following entry. The cursor is valid.
  public mutating func next() throws(TreeError) {
    switch place {
    case .nowhere: preconditionFailure("the cursor is at no entry")
    case .atTop:
      place = .nowhere
      putKeyAside()
      try merged.advance()
      try settleForward(behindKeyAside: true)
    case .aside:
      place = .nowhere
      target.set(keyAsideBytes, .max)
      try merged.seek(target)
      try settleForward(behindKeyAside: false)
    }
  }

  /// To the entry before. The cursor is valid.
  public mutating func previous() throws(TreeError) {
    switch place {
    case .nowhere: preconditionFailure("the cursor is at no entry")
    case .atTop:
      place = .nowhere
      target.set(merged.top.pointee.keyBytes, 0)
      try merged.seekBackward(target)
    case .aside: place = .nowhere
    }
    try settleBackward()
  }

  private mutating func seekForward(_ key: UnsafeRawBufferPointer) throws(TreeError) {
    place = .nowhere
    target.set(key, InternalKey.seekTrailer(sequence))
    try merged.seek(target)
    try settleForward(behindKeyAside: false)
  }

  // MARK: Finding live entries

  /// From the top of the heap on to the first live entry. If `behindKeyAside`, versions of that key are passed over.
  private mutating func settleForward(behindKeyAside: Bool) throws(TreeError) {
    var isBehind = behindKeyAside
    while merged.isValid {
      let top = merged.top
      let key = top.pointee.keyBytes
      if isBehind {
        if KeyOrder.compare(key, keyAsideBytes) == 0 {
          try merged.advance()
          continue
        }
        isBehind = false
      }
      if let upper, upper.withUnsafeBytes({ KeyOrder.compare(key, $0) >= 0 }) { return }
      if InternalKey.sequence(ofTrailer: top.pointee.trailer) <= sequence {
        if try isLive(top) {
          isLarge = InternalKey.kind(ofTrailer: top.pointee.trailer) == .valuePointer
          if isLarge { large = try superversion.version.largeValue(top.pointee.value, ofKey: key, io) }
          place = .atTop
          return
        }
        putKeyAside()
        isBehind = true
      }
      try merged.advance()
    }
  }

  /// From the top of the heap backward to the first key with a live entry, and past all its versions.
  private mutating func settleBackward() throws(TreeError) {
    var hasKey = false
    var isFound = false
    while merged.isValid {
      let top = merged.top
      let key = top.pointee.keyBytes
      if hasKey, KeyOrder.compare(key, keyAsideBytes) != 0 {
        if isFound { break }
        hasKey = false
      }
      if !hasKey {
        if lower.withUnsafeBytes({ KeyOrder.compare(key, $0) < 0 }) { break }
        putKeyAside()
        hasKey = true
        isFound = false
      }
      if InternalKey.sequence(ofTrailer: top.pointee.trailer) <= sequence {
        isFound = try isLive(top)
        if isFound {
          putValueAside()
          isLarge = InternalKey.kind(ofTrailer: top.pointee.trailer) == .valuePointer
        }
      }
      try merged.advance()
    }
    guard hasKey, isFound else { return }
    if isLarge { large = try superversion.version.largeValue(valueAsideBytes, ofKey: keyAsideBytes, io) }
    place = .aside
  }

  /// Whether this version, the newest visible one of its key, is a value that no range deletion covers.
  @inline(__always)
  private mutating func isLive(_ source: UnsafeMutablePointer<MergeSource>) throws(TreeError) -> Bool {
    let trailer = source.pointee.trailer
    switch InternalKey.kind(ofTrailer: trailer) {
    case .value, .valuePointer: break
    case .deletion, .rangeDeletion: return false
    case .merge, nil: throw Superversion.unknownKind
    }
    if cover.isEmpty { return true }
    return !cover.covers(
      source.pointee.keyBytes, InternalKey.sequence(ofTrailer: trailer), readingAt: sequence)
  }

  private var keyAsideBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: keyAside.base, count: keyAside.count)
  }

  private var valueAsideBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: valueAside.base, count: valueAside.count)
  }

  @inline(__always)
  private mutating func putKeyAside() {
    let key = merged.top.pointee.keyBytes
    keyAside.truncate(to: 0)
    keyAside.append(key.baseAddress!, key.count)
  }

  private mutating func putValueAside() {
    let value = merged.top.pointee.value
    valueAside.truncate(to: 0)
    if let base = value.baseAddress { valueAside.append(base, value.count) }
  }
}
