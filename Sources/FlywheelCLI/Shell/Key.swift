/// What a person presses, taken out of the bytes that a terminal sends.
package enum Key: Equatable {
  case text(String)
  case enter, tab, backspace, delete
  case left, right, up, down, home, end, wordLeft, wordRight
  case deleteWord, deleteToStart, deleteToEnd, clearScreen
  /// Ctrl-C and Ctrl-D.
  case cancel, endOfInput
  /// A sequence that means nothing here.
  case unknown
}

/// Reads keys from a source of bytes.
package struct KeyReader {
  /// The next byte; nil at the input's end. Blocks.
  private let nextByte: () -> UInt8?

  package init(_ nextByte: @escaping () -> UInt8?) {
    self.nextByte = nextByte
  }

  /// The next key; nil at the input's end.
  package func key() -> Key? {
    guard let byte = nextByte() else { return nil }
    switch byte {
    case 0x0D, 0x0A: return .enter
    case 0x09: return .tab
    case 0x7F, 0x08: return .backspace
    case 0x01: return .home
    case 0x02: return .left
    case 0x03: return .cancel
    case 0x04: return .endOfInput
    case 0x05: return .end
    case 0x06: return .right
    case 0x0B: return .deleteToEnd
    case 0x0C: return .clearScreen
    case 0x0E: return .down
    case 0x10: return .up
    case 0x15: return .deleteToStart
    case 0x17: return .deleteWord
    case 0x1B: return escape()
    case 0x00..<0x20: return .unknown
    default: return text(byte)
    }
  }

  /// A character of one to four bytes.
  private func text(_ first: UInt8) -> Key {
    var bytes = [first]
    let count = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    while bytes.count < count, let next = nextByte() { bytes.append(next) }
    return .text(String(decoding: bytes, as: UTF8.self))
  }

  /// What follows an escape: `[` and parameters, or a letter.
  private func escape() -> Key {
    guard let second = nextByte() else { return .unknown }
    switch second {
    case UInt8(ascii: "b"): return .wordLeft
    case UInt8(ascii: "f"): return .wordRight
    case 0x7F: return .deleteWord
    case UInt8(ascii: "["), UInt8(ascii: "O"): return sequence()
    default: return .unknown
    }
  }

  private func sequence() -> Key {
    var parameters = ""
    while let byte = nextByte(), parameters.utf8.count < 16 {
      if (0x30...0x3F).contains(byte) {
        parameters.unicodeScalars.append(Unicode.Scalar(byte))
        continue
      }
      let withModifier = parameters.contains(";")
      switch byte {
      case UInt8(ascii: "A"): return .up
      case UInt8(ascii: "B"): return .down
      case UInt8(ascii: "C"): return withModifier ? .wordRight : .right
      case UInt8(ascii: "D"): return withModifier ? .wordLeft : .left
      case UInt8(ascii: "H"): return .home
      case UInt8(ascii: "F"): return .end
      case UInt8(ascii: "~"):
        switch parameters {
        case "1", "7": return .home
        case "4", "8": return .end
        case "3": return .delete
        default: return .unknown
        }
      default: return .unknown
      }
    }
    return .unknown
  }
}
