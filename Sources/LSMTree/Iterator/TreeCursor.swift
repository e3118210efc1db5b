/// Walks the live entries of a view within bounds, in both directions.
///
/// Where the current entry's bytes are is kept at hand (`shownKey`, `shownValue`), so that a caller's loop reads them without
/// a call. A step is taken in one of two ways:
/// - *Through a block.* While no other source, no bound and no range deletion has a say in the block that the nearest source is
///   in (`MergingCursor.isBlockAlone`), the next entry of the block is the next entry of the tree, if it is of
///   another key, visible and a value. All that is told by the entry itself.
/// - *Through the merge*, for everything else: `settleForward` and `settleBackward`.
///
/// Going backward, versions of a key come oldest first. An entry that can be told from the one before it by what is stored
/// with the two is its key's newest, and is shown where it lies; else the newest visible one is known only when the cursor is past
/// it, and key and value are kept aside. Turning round costs a seek.
///
/// A value that lies in a value file is read when the cursor comes to rest at its entry, so that showing it can't fail.
///
/// After a call that throws (`.wouldBlock` above all) the cursor is not valid; seek again.
public struct TreeCursor: ~Copyable {
  @usableFromInline enum Place { case nowhere, atTop, aside }

  private let superversion: Superversion
  private let sequence: SequenceNumber
  private let io: ReadIO
  /// What a visible entry's trailer is at least.
  private let visibleTrailer: UInt64
  /// The lower bound and behind it the upper one.
  private var bounds: RawBuffer
  private let lowerCount: Int
  private let hasUpper: Bool
  private var merged: MergingCursor
  private var cover: RangeDeletionCover
  private var target = SeekTarget()
  private var keyAside = RawBuffer(capacity: 0)
  private var valueAside = RawBuffer(capacity: 0)
  /// The current entry's value if it lies in a value file; else whatever it was last.
  private var large: LargeValue?
  /// The source whose block may be walked without the merge; it is the top.
  private var lone: UnsafeMutablePointer<RunCursorState>?
  @usableFromInline var place = Place.nowhere
  @usableFromInline var shownKey = UnsafeRawBufferPointer(start: nil, count: 0)
  @usableFromInline var shownValue = UnsafeRawBufferPointer(start: nil, count: 0)

  init(
    _ superversion: Superversion, _ sequence: SequenceNumber, _ io: ReadIO, lower: [UInt8], upper: [UInt8]?,
    merged: consuming MergingCursor, cover: RangeDeletionCover
  ) {
    self.superversion = superversion
    self.sequence = sequence
    self.io = io
    visibleTrailer = InternalKey.seekTrailer(sequence)
    bounds = RawBuffer(capacity: lower.count + (upper?.count ?? 0))
    bounds.append(lower.span.bytes)
    if let upper { bounds.append(upper.span.bytes) }
    lowerCount = lower.count
    hasUpper = upper != nil
    self.merged = merged
    self.cover = cover
  }

  /// Whether there is a current entry. Not before the first seek.
  @inlinable
  public var isValid: Bool { place != .nowhere }

  /// The current entry's key, until the cursor moves.
  @inlinable
  public var key: RawSpan {
    @_lifetime(borrow self)
    get {
      precondition(place != .nowhere, "the cursor is at no entry")
      return _overrideLifetime(RawSpan(_unsafeBytes: shownKey), borrowing: self)
    }
  }

  /// The current entry's value, until the cursor moves.
  @inlinable
  public var value: RawSpan {
    @_lifetime(borrow self)
    get {
      precondition(place != .nowhere, "the cursor is at no entry")
      return _overrideLifetime(RawSpan(_unsafeBytes: shownValue), borrowing: self)
    }
  }

  // MARK: Seeking

  /// To the first entry within the bounds.
  public mutating func seekToFirst() throws(TreeError) { try seekForward(lowerBound) }

  /// To the last entry within the bounds.
  public mutating func seekToLast() throws(TreeError) {
    leave()
    if let upperBound {
      // Before every version of the upper key.
      target.set(upperBound, 0)
      try merged.seekBackward(target)
    } else {
      try merged.seekToLast()
    }
    try settleBackward()
  }

  /// To the first entry at or after `key`, within the bounds.
  public mutating func seek(_ key: RawSpan) throws(TreeError) {
    try key.withUnsafeBytes { key throws(TreeError) in
      try seekForward(KeyOrder.compare(key, lowerBound) < 0 ? lowerBound : key)
    }
  }

  /// To the last entry at or before `key`, within the bounds.
  public mutating func seekForPrevious(_ key: RawSpan) throws(TreeError) {
    leave()
    let isBeyond = key.withUnsafeBytes { key in
      // Behind every version of the key.
      target.set(key, .max)
      return upperBound.map { KeyOrder.compare(key, $0) >= 0 } ?? false
    }
    if isBeyond { return try seekToLast() }
    try merged.seekBackward(target)
    try settleBackward()
  }

  private mutating func seekForward(_ key: UnsafeRawBufferPointer) throws(TreeError) {
    leave()
    target.set(key, visibleTrailer)
    try merged.seek(target)
    try settleForward(behindKeyAside: false)
  }

  /// Is at no entry from here on.
  @inline(__always)
  private mutating func leave() {
    place = .nowhere
    lone = nil
  }

  // MARK: Stepping

  /// To the following entry. The cursor is valid.
  public mutating func next() throws(TreeError) {
    guard let run = lone, merged.isForward, run.pointee.cursor.data.nextKey() else {
      return try nextThroughMerge()
    }
    if showIfLive(run) { return }
    settleAgain()
    try settleForward(behindKeyAside: false)
  }

  /// To the entry before. The cursor is valid.
  public mutating func previous() throws(TreeError) {
    guard let run = lone, !merged.isForward else { return try previousThroughMerge() }
    run.pointee.cursor.data.previous()
    guard run.pointee.cursor.data.isValid else {
      leave()
      try merged.advance()
      return try settleBackward()
    }
    if run.pointee.cursor.data.isFirstOfKey(), showIfLive(run) { return }
    settleAgain()
    try settleBackward()
  }

  /// Shows the entry that the run has come to within its block, if it is visible and a value.
  @inline(__always)
  private mutating func showIfLive(_ run: UnsafeMutablePointer<RunCursorState>) -> Bool {
    let trailer = run.pointee.cursor.data.trailer
    guard trailer >= visibleTrailer, InternalKey.kind(ofTrailer: trailer) == .value else { return false }
    shownKey = run.pointee.cursor.data.userKey
    shownValue = run.pointee.cursor.data.value
    return true
  }

  /// Is at no entry, and has the top source know where its run has gone.
  private mutating func settleAgain() {
    if lone != nil { merged.top.pointee.settleAgain() }
    leave()
  }

  private mutating func nextThroughMerge() throws(TreeError) {
    precondition(place != .nowhere, "the cursor is at no entry")
    if merged.isForward {
      settleAgain()
      putKeyAside(merged.top.pointee.keyBytes)
      try merged.advance()
      try settleForward(behindKeyAside: true)
    } else {
      leave()
      target.set(shownKey, .max)
      try merged.seek(target)
      try settleForward(behindKeyAside: false)
    }
  }

  private mutating func previousThroughMerge() throws(TreeError) {
    precondition(place != .nowhere, "the cursor is at no entry")
    if merged.isForward {
      target.set(shownKey, 0)
      leave()
      try merged.seekBackward(target)
    } else if place == .atTop {
      leave()
      try merged.advance()
    }
    leave()
    try settleBackward()
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
      if upperBound.map({ KeyOrder.compare(key, $0) >= 0 }) ?? false { return }
      if top.pointee.trailer >= visibleTrailer {
        if try isLive(top) { return try showTop(bound: upperBound) }
        putKeyAside(key)
        isBehind = true
      }
      try merged.advance()
    }
  }

  /// From the top of the heap backward to the first key with a live entry: at it, if it can be seen that the entry is the
  /// only one of its key, and otherwise past all its versions.
  private mutating func settleBackward() throws(TreeError) {
    var hasKey = false
    var isFound = false
    var isLarge = false
    while merged.isValid {
      let top = merged.top
      let key = top.pointee.keyBytes
      if hasKey, KeyOrder.compare(key, keyAsideBytes) != 0 {
        if isFound { break }
        hasKey = false
      }
      let isVisible = top.pointee.trailer >= visibleTrailer
      if !hasKey {
        if KeyOrder.compare(key, lowerBound) < 0 { break }
        if top.pointee.isFirstOfKey(), merged.isTopAlone {
          if isVisible, try isLive(top) { return try showTop(bound: lowerBound) }
          try merged.advance()
          continue
        }
        putKeyAside(key)
        hasKey = true
        isFound = false
      }
      if isVisible {
        isFound = try isLive(top)
        if isFound {
          putValueAside(top.pointee.value)
          isLarge = InternalKey.kind(ofTrailer: top.pointee.trailer) == .valuePointer
        }
      }
      try merged.advance()
    }
    guard hasKey, isFound else { return }
    try show(
      keyAsideBytes, UnsafeRawBufferPointer(start: valueAside.base, count: valueAside.count), isLarge: isLarge
    )
    place = .aside
  }

  /// Shows the top's entry where it lies.
  @inline(__always)
  private mutating func showTop(bound: UnsafeRawBufferPointer?) throws(TreeError) {
    let top = merged.top
    let isLarge = InternalKey.kind(ofTrailer: top.pointee.trailer) == .valuePointer
    try show(top.pointee.keyBytes, top.pointee.value, isLarge: isLarge)
    place = .atTop
    if merged.isBlockAlone(bound: bound, &cover) { lone = top.pointee.run }
  }

  @inline(__always)
  private mutating func show(
    _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, isLarge: Bool
  ) throws(TreeError) {
    shownKey = key
    shownValue = isLarge ? try largeValue(value, key) : value
  }

  @inline(never)
  private mutating func largeValue(
    _ pointer: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer
  ) throws(TreeError) -> UnsafeRawBufferPointer {
    let value = try superversion.version.largeValue(pointer, ofKey: key, io)
    large = value
    return value.unsafeBytes
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

  // MARK: Bytes

  private var lowerBound: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bounds.base, count: lowerCount)
  }

  private var upperBound: UnsafeRawBufferPointer? {
    hasUpper
      ? UnsafeRawBufferPointer(start: bounds.base + lowerCount, count: bounds.count &- lowerCount) : nil
  }

  private var keyAsideBytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: keyAside.base, count: keyAside.count)
  }

  @inline(__always)
  private mutating func putKeyAside(_ key: UnsafeRawBufferPointer) {
    keyAside.truncate(to: 0)
    keyAside.append(key.baseAddress!, key.count)
  }

  private mutating func putValueAside(_ value: UnsafeRawBufferPointer) {
    valueAside.truncate(to: 0)
    if let base = value.baseAddress { valueAside.append(base, value.count) }
  }
}
