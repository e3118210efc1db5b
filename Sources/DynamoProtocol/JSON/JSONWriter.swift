/// Writes JSON by appending to bytes.
///
/// The caller says what comes (`name`, a value, `beginObject`…); the writer puts the commas. It keeps one bit
/// of state, whether a comma is due, which is enough because whatever opens a container needs none and
/// whatever ends one is followed by one.
///
/// Text is escaped as the service does it: the quote, the backslash, the control characters (by their short
/// forms where JSON has one, else `\u00XX` with capital digits), and nothing else; UTF-8 goes out as it is.
package struct JSONWriter: ~Copyable {
  var bytes: OutputBuffer
  private var needsComma = false

  /// - Parameter capacityBytes: a guess of the length; one allocation if it is not too small.
  package init(capacityBytes: Int) {
    bytes = OutputBuffer(capacityBytes: capacityBytes)
  }

  /// An array of what `write` writes, in the memory in which it was written.
  ///
  /// - Parameter capacityBytes: a guess of the length, rather too large than too small.
  static func array(capacityBytes: Int, _ write: (inout JSONWriter) -> Void) -> [UInt8] {
    OutputBuffer.array(capacityBytes: capacityBytes) { buffer in
      var json = JSONWriter(consume buffer)
      write(&json)
      buffer = json.takeBuffer()
    }
  }

  private init(_ bytes: consuming OutputBuffer) {
    self.bytes = bytes
  }

  private consuming func takeBuffer() -> OutputBuffer { bytes }

  /// Hands over what has been written.
  package consuming func finish() -> [UInt8] {
    bytes.array
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
    bytes.append(name)
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A member's name that is data: an attribute's, a table's.
  package mutating func name(data name: RawSpan) {
    separate()
    appendQuoted(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A member's name that is data: an attribute's, a table's.
  package mutating func name(data name: String) {
    self.name(data: name.utf8Span.span.bytes)
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
    bytes.append(text)
    needsComma = true
  }

  /// Text that needs quotes but no escapes.
  @inline(__always)
  mutating func plain(_ text: RawSpan) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bytes.append(text)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  // MARK: - Below

  /// A comma is due, or not: for writers that go to the bytes themselves.
  @inline(__always)
  mutating func beginValue() { separate() }

  @inline(__always)
  mutating func endValue() { needsComma = true }

  @inline(__always)
  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func appendDecimal(_ value: Int) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var magnitude = value.magnitude
    // The digits come out last first.
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(magnitude % 10)
      magnitude /= 10
    } while magnitude > 0
    bytes.append(digits.span.bytes.extracting(start..<20))
  }

  @inline(__always)
  private mutating func appendQuoted(_ text: RawSpan) {
    bytes.append(UInt8(ascii: "\""))
    bytes.append(escaping: text)
    bytes.append(UInt8(ascii: "\""))
  }
}
