/// The bytes of a key under construction: on the stack while they are few, on the heap beyond.
///
/// Nearly every key fits, so making one allocates nothing.
package struct KeyBuffer: ~Copyable {
  /// How many bytes stay on the stack.
  @inlinable package static var inlineBytesMax: Int { 192 }

  @usableFromInline var inline = InlineArray<192, UInt8>(repeating: 0)
  @usableFromInline var inlineCount = 0
  /// All the bytes, once they outgrew the stack.
  @usableFromInline var spilled: [UInt8] = []

  @inlinable package init() {}

  @inlinable package var count: Int { spilled.isEmpty ? inlineCount : spilled.count }

  @inlinable package var bytes: RawSpan {
    @_lifetime(borrow self) get {
      spilled.isEmpty
        ? _overrideLifetime(inline.span.bytes.extracting(first: inlineCount), borrowing: self)
        : _overrideLifetime(spilled.span.bytes, borrowing: self)
    }
  }

  package mutating func removeAll() {
    inlineCount = 0
    spilled.removeAll(keepingCapacity: false)
  }

  /// Drops what lies behind the first `newCount` bytes, so that another ending can be put to one beginning.
  package mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    if spilled.isEmpty {
      inlineCount = newCount
    } else if newCount > KeyBuffer.inlineBytesMax {
      spilled.removeLast(spilled.count - newCount)
    } else {
      for index in 0..<newCount { inline[index] = spilled[index] }
      inlineCount = newCount
      spilled.removeAll(keepingCapacity: false)
    }
  }

  @inlinable
  package mutating func append(_ byte: UInt8) {
    if spilled.isEmpty, inlineCount < KeyBuffer.inlineBytesMax {
      inline[inlineCount] = byte
      inlineCount += 1
    } else {
      spill()
      spilled.append(byte)
    }
  }

  @inlinable
  package mutating func append(_ bytes: RawSpan) {
    if spilled.isEmpty, inlineCount + bytes.byteCount <= KeyBuffer.inlineBytesMax {
      let target = inlineCount
      var span = inline.mutableSpan
      span.withUnsafeMutableBytes { storage in
        bytes.withUnsafeBytes {
          UnsafeMutableRawBufferPointer(rebasing: storage[target...]).copyMemory(from: $0)
        }
      }
      inlineCount += bytes.byteCount
    } else {
      spill()
      bytes.withUnsafeBytes { spilled.append(contentsOf: $0) }
    }
  }

  /// Appends bytes and two more behind them.
  @inlinable
  package mutating func append(_ bytes: RawSpan, ending first: UInt8, _ second: UInt8) {
    let byteCount = bytes.byteCount
    guard spilled.isEmpty, inlineCount + byteCount + 2 <= KeyBuffer.inlineBytesMax else {
      append(bytes)
      append(first)
      return append(second)
    }
    let target = inlineCount
    var span = inline.mutableSpan
    span.withUnsafeMutableBytes { storage in
      let place = storage.baseAddress! + target
      bytes.withUnsafeBytes {
        if let base = $0.baseAddress { place.copyMemory(from: base, byteCount: byteCount) }
      }
      place.storeBytes(of: first, toByteOffset: byteCount, as: UInt8.self)
      place.storeBytes(of: second, toByteOffset: byteCount + 1, as: UInt8.self)
    }
    inlineCount = target + byteCount + 2
  }

  /// Appends an integer with its most significant byte first, as keys need it. One function for each width: a generic one
  /// is not specialized for callers in other modules.
  @inlinable
  package mutating func append(bigEndian value: UInt32) {
    let target = inlineCount
    guard spilled.isEmpty, target + 4 <= KeyBuffer.inlineBytesMax else {
      return withUnsafeBytes(of: value.bigEndian) { append($0.bytes) }
    }
    var span = inline.mutableSpan
    span.withUnsafeMutableBytes {
      $0.storeBytes(of: value.bigEndian, toByteOffset: target, as: UInt32.self)
    }
    inlineCount = target + 4
  }

  @inlinable
  package mutating func append(bigEndian value: UInt64) {
    let target = inlineCount
    guard spilled.isEmpty, target + 8 <= KeyBuffer.inlineBytesMax else {
      return withUnsafeBytes(of: value.bigEndian) { append($0.bytes) }
    }
    var span = inline.mutableSpan
    span.withUnsafeMutableBytes {
      $0.storeBytes(of: value.bigEndian, toByteOffset: target, as: UInt64.self)
    }
    inlineCount = target + 8
  }

  /// Puts an integer, most significant byte first, in the place of eight bytes that are there, for one that is known only once what
  /// comes behind it is.
  @inlinable
  package mutating func store(bigEndian value: UInt64, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<UInt64>.size <= count)
    if spilled.isEmpty {
      var span = inline.mutableSpan
      span.withUnsafeMutableBytes {
        $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
      }
    } else {
      spilled.withUnsafeMutableBytes {
        $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
      }
    }
  }

  @usableFromInline
  mutating func spill() {
    guard spilled.isEmpty, inlineCount > 0 else { return }
    spilled.reserveCapacity(inlineCount * 2)
    for index in 0..<inlineCount { spilled.append(inline[index]) }
    inlineCount = 0
  }
}
