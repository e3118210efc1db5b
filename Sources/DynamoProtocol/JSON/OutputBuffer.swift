/// The bytes of a response as it is written.
///
/// An array would do, at the price of a check of its uniqueness at every append, and a response is hundreds of
/// appends: that was measured at a third of the time to write one. So it writes to raw memory: its own, or that of an array
/// that is being made (`array(capacityBytes:_:)`), which it leaves for its own when the guess of the length was too small.
///
/// Fenced: one owner (it can't be copied), `base` points to `capacity` bytes of which the first `count` are
/// written, and every write makes room first.
struct OutputBuffer: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  private var isOwner: Bool

  init(capacityBytes: Int) {
    capacity = max(capacityBytes, 64)
    base = .allocate(capacity: capacity)
    isOwner = true
  }

  /// Writes to memory of somebody else, who keeps it for as long as this lives.
  private init(borrowing memory: UnsafeMutableBufferPointer<UInt8>) {
    base = memory.baseAddress!
    capacity = memory.count
    isOwner = false
  }

  deinit { if isOwner { base.deallocate() } }

  /// The bytes in an array of their own.
  var array: [UInt8] {
    [UInt8](UnsafeBufferPointer(start: base, count: count))
  }

  /// The bytes that `write` writes, in an array whose memory they are written to.
  static func array(capacityBytes: Int, _ write: (inout OutputBuffer) -> Void) -> [UInt8] {
    var outgrown: [UInt8]?
    let written = [UInt8](unsafeUninitializedCapacity: max(capacityBytes, 64)) { memory, count in
      var buffer = OutputBuffer(borrowing: memory)
      write(&buffer)
      if buffer.isOwner { outgrown = buffer.array } else { count = buffer.count }
    }
    return outgrown ?? written
  }

  /// Makes room for what is then written by `put`, at most so many bytes.
  @inline(__always)
  mutating func reserve(_ bytes: Int) {
    if capacity &- count < bytes { grow(by: bytes) }
  }

  /// Appends a short text that is known when this is compiled, for which `reserve` has made room.
  @inline(__always)
  mutating func put(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    precondition(length <= capacity &- count)
    UnsafeMutableRawPointer(base + count).copyMemory(from: text.utf8Start, byteCount: length)
    count &+= length
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if count == capacity { grow(by: 1) }
    base[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ text: StaticString) {
    let length = text.utf8CodeUnitCount
    if capacity - count < length { grow(by: length) }
    (base + count).update(from: text.utf8Start, count: length)
    count += length
  }

  /// Appends bytes. Short runs, which most are, are copied in place of a call.
  @inline(__always)
  mutating func append(_ bytes: RawSpan) {
    let length = bytes.byteCount
    if capacity - count < length + 8 { grow(by: length + 8) }
    if length > 64 {
      bytes.withUnsafeBytes {
        UnsafeMutableRawPointer(base + count).copyMemory(from: $0.baseAddress!, byteCount: length)
      }
    } else {
      var offset = 0
      while offset + 8 <= length {
        store(bytes.word(offset), at: count + offset)
        offset += 8
      }
      // The bytes behind the last are written over by what comes next.
      store(bytes.tailWord(from: offset), at: count + offset)
    }
    count += length
  }

  /// Writes eight bytes, the word's lowest first. The caller has made room.
  @inline(__always)
  private func store(_ word: UInt64, at offset: Int) {
    UnsafeMutableRawPointer(base + offset).storeBytes(of: word.littleEndian, as: UInt64.self)
  }

  /// Appends one digit, for which `reserve` has made room.
  @inline(__always)
  mutating func putDigit(_ digit: UInt64) {
    precondition(count < capacity)
    base[count] = UInt8(truncatingIfNeeded: digit &+ 0x30)
    count &+= 1
  }

  /// Appends up to eight characters, the first the lowest byte of a word, for which `reserve` has made room, and for eight bytes
  /// in all.
  @inline(__always)
  mutating func putDigits(_ characters: UInt64, _ length: Int) {
    precondition(capacity &- count >= 8)
    store(characters, at: count)
    count &+= length
  }

  /// Appends text, escaping what JSON wants escaped.
  ///
  /// It is copied first and looked at on the way: nearly no text has anything special, and one that has is written again from its
  /// beginning. Sixteen bytes a step, and what is left with a step that overlaps the last.
  @inline(__always)
  mutating func append(escaping text: RawSpan) {
    let length = text.byteCount
    reserve(length &+ 16)
    if length >= 8 {
      let isPlain = length >= 16 ? copyLong(text) : copyWords(text)
      if isPlain {
        count &+= length
        return
      }
    } else {
      let word = text.tailWord(from: 0)
      store(word, at: count)
      // Behind the end of the text are zeros, which are no control characters of its own.
      if TextScan.escaped(in: word) & (1 << UInt64(8 &* length) &- 1) == 0 {
        count &+= length
        return
      }
    }
    appendSpecial(text)
  }

  /// Copies 8 to 15 bytes. False if something wants to be escaped.
  @inline(__always)
  private func copyWords(_ text: RawSpan) -> Bool {
    let last = text.byteCount &- 8
    let first = text.word(0)
    let second = text.word(last)
    store(first, at: count)
    store(second, at: count &+ last)
    return TextScan.escaped(in: first) | TextScan.escaped(in: second) == 0
  }

  /// Copies 16 bytes and more. False if something wants to be escaped.
  private func copyLong(_ text: RawSpan) -> Bool {
    let last = text.byteCount &- 16
    let target = UnsafeMutableRawPointer(base + count)
    var offset = 0
    while true {
      let words = text.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
      target.storeBytes(of: words, toByteOffset: offset, as: SIMD2<UInt64>.self)
      if TextScan.needsEscapes(words) { return false }
      if offset == last { return true }
      offset = min(offset &+ 16, last)
    }
  }

  /// Appends text that has something to escape.
  @inline(never)
  private mutating func appendSpecial(_ text: RawSpan) {
    let end = text.byteCount
    var offset = 0
    while offset < end {
      if capacity - count < 8 { grow(by: end - offset + 8) }
      let step = min(end - offset, 8)
      let word = step == 8 ? text.word(offset) : text.tailWord(from: offset)
      store(word, at: count)
      var marks = TextScan.escaped(in: word)
      // Behind the end of the text are zeros, which are no control characters of its own.
      if step < 8 { marks &= 1 << UInt64(8 * step) &- 1 }
      let run = marks == 0 ? step : marks.trailingZeroBitCount >> 3
      count += run
      offset += run
      if marks == 0 { continue }
      append(escapeOf: text.byte(offset))
      offset += 1
    }
  }

  private mutating func append(escapeOf byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    default:
      append("u00")
      append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 0x0F
      append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "A") + low - 10)
    }
  }

  @inline(never)
  private mutating func grow(by length: Int) {
    let grown = max(capacity * 2, count + length)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: grown)
    larger.update(from: base, count: count)
    if isOwner { base.deallocate() }
    isOwner = true
    base = larger
    capacity = grown
  }
}
