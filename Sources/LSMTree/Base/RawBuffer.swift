/// A growing buffer of bytes with one owner.
///
/// An array would do, but for two costs on the commit path: a store into an array that is a field of a class is
/// checked for exclusivity and uniqueness each time (16 ns against 2), and appending from a raw pointer goes
/// through a generic sequence. Memory is freed when the buffer ends; nothing else ever holds its address longer
/// than a borrow of it.
package struct RawBuffer: ~Copyable {
  package private(set) var base: UnsafeMutableRawPointer
  package private(set) var count = 0
  package private(set) var capacity: Int

  /// - Parameter capacity: bytes there is room for at once. With 0 nothing is allocated before the first byte comes.
  package init(capacity: Int) {
    self.capacity = capacity
    base = capacity > 0 ? .allocate(byteCount: capacity, alignment: 16) : Self.nowhere
  }

  deinit {
    if capacity > 0 { base.deallocate() }
  }

  /// The address of no bytes.
  private static var nowhere: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: 16)! }

  package var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(_unsafeStart: base, byteCount: count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Makes room for `more` bytes. Grows to at least twice the size, so that appending is linear overall.
  @inline(__always)
  package mutating func reserve(_ more: Int) {
    if capacity &- count < more { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let newCapacity = max(capacity * 2, count + more, 16)
    let newBase = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
    newBase.copyMemory(from: base, byteCount: count)
    if capacity > 0 { base.deallocate() }
    base = newBase
    capacity = newCapacity
  }

  @inline(__always)
  package mutating func append(_ source: UnsafeRawPointer, _ sourceCount: Int) {
    reserve(sourceCount)
    (base + count).copyMemory(from: source, byteCount: sourceCount)
    count &+= sourceCount
  }

  package mutating func append(_ bytes: RawSpan) {
    reserve(bytes.byteCount)
    bytes.withUnsafeBytes { bytes in
      if let source = bytes.baseAddress { (base + count).copyMemory(from: source, byteCount: bytes.count) }
    }
    count += bytes.byteCount
  }

  @inline(__always)
  package mutating func appendByte(_ byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count &+= 1
  }

  @inline(__always)
  package mutating func appendVarint(_ value: UInt64) {
    reserve(Varint.bytesMax)
    count &+= Varint.write(value, to: base + count)
  }

  package mutating func appendZeros(_ zeros: Int) {
    reserve(zeros)
    (base + count).initializeMemory(as: UInt8.self, repeating: 0, count: zeros)
    count += zeros
  }

  @inline(__always)
  package mutating func store<T: FixedWidthInteger>(_ value: T, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= count)
    base.storeBytes(of: value, toByteOffset: offset, as: T.self)
  }

  /// Counts bytes that the caller has written behind the end, into room it has reserved.
  @inline(__always)
  package mutating func didWrite(_ written: Int) {
    precondition(written >= 0 && written <= capacity &- count)
    count &+= written
  }

  package mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    count = newCount
  }
}

// The memory has one owner, which moves between threads as a whole.
extension RawBuffer: @unchecked Sendable {}
