/// All versions of several runs in one order, forward or backward.
///
/// A binary heap of sources, the nearest on top. When the top moves on and is still the nearest, which is the rule
/// where one run holds most of a range, a step costs two comparisons at most. Sources, heap and the cursors of runs are in one
/// block of raw memory: a step touches no reference count and no array.
struct MergingCursor: ~Copyable {
  private let memory: UnsafeMutableRawPointer
  private let sources: UnsafeMutablePointer<MergeSource>
  private let heap: UnsafeMutablePointer<UnsafeMutablePointer<MergeSource>>
  private let runs: UnsafeMutablePointer<RunCursorState>
  private var sourceCount = 0
  private var runCount = 0
  private let capacity: Int
  private var heapCount = 0
  private(set) var isForward = true

  /// Without sources: as many as `capacity` may be added, before the first seek.
  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    let runBytes = self.capacity * MemoryLayout<RunCursorState>.stride
    let sourceBytes = self.capacity * MemoryLayout<MergeSource>.stride
    memory = .allocate(
      byteCount: runBytes + sourceBytes + self.capacity * MemoryLayout<UnsafeRawPointer>.stride, alignment: 16
    )
    runs = memory.bindMemory(to: RunCursorState.self, capacity: self.capacity)
    sources = (memory + runBytes).bindMemory(to: MergeSource.self, capacity: self.capacity)
    heap = (memory + (runBytes + sourceBytes)).bindMemory(
      to: UnsafeMutablePointer<MergeSource>.self, capacity: self.capacity)
  }

  deinit {
    runs.deinitialize(count: runCount)
    memory.deallocate()
  }

  /// The list lives longer than the cursor.
  mutating func add(_ memtable: MemtableReader) { add(MergeSource(memtable)) }

  /// The files live longer than the cursor.
  mutating func add(_ files: RunFiles, _ options: CursorOptions) {
    let run = runs + runCount
    run.initialize(to: RunCursorState(files, options))
    runCount += 1
    add(MergeSource(run))
  }

  private mutating func add(_ source: MergeSource) {
    precondition(sourceCount < capacity)
    (sources + sourceCount).initialize(to: source)
    sourceCount += 1
  }

  @inline(__always)
  var isValid: Bool { heapCount > 0 }

  /// The source of the current entry.
  @inline(__always)
  var top: UnsafeMutablePointer<MergeSource> { heap[0] }

  // MARK: Moving

  mutating func seekToFirst() throws(TreeError) {
    for index in 0..<sourceCount { try sources[index].seekToFirst() }
    build(forward: true)
  }

  mutating func seekToLast() throws(TreeError) {
    for index in 0..<sourceCount { try sources[index].seekToLast() }
    build(forward: false)
  }

  /// Forward from the first entry at or after the target.
  mutating func seek(_ target: borrowing SeekTarget) throws(TreeError) {
    for index in 0..<sourceCount { try sources[index].seek(target) }
    build(forward: true)
  }

  /// Backward from the last entry before the target.
  mutating func seekBackward(_ target: borrowing SeekTarget) throws(TreeError) {
    for index in 0..<sourceCount { try sources[index].seekBackward(target) }
    build(forward: false)
  }

  /// To the following entry in the cursor's direction.
  @inline(__always)
  mutating func advance() throws(TreeError) {
    let top = heap[0]
    if isForward { try top.pointee.next() } else { try top.pointee.previous() }
    if !top.pointee.isValid {
      heapCount &-= 1
      heap[0] = heap[heapCount]
    }
    if heapCount > 1 { siftDown(0) }
  }

  // MARK: What the other sources have

  /// Whether no other source has a version of the current entry's key ahead. One that had would be next to the top.
  @inline(__always)
  var isTopAlone: Bool {
    for child in 1..<3 where child < heapCount {
      if heap[child].pointee.isSameKey(heap[0].pointee) { return false }
    }
    return true
  }

  /// Whether every entry of the block that the top is in, in the cursor's direction, comes before all that other sources
  /// have, is within the bound that lies in that direction (nil: none), and is touched by no range deletion. Then a cursor may
  /// go through the block looking at nothing else. Answered once for a block; an answer holds as long as the top
  /// stays in it, since the others only move on.
  @inline(__always)
  func isBlockAlone(bound: UnsafeRawBufferPointer?, _ cover: inout RangeDeletionCover) -> Bool {
    let top = heap[0]
    guard let run = top.pointee.run else { return false }
    let block = run.pointee.cursor.data.blocksEntered
    if top.pointee.blockAsked == block { return top.pointee.isBlockAlone }
    top.pointee.blockAsked = block
    top.pointee.isBlockAlone = askBlock(run, bound, &cover)
    return top.pointee.isBlockAlone
  }

  private func askBlock(
    _ run: UnsafeMutablePointer<RunCursorState>, _ bound: UnsafeRawBufferPointer?,
    _ cover: inout RangeDeletionCover
  ) -> Bool {
    // A virtual table may show less than its block has.
    guard run.pointee.lens == nil else { return false }
    let here = run.pointee.cursor.data.userKey
    if isForward {
      let last = run.pointee.cursor.blockLimit
      if let bound, KeyOrder.compare(last, bound) >= 0 { return false }
      for child in 1..<3 where child < heapCount {
        if KeyOrder.compare(last, heap[child].pointee.keyBytes) >= 0 { return false }
      }
      return cover.isEmpty || !cover.touches(from: here, to: last)
    }
    guard let first = run.pointee.cursor.data.firstUserKey else { return false }
    if let bound, KeyOrder.compare(bound, first) > 0 { return false }
    for child in 1..<3 where child < heapCount {
      if KeyOrder.compare(heap[child].pointee.keyBytes, first) >= 0 { return false }
    }
    return cover.isEmpty || !cover.touches(from: first, to: here)
  }

  // MARK: Heap

  private mutating func build(forward: Bool) {
    isForward = forward
    heapCount = 0
    for index in 0..<sourceCount {
      sources[index].blockAsked = 0
      if !sources[index].isValid { continue }
      heap[heapCount] = sources + index
      heapCount += 1
    }
    var index = heapCount / 2
    while index > 0 {
      index -= 1
      siftDown(index)
    }
  }

  @inline(__always)
  private func isNearer(
    _ left: UnsafeMutablePointer<MergeSource>, _ right: UnsafeMutablePointer<MergeSource>
  ) -> Bool {
    let order = left.pointee.compare(right.pointee)
    return isForward ? order < 0 : order > 0
  }

  private mutating func siftDown(_ start: Int) {
    var hole = start
    let moving = heap[start]
    while true {
      var child = 2 &* hole &+ 1
      if child >= heapCount { break }
      if child &+ 1 < heapCount, isNearer(heap[child &+ 1], heap[child]) { child &+= 1 }
      if !isNearer(heap[child], moving) { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = moving
  }
}
