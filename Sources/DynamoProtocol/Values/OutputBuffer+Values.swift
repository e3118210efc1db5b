import DynamoModel

extension OutputBuffer {
  /// A map's entries or an item's attributes as an object.
  mutating func append(attributes entries: consuming ElementCursor) {
    var entries = entries
    reserve(2)
    put("{")
    var isFirst = true
    while entries.next() {
      reserve(2)
      if !isFirst { put(",") }
      isFirst = false
      put("\"")
      append(escaping: entries.name)
      append(attributeValue: entries.value, behindName: true)
    }
    append(UInt8(ascii: "}"))
  }

  /// A value under the name of its type: `{"S":"a"}`.
  ///
  /// - Parameter behindName: whether a name has been written that still lacks its quote and its colon: they go with what begins the
  ///   value.
  @inline(__always)
  mutating func append(attributeValue value: ValueView, behindName: Bool = false) {
    // More than anything below puts at once.
    reserve(48)
    if behindName { put("\":") }
    switch value.tag {
    case .string:
      put("{\"S\":\"")
      append(escaping: value.payload)
      reserve(2)
      put("\"}")
    case .number:
      put("{\"N\":\"")
      append(number: value.payload)
      reserve(2)
      put("\"}")
    case .true: put("{\"BOOL\":true}")
    case .false: put("{\"BOOL\":false}")
    case .null: put("{\"NULL\":true}")
    default:
      append(container: value)
    }
  }

  /// A value that is not a text, a number, a truth value or nothing.
  @inline(never)
  private mutating func append(container value: ValueView) {
    switch value.type {
    case .binary:
      put("{\"B\":\"")
      Base64.encode(value.payload, into: &self)
      append(UInt8(ascii: "\""))
    case .map:
      put("{\"M\":")
      append(attributes: value.elements)
    case .list:
      put("{\"L\":[")
      var elements = value.elements
      var isFirst = true
      while elements.next() {
        if !isFirst { append(UInt8(ascii: ",")) }
        isFirst = false
        append(attributeValue: elements.value)
      }
      append(UInt8(ascii: "]"))
    case .stringSet:
      put("{\"SS\":")
      append(set: value.elements, of: .string)
    case .numberSet:
      put("{\"NS\":")
      append(set: value.elements, of: .number)
    case .binarySet:
      put("{\"BS\":")
      append(set: value.elements, of: .binary)
    case .string, .number, .bool, .null:
      preconditionFailure("a scalar where only what is left should come")
    }
    append(UInt8(ascii: "}"))
  }

  private mutating func append(set elements: consuming ElementCursor, of type: AttributeType) {
    var elements = elements
    var separator = UInt8(ascii: "[")
    while elements.next() {
      append(separator)
      separator = UInt8(ascii: ",")
      append(UInt8(ascii: "\""))
      switch type {
      case .number: append(number: elements.bytes)
      case .binary: Base64.encode(elements.bytes, into: &self)
      default: append(escaping: elements.bytes)
      }
      append(UInt8(ascii: "\""))
    }
    // No set is empty.
    append(UInt8(ascii: "]"))
  }

  /// A number's digits, as the service prints them: every one written out, no exponent.
  @inline(__always)
  private mutating func append(number encoded: RawSpan) {
    if let value = integer(ofEncoded: encoded) {
      append(decimal: value)
    } else {
      append(longNumber: encoded)
    }
  }

  @inline(never)
  private mutating func append(longNumber encoded: RawSpan) {
    append(DecimalDigits(trusting: encoded).text.bytes)
  }

  /// The digits of an integer of at most sixteen.
  @inline(__always)
  private mutating func append(decimal value: UInt64) {
    reserve(24)
    if value < 10 {
      putDigit(value)
      return
    }
    var digits: UInt64 = 0
    var rest = value
    var length = 0
    // The last digit goes lowest at first, and ends behind all others.
    if value < 100_000_000 {
      repeat {
        digits = digits << 8 | (rest % 10 + 0x30)
        rest /= 10
        length &+= 1
      } while rest > 0
      putDigits(digits, length)
    } else {
      append(longDecimal: value)
    }
  }

  @inline(never)
  private mutating func append(longDecimal value: UInt64) {
    let (high, low) = value.quotientAndRemainder(dividingBy: 100_000_000)
    append(decimal: high)
    var digits: UInt64 = 0
    var rest = low
    for _ in 0..<8 {
      digits = digits << 8 | (rest % 10 + 0x30)
      rest /= 10
    }
    reserve(8)
    putDigits(digits, 8)
  }
}
