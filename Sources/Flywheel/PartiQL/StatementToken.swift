import DynamoModel

/// Where the page of a statement ended, as the client carries it to the next request: `NextToken`.
///
/// A token is all there is: nothing is kept for it, so it is good after a restart and for ever. It says which
/// statement with which parameters it belongs to (a hash: a token of another statement is refused), and the
/// keys of the last item that was looked at. A checksum tells what was never a token from one that is another
/// statement's. None of it is a secret, since whoever may run the statement may read the keys.
///
///     version, 1 byte   statement's hash, 8 bytes   item of the keys   checksum of all before, 8 bytes
///
/// in hexadecimal.
struct StatementToken {
  private static let version: UInt8 = 1
  private static let hashBytes = 8
  private static let checksumSeed: UInt64 = 0x666C_7977_6865_656C

  static let invalid = Interruption.validation("Invalid NextToken")
  static let ofAnotherRequest = Interruption.validation("NextToken does not match request")

  /// What the token belongs to.
  let statementHash: UInt64
  /// The keys of the last item that was looked at.
  let lastKey: Item

  /// The hash of a statement and its parameters.
  static func hash(_ statement: String, _ parameters: [EncodedValue]) -> UInt64 {
    parameters.reduce(xxHash64(statement.utf8Span.span.bytes)) { hash, value in
      xxHash64(value.bytes.span.bytes, seed: hash)
    }
  }

  init(statementHash: UInt64, lastKey: Item) {
    self.statementHash = statementHash
    self.lastKey = lastKey
  }

  /// Reads a token.
  ///
  /// - Throws: ``invalid``.
  init(_ text: String) throws(Interruption) {
    guard let bytes = Self.bytes(ofHex: text), bytes.count > 1 + 2 * Self.hashBytes, bytes[0] == Self.version,
      Self.word(bytes.suffix(Self.hashBytes)) == Self.checksum(bytes.dropLast(Self.hashBytes))
    else { throw Self.invalid }
    statementHash = Self.word(bytes[1..<1 + Self.hashBytes])
    do throws(EncodingFault) {
      lastKey = try Item(validating: Array(bytes[(1 + Self.hashBytes)..<bytes.count - Self.hashBytes]))
    } catch {
      throw Self.invalid
    }
  }

  /// The token as it is sent.
  var text: String {
    var bytes = [Self.version] + Self.bytes(of: statementHash) + lastKey.bytes
    bytes += Self.bytes(of: Self.checksum(bytes[...]))
    return Self.hex(bytes)
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    xxHash64(bytes.span.bytes, seed: checksumSeed)
  }

  // MARK: - Bytes and text

  private static func bytes(of word: UInt64) -> [UInt8] {
    stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static let digits = Array("0123456789abcdef".utf8)

  private static func hex(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func bytes(ofHex text: String) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for position in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(ofDigit: digits[position]), let low = value(ofDigit: digits[position + 1]) else {
        return nil
      }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(ofDigit digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
