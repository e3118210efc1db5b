/// A growing run of bytes with one owner.
///
/// Why not `[UInt8]`: the builder opens gaps in the middle, moves entries about and starts over for each
/// request; an array would check for uniqueness at each store and initialise what is about to be overwritten.
///
/// The unsafe part, all of it here: `base` points to `capacity` bytes of which the first `count` are
/// initialised; it is freed once, by the only owner; every position that comes in is checked against `count`.
/// A value that can't be copied and owns its memory alone may move between threads, hence `@unchecked
/// Sendable`.
struct ByteStore: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    precondition(capacity > 0)
    base = .allocate(byteCount: capacity, alignment: 8)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  var bytes: RawSpan {
    @_lifetime(borrow self)
    @inline(__always) get {
      _overrideLifetime(
        RawSpan(_unsafeStart: UnsafeRawPointer(base), byteCount: count), borrowing: self)
    }
  }

  /// Makes room for `more` bytes after the last.
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if capacity - count < more { grow(by: more) }
  }

  private mutating func grow(by more: Int) {
    let grown = max(capacity * 2, count + more)
    let moved = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 8)
    moved.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = moved
    capacity = grown
  }

  mutating func removeAll() { count = 0 }

  /// Drops what lies at and behind a position.
  mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    count = newCount
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  @inline(__always)
  mutating func append(_ bytes: RawSpan) {
    reserve(bytes.byteCount)
    let target = base + count
    bytes.withUnsafeBytes { source in
      if let start = source.baseAddress { target.copyMemory(from: start, byteCount: source.count) }
    }
    count += bytes.byteCount
  }

  /// Appends a length or a count.
  @inline(__always)
  mutating func append(varint value: Int) {
    reserve(Varint.bytesMax)
    count += write(varint: value, at: count)
  }

  /// Appends bytes behind their length.
  @inline(__always)
  mutating func append(withLength bytes: RawSpan) {
    let length = bytes.byteCount
    reserve(Varint.bytesMax + length)
    count += write(varint: length, at: count)
    let target = base + count
    bytes.withUnsafeBytes { source in
      if let start = source.baseAddress { target.copyMemory(from: start, byteCount: length) }
    }
    count += length
  }

  /// Appends a copy of bytes that are already here.
  mutating func append(copyOf range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    reserve(range.count)
    (base + count).copyMemory(from: base + range.lowerBound, byteCount: range.count)
    count += range.count
  }

  /// Moves what lies behind `position` forward or back, so that `gap` bytes between `position` and it become
  /// `wanted`.
  mutating func resizeGap(at position: Int, from gap: Int, to wanted: Int) {
    precondition(position >= 0 && gap >= 0 && wanted >= 0 && position + gap <= count)
    guard gap != wanted else { return }
    if wanted > gap { reserve(wanted - gap) }
    let tail = count - position - gap
    (base + position + wanted).copyMemory(from: base + position + gap, byteCount: tail)
    count += wanted - gap
  }

  /// Moves the last bytes, from `source` on, to `target`, and drops what lies behind them.
  mutating func moveTail(from source: Int, to target: Int) {
    precondition(target >= 0 && target <= source && source <= count)
    let length = count - source
    (base + target).copyMemory(from: base + source, byteCount: length)
    count = target + length
  }

  /// Overwrites bytes that are already here.
  mutating func overwrite(varint value: Int, at position: Int) {
    precondition(position >= 0 && position + Varint.byteCount(value) <= count)
    _ = write(varint: value, at: position)
  }

  /// Writes a length where there is room for one, and returns how many bytes it took.
  @inline(__always)
  private func write(varint value: Int, at position: Int) -> Int {
    precondition(value >= 0 && value < 1 << 35)
    var rest = value
    var offset = position
    while rest >= 0x80 {
      base.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: offset, as: UInt8.self)
      rest >>= 7
      offset += 1
    }
    base.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: offset, as: UInt8.self)
    return offset + 1 - position
  }
}
