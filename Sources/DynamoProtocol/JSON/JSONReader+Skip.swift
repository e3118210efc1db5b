extension JSONReader {
  /// Passes any value, checking that it is JSON.
  ///
  /// Without recursion: whether each open bracket is an object's is one bit on a stack, so that a body of
  /// nothing but brackets costs an eighth of its own length and no more.
  @_lifetime(self: copy self)
  package mutating func skipValue() throws(SerializationFault) {
    var stack = BitStack()
    repeat {
      switch try kind() {
      case .string: _ = try readString()
      case .number: _ = try readNumber()
      case .true: try readLiteral("true")
      case .false: try readLiteral("false")
      case .null: try readLiteral("null")
      case .object:
        open()
        stack.push(true)
        if try enterNext(&stack, isFirst: true) { continue }
      case .array:
        open()
        stack.push(false)
        if try enterNext(&stack, isFirst: true) { continue }
      }
      // A value has ended: go on to the next one of the innermost container that has one.
      while !stack.isEmpty {
        if try enterNext(&stack, isFirst: false) { break }
      }
    } while !stack.isEmpty
  }

  /// Goes to the innermost container's next value; false when the container has ended and is off the stack.
  @_lifetime(self: copy self)
  private mutating func enterNext(
    _ stack: inout BitStack, isFirst: Bool
  ) throws(SerializationFault) -> Bool {
    var isFirst = isFirst
    if stack.top {
      if try nextName(&isFirst) != nil { return true }
    } else {
      if try nextElement(&isFirst) { return true }
    }
    stack.pop()
    return false
  }
}

/// A stack of bits.
private struct BitStack {
  private var words: [UInt64] = []
  private var count = 0

  var isEmpty: Bool { count == 0 }

  /// The last bit pushed; the stack must not be empty.
  var top: Bool {
    let index = count - 1
    return words[index >> 6] >> UInt64(index & 63) & 1 == 1
  }

  mutating func push(_ bit: Bool) {
    let index = count
    if index >> 6 == words.count { words.append(0) }
    let mask: UInt64 = 1 << UInt64(index & 63)
    if bit { words[index >> 6] |= mask } else { words[index >> 6] &= ~mask }
    count += 1
  }

  mutating func pop() {
    count -= 1
  }
}
