import DynamoModel

/// The names and the encoded values in a buffer.
extension Bindings {
  /// A value seen in place. It must be defined.
  @_lifetime(borrow self)
  func value(_ slot: Int) -> ValueView {
    let slice = values[slot]
    return ValueView(trusting: buffer.span.bytes.extracting(slice.start..<slice.end))
  }

  /// The attribute name of a step, seen in place; empty for an index.
  @_lifetime(borrow self)
  func nameBytes(_ step: PathStep) -> RawSpan {
    guard step.kind == .name else { return RawSpan() }
    return buffer.span.bytes.extracting(Int(step.offset)..<Int(step.offset + step.length))
  }

  /// A value's type; nil if it is not defined.
  func type(ofValue slot: Int) -> AttributeType? {
    values[slot].isDefined ? value(slot).type : nil
  }

  /// The text of an S.
  func string(ofValue slot: Int) -> String {
    value(slot).string
  }

  /// A value of its own.
  func encodedValue(_ slot: Int) -> EncodedValue {
    EncodedValue(value(slot))
  }

  /// Whether of two values of one type neither is before the other or the first is.
  func isOrdered(_ lower: Int, noLaterThan upper: Int) -> Bool {
    (value(lower).order(comparedTo: value(upper)) ?? 0) <= 0
  }

  /// An S, N or B as errors print it: `AttributeValue: {N:5}`. A B is printed as the wire has it, in base64.
  func description(ofValue slot: Int) -> String {
    let value = value(slot)
    let text =
      switch value.type {
      case .number: value.number.description
      case .binary: base64(value.payload)
      default: value.string
      }
    return "AttributeValue: {\(value.type.descriptor):\(text)}"
  }
}

private func base64(_ bytes: RawSpan) -> String {
  let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for start in stride(from: 0, to: bytes.byteCount, by: 3) {
    let count = min(3, bytes.byteCount - start)
    var group: UInt32 = 0
    for offset in 0..<3 {
      group = group << 8
      if offset < count { group |= UInt32(bytes.unsafeLoad(fromByteOffset: start + offset, as: UInt8.self)) }
    }
    for digit in 0..<4 {
      text.append(digit <= count ? digits[Int(group >> UInt32(18 - 6 * digit)) & 63] : UInt8(ascii: "="))
    }
  }
  return String(decoding: text, as: UTF8.self)
}

extension Bindings {
  /// What a path leads to in an item; nil if there is nothing.
  @_lifetime(copy item)
  func value(at path: Run, in item: borrowing ItemView) -> ValueView? {
    var next = Int(path.start)
    let end = next + Int(path.count)
    guard var found = item.attribute(named: nameBytes(steps[next])) else { return nil }
    next += 1
    while next < end {
      guard let inner = found.value(at: steps[next], named: nameBytes(steps[next])) else { return nil }
      found = inner
      next += 1
    }
    return found
  }
}

extension ValueView {
  /// What one more step of a path leads to: an element if it is an index, else the entry of that name.
  @_lifetime(copy self)
  func value(at step: PathStep, named name: RawSpan) -> ValueView? {
    if step.kind == .index {
      return type == .list ? element(at: Int(step.offset)) : nil
    }
    return type == .map ? value(named: name) : nil
  }
}
