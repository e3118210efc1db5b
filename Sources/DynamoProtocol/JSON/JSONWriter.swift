/// Writes JSON by appending to bytes.
///
/// The caller says what comes (`name`, a value, `beginObject`…); the writer puts the commas. It keeps one bit
/// of state, whether a comma is due, which is enough because whatever opens a container needs none and
/// whatever ends one is followed by one.
///
/// Text is escaped as the service does it: the quote, the backslash, the control characters (by their short
/// forms where JSON has one, else `\u00XX` with capital digits), and nothing else; UTF-8 goes out as it is.
package struct JSONWriter: ~Copyable {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  /// - Parameter capacityBytes: a guess of the length; one allocation if it is not too small.
  package init(capacityBytes: Int) {
    bytes.reserveCapacity(capacityBytes)
  }

  /// Hands over what has been written.
  package consuming func finish() -> [UInt8] {
    bytes
  }

  // MARK: - Containers

  @inline(__always)
  package mutating func beginObject() {
    open(UInt8(ascii: "{"))
  }

  @inline(__always)
  package mutating func endObject() {
    close(UInt8(ascii: "}"))
  }

  @inline(__always)
  package mutating func beginArray() {
    open(UInt8(ascii: "["))
  }

  @inline(__always)
  package mutating func endArray() {
    close(UInt8(ascii: "]"))
  }

  @inline(__always)
  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  @inline(__always)
  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  // MARK: - Names

  /// A member's name that needs no escapes, as all names of the API do.
  @inline(__always)
  package mutating func name(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A member's name that is data: an attribute's, a table's.
  package mutating func name(_ name: RawSpan) {
    separate()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A member's name that is data: an attribute's, a table's.
  package mutating func name(_ name: String) {
    self.name(name.utf8Span.span.bytes)
  }

  // MARK: - Values

  package mutating func string(_ text: RawSpan) {
    separate()
    appendQuoted(text)
    needsComma = true
  }

  package mutating func string(_ text: String) {
    string(text.utf8Span.span.bytes)
  }

  /// Binary, in base64.
  package mutating func base64(_ data: RawSpan) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    Base64.encode(data, into: &bytes)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  package mutating func bool(_ value: Bool) {
    raw(value ? "true" : "false")
  }

  package mutating func integer(_ value: Int) {
    separate()
    appendDecimal(value)
    needsComma = true
  }

  /// A double in the form in which Java, and so the service, prints one: `1.0`, `0.5`, `1.5E7`.
  package mutating func double(_ value: Double) {
    separate()
    JavaDouble.append(value, to: &bytes)
    needsComma = true
  }

  /// Text that is JSON already.
  package mutating func raw(_ text: StaticString) {
    separate()
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    needsComma = true
  }

  /// Text that needs quotes but no escapes, put together by `append`.
  @inline(__always)
  package mutating func quoted(_ append: (inout [UInt8]) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    append(&bytes)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  // MARK: - Below

  @inline(__always)
  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func appendDecimal(_ value: Int) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var magnitude = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(magnitude % 10))
      magnitude /= 10
    } while magnitude > 0
    bytes[start...].reverse()
  }

  /// Appends text with quotes and escapes. Runs that need no escape are found eight bytes a step and are
  /// copied whole.
  private mutating func appendQuoted(_ text: RawSpan) {
    bytes.append(UInt8(ascii: "\""))
    let end = text.byteCount
    var runStart = 0
    var offset = 0
    while offset < end {
      // A high bit marks UTF-8 beyond ASCII, which needs no escape: look at it byte by byte.
      if offset + 8 <= end, TextScan.specials(in: text.word(offset)) == 0 {
        offset += 8
        continue
      }
      let byte = text.byte(offset)
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        appendRun(text, from: runStart, to: offset)
        appendEscape(of: byte)
        runStart = offset + 1
      }
      offset += 1
    }
    appendRun(text, from: runStart, to: end)
    bytes.append(UInt8(ascii: "\""))
  }

  @inline(__always)
  private mutating func appendRun(_ text: RawSpan, from start: Int, to end: Int) {
    guard start < end else { return }
    text.extracting(start..<end).withUnsafeBytes { bytes.append(contentsOf: $0) }
  }

  private mutating func appendEscape(of byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      bytes.append(contentsOf: [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")])
      bytes.append(UInt8(ascii: "0") + byte >> 4)
      let low = byte & 0x0F
      bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "A") + low - 10)
    }
  }
}
