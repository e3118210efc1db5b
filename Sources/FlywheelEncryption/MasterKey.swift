import Crypto
public import LSMTree

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The key that protects all others: 32 bytes that an operator keeps outside the directory.
///
/// Its text is 32 bytes as they are, 64 hexadecimal digits, or base64 (padded or not); a line feed may follow. For instance
/// the output of `openssl rand -hex 32`. It is no password: nothing here makes a weak one strong.
///
/// Copies of it that this module makes are overwritten when they are let go. What the operating system, the standard
/// library or a caller copied is out of reach.
public struct MasterKey: Sendable {
  let key: SymmetricKey

  static let byteCount = 32

  /// Takes the key's 32 bytes. Throws `encryptionKeyUnusable` unless there are 32, not all the same.
  public init(bytes: [UInt8]) throws(TreeError) {
    var bytes = bytes
    defer { bytes.wipe() }
    try self.init(&bytes, source: "the key")
  }

  /// Reads the key from a file.
  ///
  /// Throws `encryptionKeyUnusable` if the file can't be read, holds no key, or can be reached by others than its owner and
  /// group, or changed by its group: mode 0600, 0400 and 0440 are right.
  public init(contentsOfFile path: String) throws(TreeError) {
    var text = try Self.read(path)
    defer { text.wipe() }
    try self.init(text: &text, source: path)
  }

  /// Reads the key from an environment variable, as text. The environment of a process can be read by its user's other
  /// processes, and is inherited: a file is better kept.
  ///
  /// Throws `encryptionKeyUnusable` if the variable is missing or holds no key.
  public init(environment name: String) throws(TreeError) {
    guard let value = getenv(name) else {
      throw .encryptionKeyUnusable(source: "the variable \(name)", reason: "it is not set")
    }
    var text = [UInt8](UnsafeRawBufferPointer(start: value, count: strlen(value)))
    defer { text.wipe() }
    try self.init(text: &text, source: "the variable \(name)")
  }

  /// Whether there is an environment variable of that name that is not empty.
  package static func isSet(_ name: String) -> Bool { getenv(name).map { $0[0] != 0 } ?? false }

  private init(text: inout [UInt8], source: String) throws(TreeError) {
    guard var bytes = KeyText.decode(text) else {
      throw .encryptionKeyUnusable(
        source: source, reason: "it is neither 32 bytes nor 64 hexadecimal digits nor 32 bytes in base64")
    }
    defer { bytes.wipe() }
    try self.init(&bytes, source: source)
  }

  private init(_ bytes: inout [UInt8], source: String) throws(TreeError) {
    guard bytes.count == Self.byteCount else {
      throw .encryptionKeyUnusable(source: source, reason: "\(bytes.count) bytes, and a key has 32")
    }
    guard bytes.contains(where: { $0 != bytes[0] }) else {
      throw .encryptionKeyUnusable(source: source, reason: "all its bytes are the same")
    }
    key = SymmetricKey(data: bytes)
  }

  /// More than any text of a key.
  private static let textBytesMax = 128

  private static func read(_ path: String) throws(TreeError) -> [UInt8] {
    func unusable(_ reason: String) -> TreeError { .encryptionKeyUnusable(source: path, reason: reason) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unusable(String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unusable(String(cString: strerror(errno))) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw unusable("it is not a file") }
    guard status.st_mode & 0o027 == 0 else {
      throw unusable(
        "others than its owner can reach it (mode \(String(status.st_mode & 0o777, radix: 8))); make it 600")
    }
    guard status.st_size <= Self.textBytesMax else { throw unusable("it is longer than any key") }
    var text = [UInt8](repeating: 0, count: Self.textBytesMax)
    let count = text.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    defer { text.wipe() }
    guard count >= 0 else { throw unusable(String(cString: strerror(errno))) }
    return Array(text[..<count])
  }
}

/// How people write keys down.
enum KeyText {
  /// The bytes that a text stands for, or nil. A line feed at the end doesn't count, unless the text is 32 bytes with it.
  static func decode(_ text: [UInt8]) -> [UInt8]? {
    if text.count == MasterKey.byteCount { return text }
    var line = text[...]
    if line.last == UInt8(ascii: "\n") { line.removeLast() }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    switch line.count {
    case MasterKey.byteCount: return Array(line)
    case 2 * MasterKey.byteCount: return hex(line)
    case 43, 44: return base64(line)
    default: return nil
    }
  }

  private static func hex(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(MasterKey.byteCount)
    var high: UInt8?
    for digit in digits {
      guard let value = hexValue(digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  private static func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }

  /// Of 32 bytes: 43 letters, the last of which has two bits that must be 0, and perhaps a sign of padding.
  private static func base64(_ letters: ArraySlice<UInt8>) -> [UInt8]? {
    var letters = letters
    if letters.count == 44 { guard letters.removeLast() == UInt8(ascii: "=") else { return nil } }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(MasterKey.byteCount)
    var bits: UInt32 = 0
    var bitCount: UInt32 = 0
    for letter in letters {
      guard let value = base64Value(letter) else { return nil }
      bits = bits << 6 | UInt32(value)
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
        bits &= 1 << bitCount - 1
      }
    }
    return bits == 0 ? bytes : nil
  }

  /// Both alphabets of RFC 4648.
  private static func base64Value(_ letter: UInt8) -> UInt8? {
    switch letter {
    case 0x41...0x5A: letter - 0x41
    case 0x61...0x7A: letter - 0x61 + 26
    case 0x30...0x39: letter - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}

extension [UInt8] {
  /// Overwrites the bytes, in a way that the compiler does not leave out, if no other array shares them.
  mutating func wipe() {
    withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      #if canImport(Darwin)
        memset_s(base, bytes.count, 0, bytes.count)
      #else
        explicit_bzero(base, bytes.count)
      #endif
    }
  }
}
