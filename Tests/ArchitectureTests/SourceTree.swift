import Foundation

/// The package's own sources, as the tests of its architecture read them.
struct SourceTree {
  struct File {
    let module: String
    /// The path below `Sources/`.
    let path: String
    let lines: [Substring]
  }

  let files: [File]

  static func read() throws -> SourceTree {
    let package = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let sources = package.appending(path: "Sources").resolvingSymlinksInPath()
    var files: [File] = []
    for module in try FileManager.default.contentsOfDirectory(atPath: sources.path).sorted() {
      let folder = sources.appending(path: module)
      for path in FileManager.default.enumerator(atPath: folder.path) ?? .init() {
        guard let path = path as? String, path.hasSuffix(".swift") else { continue }
        let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        files.append(
          File(
            module: module, path: "\(module)/\(path)",
            lines: text.split(separator: "\n", omittingEmptySubsequences: false)))
      }
    }
    return SourceTree(files: files)
  }
}

extension SourceTree.File {
  /// The modules that the file imports.
  var imports: [String] {
    lines.compactMap { line in
      let words = line.split(separator: " ")
      guard let keyword = words.firstIndex(of: "import"),
        words[..<keyword].allSatisfy({ Self.importModifiers.contains($0) || $0.hasPrefix("@") })
      else { return nil }
      let name = words[(keyword + 1)...].first { !Self.importKinds.contains($0) }
      return name.map { String($0.prefix { $0 != "." }) }
    }
  }

  private static let importModifiers: Set<Substring> = [
    "public", "package", "internal", "private", "fileprivate",
  ]
  private static let importKinds: Set<Substring> = [
    "struct", "class", "enum", "protocol", "func", "let", "var", "typealias",
  ]
}
