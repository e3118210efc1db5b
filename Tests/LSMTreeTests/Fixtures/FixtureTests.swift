import LSMTree
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Directories that earlier releases wrote, under `Tests/Fixtures/LSMTree`: what has been released can be read for ever.
///
/// `FLYWHEEL_WRITE_FIXTURE=version-N swift test --filter FixtureTests` writes the one of this release. It is done once, when a
/// format has moved, and what is there already is never written again.
@Suite struct FixtureTests {
  @Test func thereIsOneOfEveryVersion() throws {
    let names = try FixtureDirectory.all()
    #expect(names == (1...names.count).map { "version-\($0)" })
    let versions = try names.map { try FixtureDirectory.manifestVersion(FixtureDirectory.load($0)) }
    #expect(versions == (1...UInt32(names.count)).map { $0 })
  }

  /// Read as it is, and again when everything in it was written anew; its version moves forward and never back.
  @Test(arguments: try FixtureDirectory.all())
  func isRead(name: String) throws {
    let memory = try FixtureDirectory.load(name)
    let expected = try FixtureDirectory.expected(name)
    var versions = [try FixtureDirectory.manifestVersion(memory)]
    for turn in 0..<3 {
      let tree = try Tree.open("/tree", fileSystem: memory)
      #expect(try FixtureText.text(of: tree, like: expected) == expected, "\(name), opening \(turn)")
      if turn == 1 {
        try tree.compact()
        #expect(try FixtureText.text(of: tree, like: expected) == expected, "\(name), compacted")
      }
      _ = try tree.verify()
      try tree.close()
      versions.append(try FixtureDirectory.manifestVersion(memory))
    }
    #expect(versions == versions.sorted())
    #expect(versions[1] == versions[3], "every opening by one release leaves the same version")
    let newest = try FixtureDirectory.newestManifestVersion()
    #expect(versions[1] == newest)
  }

  /// The fixture does hold what it is there for.
  @Test func firstVersionHasSomethingOfEverything() throws {
    let memory = try FixtureDirectory.load("version-1")
    let store = TableStore(directory: "/tree", fileSystem: memory, options: TreeOptions())
    #expect(try FixtureDirectory.manifestRecordCount(memory) == 3)
    #expect(try memory.list("/tree/log").count == 3)
    let version = try VersionSet(opening: store).current
    #expect(version.levels.map(\.count) == [2, 0, 0, 0, 1, 1, 1])
    let properties = try version.levels.joined().map { try $0.reader(.blocking).properties }
    #expect(properties.contains { $0.indexLevels == 2 })
    #expect(properties.contains { $0.indexLevels == 1 })
    #expect(properties.contains { $0.filter == nil })
    #expect(properties.contains { $0.filter != nil })
    #expect(properties.contains { $0.rangeDeletionCount > 0 && $0.entryCount == 0 })
    #expect(properties.contains { $0.deletionCount > 0 })
  }

  @Test func secondVersionHasWhatIsNewInIt() throws {
    let memory = try FixtureDirectory.load("version-2")
    let version = try VersionSet(
      opening: TableStore(directory: "/tree", fileSystem: memory, options: TreeOptions())
    ).current
    let tables = version.levels.joined().map(\.info)
    #expect(Set(tables.map(\.backingNumber)).count < tables.count, "tables share files")
    #expect(tables.contains { $0.attributes.sequence != nil }, "one was ingested")
    #expect(version.valueFiles.count == 2)
  }

  @Test(.enabled(if: getenv("FLYWHEEL_WRITE_FIXTURE") != nil))
  func writeFixture() throws {
    let name = String(cString: getenv("FLYWHEEL_WRITE_FIXTURE"))
    let real = RealFileSystem()
    let directory = FixtureDirectory.root + "/" + name
    try #require(!real.exists(directory), "a fixture is written once")
    var history = FixtureHistory()
    try history.run()
    try FixtureDirectory.copy("/tree", of: history.fileSystem, to: directory + "/tree", of: real)
    try FixtureDirectory.write(Array(history.expected.utf8), to: directory + "/expected.txt", of: real)
  }
}

extension FixtureText {
  /// The answers of a tree to the questions of a text. What it scans forward it must scan backward.
  static func text(of tree: Tree, like expected: String) throws -> String {
    let view = tree.view()
    var gets: [(key: [UInt8], value: [UInt8]?)] = []
    for key in try keysToGet(expected) { gets.append((key, try tree.bytes(key, in: view))) }
    var scan: [(key: [UInt8], value: [UInt8])] = []
    var cursor = try tree.cursor(in: view)
    try cursor.seekToFirst()
    while cursor.isValid {
      scan.append((Array(cursor.key), Array(cursor.value)))
      try cursor.next()
    }
    try cursor.seekToLast()
    for entry in scan.reversed() {
      guard cursor.isValid, Array(cursor.key) == entry.key, Array(cursor.value) == entry.value else {
        return "backward, another entry than \(quote(entry.key))"
      }
      try cursor.previous()
    }
    return text(gets: gets, scan: scan)
  }
}
