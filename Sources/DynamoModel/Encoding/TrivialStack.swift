/// A stack of values without references, in memory of its own.
///
/// Why not `[Element]` or an `InlineArray`: a class-free store that is written to at every name and value
/// must neither check for uniqueness nor be copied whole to read one element, which an inline array of some
/// size is.
///
/// Fenced as ``ByteStore`` is: one owner, `base` points to `capacity` elements of which the first `count` are
/// initialised, elements are trivial, positions are checked.
struct TrivialStack<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    precondition(capacity > 0)
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  subscript(index: Int) -> Element {
    @inline(__always) get {
      precondition(index >= 0 && index < count)
      return base[index]
    }
    @inline(__always) nonmutating _modify {
      precondition(index >= 0 && index < count)
      yield &base[index]
    }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count += 1
  }

  private mutating func grow() {
    let grown = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    grown.moveInitialize(from: base, count: count)
    base.deallocate()
    base = grown
    capacity *= 2
  }

  /// Drops what lies at and behind a position.
  @inline(__always)
  mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    count = newCount
  }

  /// Gives access to the elements from `first` on, for the time of the call.
  @inline(__always)
  mutating func withElements(from first: Int, _ body: (inout UnsafeMutableBufferPointer<Element>) -> Void) {
    precondition(first >= 0 && first <= count)
    var elements = UnsafeMutableBufferPointer(start: base + first, count: count - first)
    body(&elements)
  }
}
