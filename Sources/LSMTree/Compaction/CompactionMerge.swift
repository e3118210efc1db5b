/// Goes forward once through several sorted runs as if they were one, in the order of internal keys.
///
/// A binary heap of the runs' current keys. Compaction goes on from the entry it has just taken, which is always the
/// heap's first, so one step is one `next` and one sift-down: with the usual two to five runs, one to four comparisons.
struct CompactionMerge: ~Copyable {
  /// A run and where its key lies; the key is read again only after the run has moved.
  private struct Source {
    unowned(unsafe) var cursor: RunCursor
    var key: UnsafeRawBufferPointer
  }

  // Holds what the sources point at.
  private let cursors: [RunCursor]
  private var heap: [Source] = []

  /// - Parameter lower: the user key to begin at; nil for the first.
  init(_ cursors: [RunCursor], from lower: [UInt8]?) throws(TreeError) {
    self.cursors = cursors
    let target = lower.map { InternalKey.beforeAllVersions(of: $0) }
    for cursor in cursors {
      if let target { try cursor.seek(target.span.bytes) } else { try cursor.seekToFirst() }
      if cursor.isValid { heap.append(Source(cursor: cursor, key: cursor.unsafeKey)) }
    }
    for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { siftDown(from: index) }
  }

  var isValid: Bool { !heap.isEmpty }
  var key: UnsafeRawBufferPointer { heap[0].key }
  var value: UnsafeRawBufferPointer { heap[0].cursor.unsafeValue }
  var times: WriteTimes { heap[0].cursor.times }

  mutating func next() throws(TreeError) {
    let cursor = heap[0].cursor
    try cursor.next()
    if cursor.isValid {
      heap[0].key = cursor.unsafeKey
    } else {
      heap[0] = heap[heap.count - 1]
      heap.removeLast()
    }
    siftDown(from: 0)
  }

  private mutating func siftDown(from start: Int) {
    var parent = start
    while true {
      var child = 2 * parent + 1
      if child >= heap.count { return }
      if child + 1 < heap.count, isBefore(child + 1, child) { child += 1 }
      if !isBefore(child, parent) { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let l = heap[left].key
    let r = heap[right].key
    return KeyOrder.compareInternal(l.baseAddress!, l.count, r.baseAddress!, r.count) < 0
  }
}
