import LSMTree
import Testing

/// Opening costs what the manifest and the log hold, whatever the size of the tables.
@Suite struct OpeningTests {
  /// A tree of 400 tables that claim to have 32 MB each: no byte of them is read when it is opened.
  @Test func tablesGoUnread() throws {
    let disk = MemoryFileSystem()
    let tableBytes = 32 << 20
    let claiming = ReadCountingFileSystem(disk, tableBytes: tableBytes)
    var edit = VersionEdit()
    do {
      let fixture = try StoreFixture(on: claiming)
      for number in 0..<400 {
        let lower = StoreFixture.key(1000 + 2 * number)
        let upper = StoreFixture.key(1001 + 2 * number)
        let written = try fixture.writeTable([
          Entry(key: lower, sequence: UInt64(2 * number + 1)),
          Entry(key: upper, sequence: UInt64(2 * number + 2)),
        ])
        var added = written.added[0]
        added.level = 6
        added.file.sizeBytes = tableBytes
        edit.added.append(added)
      }
      edit.flushedSequence = 800
      edit.lastSequence = 800
      try fixture.versions.apply(edit)
    }
    claiming.forget()
    let start = ContinuousClock.now
    let tree = try Tree.open(StoreFixture.directory, fileSystem: claiming)
    let duration = ContinuousClock.now - start
    #expect(claiming.tablesRead == 0 && claiming.bytesRead == 0)
    #expect(duration < .seconds(1))
    #expect(tree.metrics().levels[6].files == 400)
    #expect(tree.metrics().levels[6].bytes == 400 * tableBytes)
    // And then each is read when it is first asked.
    #expect(try tree.bytes(StoreFixture.key(1401), in: tree.view()) == [])
    #expect(claiming.tablesRead == 1)
    try tree.close()
  }
}
