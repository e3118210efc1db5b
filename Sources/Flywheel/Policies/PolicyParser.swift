/// Reads the JSON of a policy.
///
/// A parser of its own, though the wire has one: a policy is text inside a request, also for an app that has no
/// wire. It is small because a policy is: 20 KB at most, and no deeper than `depthMax`.
struct PolicyParser {
  /// No policy nests deeper; hostile text does.
  private static let depthMax = 64

  private let bytes: [UInt8]
  private var offset = 0
  /// Behind the first `Principal` that is a text other than `*`, which no policy may have; nil if there is none.
  private var wrongPrincipalEnd: Int?

  private init(_ text: String) { bytes = Array(text.utf8) }

  /// The policy that `text` is: an object with statements.
  static func parse(_ text: String) throws(ServiceError) -> PolicyValue {
    var parser = PolicyParser(text)
    guard let value = parser.value(depth: 0) else { throw .policy("This policy contains invalid Json") }
    let end = parser.offset
    parser.skipSpace()
    guard parser.offset == parser.bytes.count else { throw .policy("This policy contains invalid Json") }
    switch value {
    case .object: break
    case .list: throw .policy("This policy contains invalid Json")
    default: throw .policy("This text appears not to be a policy")
    }
    if let wrong = parser.wrongPrincipalEnd { throw parser.syntaxError(at: wrong) }
    if value["Statement"] == nil { throw parser.syntaxError(at: end) }
    return value
  }

  /// What is said of a text whose grammar ends to be a policy's at `offset`: the line and the column, from 1.
  private func syntaxError(at offset: Int) -> ServiceError {
    let before = bytes[..<offset]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let column = String(decoding: bytes[lineStart..<offset], as: UTF8.self).utf16.count + 1
    return .policy("Syntax error at position (\(line),\(column))")
  }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
  }

  /// Passes over `byte` and the space before it, if it is what comes.
  private mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) -> PolicyValue? {
    guard depth < Self.depthMax else { return nil }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return list(depth: depth)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    case UInt8(ascii: "t"): return word("true", .bool(true))
    case UInt8(ascii: "f"): return word("false", .bool(false))
    case UInt8(ascii: "n"): return word("null", .null)
    default: return number()
    }
  }

  private mutating func object(depth: Int) -> PolicyValue? {
    offset += 1
    var members: [PolicyValue.Member] = []
    if skip(UInt8(ascii: "}")) { return .object([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\""), let name = string(), skip(UInt8(ascii: ":")),
        let value = value(depth: depth + 1)
      else { return nil }
      if name == "Principal", case .string(let text) = value, text != "*", wrongPrincipalEnd == nil {
        wrongPrincipalEnd = offset
      }
      members.append(PolicyValue.Member(name: name, value: value))
    } while skip(UInt8(ascii: ","))
    return skip(UInt8(ascii: "}")) ? .object(members) : nil
  }

  private mutating func list(depth: Int) -> PolicyValue? {
    offset += 1
    var elements: [PolicyValue] = []
    if skip(UInt8(ascii: "]")) { return .list([]) }
    repeat {
      guard let value = value(depth: depth + 1) else { return nil }
      elements.append(value)
    } while skip(UInt8(ascii: ","))
    return skip(UInt8(ascii: "]")) ? .list(elements) : nil
  }

  private mutating func word(_ text: String, _ value: PolicyValue) -> PolicyValue? {
    guard bytes[offset...].starts(with: text.utf8) else { return nil }
    offset += text.utf8.count
    return value
  }

  private mutating func number() -> PolicyValue? {
    let start = offset
    while let byte = next, "+-.eE0123456789".utf8.contains(byte) { offset += 1 }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    return Double(text) == nil ? nil : .number(text)
  }

  private mutating func string() -> String? {
    offset += 1
    var text: [UInt8] = []
    while let byte = next {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let scalar = escaped() else { return nil }
        text += String(scalar).utf8
      case 0..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  /// What stands behind a backslash.
  private mutating func escaped() -> Unicode.Scalar? {
    guard let byte = next else { return nil }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return codePoint()
    default: return nil
    }
  }

  private mutating func codePoint() -> Unicode.Scalar? {
    guard let first = codeUnit() else { return nil }
    guard UTF16.isLeadSurrogate(first) else { return Unicode.Scalar(first) }
    guard skip(UInt8(ascii: "\\")), skip(UInt8(ascii: "u")), let second = codeUnit(),
      UTF16.isTrailSurrogate(second)
    else { return nil }
    return UTF16.decode(UTF16.EncodedScalar([first, second]))
  }

  private mutating func codeUnit() -> UInt16? {
    guard offset + 4 <= bytes.count else { return nil }
    let digits = String(decoding: bytes[offset..<offset + 4], as: UTF8.self)
    offset += 4
    return digits.utf8.first == UInt8(ascii: "+") ? nil : UInt16(digits, radix: 16)
  }
}
