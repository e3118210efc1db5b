/// The bytes of a response as it is written.
///
/// An array would do, at the price of a check of its uniqueness at every append, and a response is hundreds of
/// appends: that was measured at a third of the time to write one. A finished response is copied into an array
/// of exactly its length once.
///
/// Fenced: one owner (it can't be copied), `base` points to `capacity` bytes of which the first `count` are
/// written, and every write makes room first.
struct OutputBuffer: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  init(capacityBytes: Int) {
    capacity = max(capacityBytes, 64)
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  /// The bytes in an array of their own.
  var array: [UInt8] {
    [UInt8](UnsafeBufferPointer(start: base, count: count))
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

  /// Appends text, escaping what JSON wants escaped.
  ///
  /// Eight bytes a step are copied first and looked at then: mostly none of them is special.
  mutating func append(escaping text: RawSpan) {
    let end = text.byteCount
    var offset = 0
    while offset < end {
      if capacity - count < 8 { grow(by: end - offset + 8) }
      let step = min(end - offset, 8)
      let word = step == 8 ? text.word(offset) : text.tailWord(from: offset)
      store(word, at: count)
      var marks = TextScan.specials(in: word)
      // Behind the end of the text are zeros, which are no control characters of its own.
      if step < 8 { marks &= 1 << UInt64(8 * step) &- 1 }
      let run = marks == 0 ? step : marks.trailingZeroBitCount >> 3
      count += run
      offset += run
      if marks == 0 { continue }
      let byte = text.byte(offset)
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        append(escapeOf: byte)
      } else {
        append(byte)
      }
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
    base.deallocate()
    base = larger
    capacity = grown
  }
}
