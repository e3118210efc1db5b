import Testing

/// Imports run one way: what a module may import is written here, and nothing else may be.
@Suite struct ImportTests {
  /// Modules that come with the language or the operating system and that any module may use.
  private static let system: Set<String> = ["Glibc", "Darwin", "Musl", "Synchronization"]

  private static let allowed: [String: Set<String>] = [
    "LSMTree": ["CLZ4", "CPlatform"],
    "FlywheelEncryption": ["LSMTree", "Crypto", "FoundationEssentials", "Foundation"],
    "DynamoModel": [],
    "DynamoExpressions": ["DynamoModel"],
    "PartiQL": ["DynamoExpressions", "DynamoModel"],
    "Flywheel": ["LSMTree", "DynamoModel", "DynamoExpressions", "PartiQL", "CPlatform"],
    "DynamoProtocol": ["Flywheel", "DynamoExpressions", "DynamoModel", "CPlatform"],
    "FlywheelServer": [
      "DynamoProtocol", "Flywheel", "NIOCore", "NIOPosix", "NIOHTTP1", "Logging", "ServiceLifecycle",
    ],
    "FlywheelCLI": [
      "FlywheelServer", "DynamoProtocol", "Flywheel", "FlywheelEncryption", "LSMTree", "ArgumentParser",
      "Logging",
      "NIOCore", "NIOPosix", "NIOHTTP1", "ServiceLifecycle", "UnixSignals",
    ],
  ]

  @Test func everyImportIsAllowed() throws {
    let tree = try SourceTree.read()
    #expect(tree.files.count > 50, "the sources were found")
    for file in tree.files {
      let allowed = try #require(Self.allowed[file.module], "\(file.module) is not in the table of modules")
      for name in file.imports where !Self.system.contains(name) {
        #expect(allowed.contains(name), "\(file.path) imports \(name)")
      }
    }
  }

  /// An app that does not encrypt links no cryptography.
  @Test func onlyEncryptionNeedsCryptography() throws {
    for file in try SourceTree.read().files where file.module != "FlywheelEncryption" {
      #expect(!file.imports.contains("Crypto"), "\(file.path)")
      let mayEncrypt = file.module == "FlywheelCLI"
      #expect(mayEncrypt || !file.imports.contains("FlywheelEncryption"), "\(file.path)")
    }
  }

  @Test func theTableOfModulesHasNoWayBack() {
    for (module, imports) in Self.allowed {
      var reached: Set<String> = []
      var frontier = imports
      while let next = frontier.popFirst() {
        guard reached.insert(next).inserted else { continue }
        frontier.formUnion(Self.allowed[next] ?? [])
      }
      #expect(!reached.contains(module), "\(module) reaches itself")
    }
  }

  @Test func importsAreReadOffWhateverTheirForm() {
    let text = """
      import Plain
      public import Shown
      @preconcurrency package import struct Deep.Name
      // import Comment
      let x = "import Text"
      """
    let file = SourceTree.File(
      module: "", path: "", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    #expect(file.imports == ["Plain", "Shown", "Deep"])
  }
}
