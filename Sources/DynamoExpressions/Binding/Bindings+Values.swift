import DynamoModel

/// The names and the encoded values in a buffer.
extension Bindings {
  /// A value seen in place. It must be defined.
  @_lifetime(borrow self)
  func value(_ slot: Int) -> ValueView {
    let slice = values[slot]
    return ValueView(trusting: buffer.span.bytes.extracting(slice.start..<slice.end))
  }

  /// The attribute name of a step, seen in place.
  @_lifetime(borrow self)
  func nameBytes(_ step: PathStep) -> RawSpan {
    buffer.span.bytes.extracting(Int(step.offset)..<Int(step.offset + step.length))
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

  /// A value as errors print it: `AttributeValue: {N:5}`.
  func description(ofValue slot: Int) -> String {
    let value = AttributeValue(value(slot))
    let text =
      switch value {
      case .string(let text): text
      case .number(let number): number.description
      case .binary(let bytes): String(describing: bytes)
      default: String(describing: value)
      }
    return "AttributeValue: {\(value.type.descriptor):\(text)}"
  }
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
      let step = steps[next]
      if step.kind == .index {
        guard found.type == .list, let element = found.element(at: Int(step.offset)) else { return nil }
        found = element
      } else {
        guard found.type == .map, let entry = found.value(named: nameBytes(step)) else { return nil }
        found = entry
      }
      next += 1
    }
    return found
  }
}
