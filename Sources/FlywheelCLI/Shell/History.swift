#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What was typed before, oldest first; kept in a file between sessions, which only its owner may read.
///
/// The file has a line for each entry, with what would break the line escaped. It is written as a whole, beside
/// the old one, when the shell ends. A file that can't be read or written is no reason to fail: the history is then
/// that of the session.
package struct History {
  package static let entriesMax = 1_000
  private static let fileBytesMax = 4 << 20

  package private(set) var entries: [String] = []
  private let path: String?

  /// - Parameter path: the file; nil for none.
  package init(path: String?) {
    self.path = path
    guard let path, let text = Self.read(path) else { return }
    entries = text.split(separator: "\n").suffix(Self.entriesMax).map { Self.unescaped(String($0)) }
  }

  /// The file in the home directory; nil if there is none.
  package static var defaultPath: String? {
    getenv("HOME").map { String(cString: $0) + "/.flywheel_history" }
  }

  /// Adds an entry, unless it is blank or the same as the last.
  package mutating func add(_ entry: String) {
    guard entry.contains(where: { !$0.isWhitespace }), entry != entries.last else { return }
    entries.append(entry)
    if entries.count > Self.entriesMax { entries.removeFirst(entries.count - Self.entriesMax) }
  }

  /// Writes the file.
  package func save() {
    guard let path else { return }
    let bytes = Array(entries.map { Self.escaped($0) + "\n" }.joined().utf8)
    let temporary = "\(path).\(getpid())"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { return }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        write(descriptor, buffer.baseAddress! + written, buffer.count - written)
      }
      guard count > 0 else { break }
      written += count
    }
    guard close(descriptor) == 0, written == bytes.count, rename(temporary, path) == 0 else {
      unlink(temporary)
      return
    }
  }

  private static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count < fileBytesMax {
      let count = buffer.withUnsafeMutableBytes { readBytes(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func escaped(_ entry: String) -> String {
    entry.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
  }

  private static func unescaped(_ line: String) -> String {
    var entry = ""
    var isEscaped = false
    for character in line {
      if isEscaped {
        entry.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        entry.append(character)
      }
    }
    return entry
  }
}

/// The system's `read`, whose name the type above has a use for.
private func readBytes(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(descriptor, buffer, count)
}
