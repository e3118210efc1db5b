/// All versions of several runs in one order, forward or backward.
///
/// A binary heap of sources, the nearest on top. When the top moves on and is still the nearest, which is the rule
/// where one run holds most of a range, a step costs two comparisons at most. Sources and heap are in one block of
/// raw memory: a step touches no reference count and no array.
struct MergingCursor: ~Copyable {
  private let sources: UnsafeMutablePointer<MergeSource>
  private let heap: UnsafeMutablePointer<UnsafeMutablePointer<MergeSource>>
  private let sourceCount: Int
  private var heapCount = 0
  private(set) var isForward = true

  /// `fill` initialises up to `capacity` sources and returns how many.
  init(capacity: Int, _ fill: (UnsafeMutablePointer<MergeSource>) -> Int) {
    sources = .allocate(capacity: max(capacity, 1))
    heap = .allocate(capacity: max(capacity, 1))
    sourceCount = fill(sources)
    precondition(sourceCount <= capacity)
  }

  deinit {
    for index in 0..<sourceCount { sources[index].end() }
    sources.deinitialize(count: sourceCount)
    sources.deallocate()
    heap.deallocate()
  }

  @inline(__always)
  var isValid: Bool { heapCount > 0 }

  /// The source of the current entry.
  @inline(__always)
  var top: UnsafeMutablePointer<MergeSource> { heap[0] }

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

  private mutating func build(forward: Bool) {
    isForward = forward
    heapCount = 0
    for index in 0..<sourceCount where sources[index].isValid {
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
