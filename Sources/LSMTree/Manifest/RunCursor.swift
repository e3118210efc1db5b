/// The files of a sorted run, in the order of their keys, as plain addresses: a cursor that looks for one follows no array
/// and counts no reference. Whoever has a run holds its files.
package struct RunFiles: @unchecked Sendable {
  // Sendable: the addresses don't change, and files are.
  let base: UnsafePointer<Unmanaged<TableFile>>
  package let count: Int

  @inline(__always)
  package subscript(index: Int) -> TableFile {
    precondition(index >= 0 && index < count)
    return base[index].takeUnretainedValue()
  }

  /// Those that may hold keys from `lower` (inclusive) to `upper` (exclusive).
  package func overlapping(from lower: [UInt8]?, to upper: [UInt8]?) -> RunFiles {
    let start = lower.map { lower in first { $0.range.overlaps(from: lower, to: nil) } } ?? 0
    let end = upper.map { upper in first { !$0.range.overlaps(from: nil, to: upper) } } ?? count
    return RunFiles(base: base + start, count: max(0, end - start))
  }

  /// The first file whose largest internal key is not before `key`; `count` if there is none.
  func firstEnding(notBefore key: SearchKey) -> Int {
    first { file in
      file.largest.withUnsafeBytes { largest in
        let other = SearchKey(internalKey: largest)
        let order = KeyOrder.compare(other.userKey, other.userKeyBytes, key.userKey, key.userKeyBytes)
        return order > 0 || order == 0 && other.trailer >= key.trailer
      }
    }
  }

  /// The first file for which `isBehind` holds, as it does for all that follow.
  private func first(_ isBehind: (TableFileInfo) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if base[middle]._withUnsafeGuaranteedRef({ isBehind($0.info) }) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }
}

/// A place in a sorted run of its own: for compaction, which holds any number of them in an array. Shows internal
/// keys; range deletions are not applied.
///
/// What moves lies in raw memory: a stored property of a class is checked for exclusive access at every entry, memory behind
/// a pointer is not. Used by one thread at a time.
///
/// After a call threw, the cursor is nowhere and may be moved to any key again.
package final class RunCursor {
  private let state: UnsafeMutablePointer<RunCursorState>
  private let files: [TableFile]
  private let addresses: UnsafeMutablePointer<Unmanaged<TableFile>>

  /// The files, of which there is at least one, are in order and share no user key.
  package init(_ files: [TableFile], _ options: CursorOptions) {
    precondition(!files.isEmpty)
    self.files = files
    addresses = .allocate(capacity: files.count)
    for (index, file) in files.enumerated() { (addresses + index).initialize(to: .passUnretained(file)) }
    state = .allocate(capacity: 1)
    state.initialize(to: RunCursorState(RunFiles(base: addresses, count: files.count), options))
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
    addresses.deallocate()
  }

  @inline(__always)
  package var isValid: Bool { state.pointee.cursor.isValid }

  /// The internal key here. Valid until the cursor moves.
  @inline(__always)
  package var unsafeKey: UnsafeRawBufferPointer { state.pointee.cursor.key }

  @inline(__always)
  package var unsafeValue: UnsafeRawBufferPointer { state.pointee.cursor.value }

  package var key: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(_unsafeStart: unsafeKey.baseAddress!, byteCount: unsafeKey.count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  package var value: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(_unsafeStart: unsafeValue.baseAddress!, byteCount: unsafeValue.count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// The value here and what keeps it in memory when the cursor moves on.
  package var pinnedValue: BlockSlice? { state.pointee.cursor.pinnedValue }

  /// When the entries around this one were written; see `TableCursor.times`.
  var times: WriteTimes { state.pointee.cursor.times }

  package func seekToFirst() throws(TreeError) { try state.pointee.seekToFirst() }

  package func seekToLast() throws(TreeError) { try state.pointee.seekToLast() }

  /// Goes to the first entry not before an internal key.
  package func seek(_ internalKey: UnsafeRawBufferPointer) throws(TreeError) {
    try state.pointee.seek(SearchKey(internalKey: internalKey))
  }

  /// Goes to the last entry not after an internal key.
  package func seekForPrevious(_ internalKey: UnsafeRawBufferPointer) throws(TreeError) {
    try state.pointee.seekForPrevious(SearchKey(internalKey: internalKey))
  }

  package func seek(_ internalKey: RawSpan) throws(TreeError) {
    try internalKey.withUnsafeBytes { bytes throws(TreeError) in try seek(bytes) }
  }

  package func seekForPrevious(_ internalKey: RawSpan) throws(TreeError) {
    try internalKey.withUnsafeBytes { bytes throws(TreeError) in try seekForPrevious(bytes) }
  }

  @inline(__always)
  package func next() throws(TreeError) { try state.pointee.next() }

  @inline(__always)
  package func previous() throws(TreeError) { try state.pointee.previous() }
}

/// A place in a sorted run: one file of L0, or the files of a level below, which share no keys and are opened one by one
/// as the cursor comes to them. Whoever has it holds the files.
struct RunCursorState: ~Copyable {
  var cursor: TableCursor
  private let files: RunFiles
  private let io: ReadIO
  private var index = 0
  /// Of the file that the cursor is in.
  private(set) var lens: TableLens?

  init(_ files: RunFiles, _ options: CursorOptions) {
    self.files = files
    io = options.io
    cursor = TableCursor(options)
  }

  mutating func seekToFirst() throws(TreeError) {
    if try enter(0) { try goToFirstOfFile() }
    try goForwardUntilValid()
  }

  mutating func seekToLast() throws(TreeError) {
    if try enter(files.count - 1) { try goToLastOfFile() }
    try goBackUntilValid()
  }

  mutating func seek(_ key: SearchKey) throws(TreeError) {
    let target = files.firstEnding(notBefore: key)
    guard target < files.count else { return cursor.leave() }
    if try enter(target) {
      if let lens { try lens.seek(key, &cursor) } else { try cursor.seek(key) }
    }
    try goForwardUntilValid()
  }

  mutating func seekForPrevious(_ key: SearchKey) throws(TreeError) {
    if try enter(min(files.firstEnding(notBefore: key), files.count - 1)) {
      if let lens { try lens.seekForPrevious(key, &cursor) } else { try cursor.seekForPrevious(key) }
    }
    try goBackUntilValid()
  }

  @inline(__always)
  mutating func next() throws(TreeError) {
    try cursor.next()
    if let lens { lens.settleForward(&cursor) }
    if !cursor.isValid { try goForwardUntilValid() }
  }

  @inline(__always)
  mutating func previous() throws(TreeError) {
    try cursor.previous()
    if let lens { lens.settleBackward(&cursor) }
    if !cursor.isValid { try goBackUntilValid() }
  }

  private mutating func goForwardUntilValid() throws(TreeError) {
    while !cursor.isValid, index + 1 < files.count {
      if try enter(index + 1) { try goToFirstOfFile() }
    }
  }

  private mutating func goBackUntilValid() throws(TreeError) {
    while !cursor.isValid, index > 0 {
      if try enter(index - 1) { try goToLastOfFile() }
    }
  }

  private mutating func goToFirstOfFile() throws(TreeError) {
    if let lens { try lens.seekToFirst(&cursor) } else { try cursor.seekToFirst() }
  }

  private mutating func goToLastOfFile() throws(TreeError) {
    if let lens { try lens.seekToLast(&cursor) } else { try cursor.seekToLast() }
  }

  /// Goes to a file, nowhere in it yet. False if its filter says that it holds nothing between the bounds.
  private mutating func enter(_ index: Int) throws(TreeError) -> Bool {
    cursor.leave()
    let table = try files[index].reader(io)
    self.index = index
    if let lower = cursor.options.lower, !table.mayHold(from: lower, sharedBytes: cursor.options.sharedBytes)
    {
      return false
    }
    cursor.enter(table)
    lens = files[index].lens
    return true
  }
}
