import LSMTree

/// Where directories of earlier releases lie, and how they are copied and described.
enum FixtureDirectory {
  /// `Tests/Fixtures/LSMTree`.
  static let root =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Fixtures/LSMTree"

  /// The names of all there are: `version-1`, `version-2`, …
  static func all() throws -> [String] {
    try RealFileSystem().list(root).filter { $0.hasPrefix("version-") }
  }

  static func expected(_ name: String) throws -> String {
    let bytes = try RealFileSystem().readAll(root + "/" + name + "/expected.txt", limitBytes: 1 << 20)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A tree's directory in memory, so that nothing that is tried can change what is committed.
  static func load(_ name: String) throws -> MemoryFileSystem {
    let memory = MemoryFileSystem()
    try copy(root + "/" + name + "/tree", of: RealFileSystem(), to: "/tree", of: memory)
    return memory
  }

  /// Every file but the lock, and every directory.
  static func copy(
    _ source: String, of from: any FileSystem, to destination: String, of to: any FileSystem
  ) throws {
    try to.createDirectory(destination)
    for name in try from.list(source) where name != "LOCK" {
      if (try? from.list(source + "/" + name)) != nil {
        try copy(source + "/" + name, of: from, to: destination + "/" + name, of: to)
      } else {
        let bytes = try from.readAll(source + "/" + name, limitBytes: 1 << 24)
        try write(bytes, to: destination + "/" + name, of: to)
      }
    }
  }

  static func write(_ bytes: [UInt8], to path: String, of fileSystem: any FileSystem) throws {
    let file = try fileSystem.createFile(path)
    try file.write(bytes.span.bytes, at: 0)
    try file.close()
  }

  static func manifestName(_ fileSystem: any FileSystem) throws -> String {
    String(decoding: try fileSystem.readAll("/tree/CURRENT", limitBytes: 100).dropLast(), as: UTF8.self)
  }

  /// The format version that the manifest which counts is written in.
  static func manifestVersion(_ fileSystem: any FileSystem) throws -> UInt32 {
    let path = "/tree/" + (try manifestName(fileSystem))
    let field = try fileSystem.openForReading(path).readBytes(8..<12)
    return field.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Edits in the manifest of a first version: each is a length, a checksum, and as many bytes.
  static func manifestRecordCount(_ fileSystem: any FileSystem) throws -> Int {
    let bytes = try fileSystem.readAll("/tree/" + manifestName(fileSystem), limitBytes: 1 << 20)
    var count = 0
    var offset = 16
    while offset < bytes.count {
      offset += 8 + bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
      count += 1
    }
    return count
  }

  /// The one that this release writes.
  static func newestManifestVersion() throws -> UInt32 {
    let memory = MemoryFileSystem()
    try Tree.open("/tree", fileSystem: memory).close()
    return try manifestVersion(memory)
  }
}

/// What a tree answers, as text: what `get` says of some keys, then what a scan shows.
enum FixtureText {
  static func text(gets: [(key: [UInt8], value: [UInt8]?)], scan: [(key: [UInt8], value: [UInt8])]) -> String
  {
    var lines = ["get"]
    lines += gets.map { quote($0.key) + " " + ($0.value.map { "= " + quote($0) } ?? "is absent") }
    lines += ["", "scan"]
    lines += scan.map { quote($0.key) + " = " + quote($0.value) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The keys that a text has answers of `get` for.
  static func keysToGet(_ text: String) throws -> [[UInt8]] {
    try text.split(separator: "\n").dropFirst().prefix { $0 != "scan" }.map { line in
      guard line.first == "\"", let end = line.dropFirst().firstIndex(of: "\"") else {
        throw Malformed(line: line)
      }
      return try unquote(line[line.index(after: line.startIndex)..<end])
    }
  }

  struct Malformed: Error {
    let line: Substring
  }

  /// Printable characters as they are, a run of sixteen or more as `{a*16}`, other bytes as `\x00`.
  static func quote(_ bytes: [UInt8]) -> String {
    var text = "\""
    var rest = bytes[...]
    while let byte = rest.first {
      let run = rest.prefix { $0 == byte }.count
      let isPlain = (0x20...0x7E).contains(byte) && !"\"\\{}*".utf8.contains(byte)
      let character =
        isPlain
        ? String(UnicodeScalar(byte))
        : "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      text += run >= 16 ? "{\(character)*\(run)}" : character
      rest = rest.dropFirst(run >= 16 ? run : 1)
    }
    return text + "\""
  }

  private static func unquote(_ text: Substring) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let character = rest.first {
      if character == "{" {
        guard let star = rest.firstIndex(of: "*"), let end = rest.firstIndex(of: "}"), star < end,
          let count = Int(rest[rest.index(after: star)..<end])
        else { throw Malformed(line: text) }
        let repeated = try unquote(rest[rest.index(after: rest.startIndex)..<star])
        for _ in 0..<count { bytes += repeated }
        rest = rest[rest.index(after: end)...]
      } else if character == "\\" {
        guard let byte = UInt8(rest.dropFirst(2).prefix(2), radix: 16) else { throw Malformed(line: text) }
        bytes.append(byte)
        rest = rest.dropFirst(4)
      } else {
        bytes += Array(String(character).utf8)
        rest = rest.dropFirst()
      }
    }
    return bytes
  }
}
