#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The text of a script in pieces of bounded size, whatever the length of its lines.
package struct ScriptInput {
  private static let pieceBytesMax = 65_536

  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: pieceBytesMax)
  /// The first bytes of a scalar whose others are in the next piece: up to three.
  private var heldBack: [UInt8] = []

  package init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The next piece; nil at the end. Bytes that are not UTF-8 are replaced.
  package mutating func next() throws(ShellFailure) -> String? {
    while true {
      let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw ShellFailure("can't read standard input: \(describe(errno: errno))", kind: .inputLost)
      }
      if count == 0 {
        defer { heldBack = [] }
        return heldBack.isEmpty ? nil : String(decoding: heldBack, as: UTF8.self)
      }
      let bytes = heldBack + buffer[..<count]
      let whole = bytes.count - Self.unfinishedCount(bytes)
      heldBack = Array(bytes[whole...])
      if whole > 0 { return String(decoding: bytes[..<whole], as: UTF8.self) }
    }
  }

  /// How many bytes at the end begin a scalar that has more.
  private static func unfinishedCount(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      if byte < 0x80 { return 0 }
      guard byte >= 0xC0 else { continue }
      let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      return count < needed ? count : 0
    }
    return 0
  }
}
