import FlywheelCLI
import LSMTree
import Testing

/// What `inspect` and `verify` say, as transcripts.
@Suite struct MaintenanceTests {
  private static func options() -> TreeOptions {
    var options = TreeOptions()
    options.compression = .none
    options.valueFileThresholdBytes = 1000
    options.now = { 1_700_000_000 }
    return options
  }

  /// Ten values, one of them large, the middle taken out; three ingested entries; a value and a deletion in the log.
  private static func makeTree(_ disk: MemoryFileSystem) throws {
    let tree = try Tree.open("/tree", options: options(), fileSystem: disk)
    var batch = WriteBatch()
    for number in 0..<10 { batch.put(key(number), [UInt8](repeating: 7, count: number == 9 ? 2000 : 10)) }
    try tree.commit(batch)
    try tree.compact()
    try tree.excise(from: key(3), to: key(5))
    var builder = try TableBuilder("/built", options: options(), fileSystem: disk)
    try builder.put(key(6), [])
    try builder.put(key(7), [])
    try builder.delete(key(8))
    _ = try builder.finish()
    try tree.ingest(["/built"])
    var last = WriteBatch()
    last.put([0, 255], [1])
    last.delete(key(6))
    try tree.commit(last)
    try tree.close()
  }

  private static func key(_ number: Int) -> [UInt8] { Array("key \(number)".utf8) }

  private static let written = "written 2023-11-14T22:13:20Z to 2023-11-14T22:13:20Z"

  /// Lines without what a compressor or a later format may change: numbers of bytes.
  private static func plain(_ lines: [String]) -> String {
    lines.joined(separator: "\n").replacing(/[0-9]+ bytes/, with: "N bytes")
  }

  @Test func inspectShowsLevelsAndFiles() throws {
    let disk = MemoryFileSystem()
    try Self.makeTree(disk)
    let inspection = try TreeInspection("/tree", options: Self.options(), fileSystem: disk)
    #expect(
      Self.plain(InspectionText.lines(inspection)) == """
        manifest manifest-000001: all up to 12 is in tables, the last write is 14
        log 00000001.log: up to 11
        log 00000002.log: up to 14
        values 000003.values: N bytes, of values in use 2017
        level 0: 1 tables, N bytes
          000004.table: N bytes, 0 entries, 1 range deletions, sequences 11 to 11, \(Self.written), "key 3" to "key 5"
        level 5: 1 tables, N bytes
          000007.table: N bytes, 3 entries, 1 of them deletions, sequences 12 to 12, \(Self.written), ingested at 12, "key 6" to "key 8"
        level 6: 2 tables, N bytes
          table 5, a part of 000002.table: about N bytes, about 10 entries, sequences 1 to 10, \(Self.written), "key 0" to "key 2"
          table 6, a part of 000002.table: about N bytes, about 10 entries, sequences 1 to 10, \(Self.written), "key 5" to "key 9"
        """)
  }

  @Test func inspectShowsTheHistoryOfAKey() throws {
    let disk = MemoryFileSystem()
    try Self.makeTree(disk)
    let inspection = try TreeInspection("/tree", options: Self.options(), fileSystem: disk)
    func history(_ argument: String) throws -> String {
      let key = try #require(InspectionText.key(argument))
      return InspectionText.lines(try inspection.history(of: key)).joined(separator: "\n")
    }
    #expect(
      try history("key 6") == """
        14: deletion, log
        12: value of 0 bytes, table 7 in level 5, \(Self.written)
        7: value of 10 bytes, table 6 in level 6, \(Self.written)
        """)
    #expect(try history("0x00ff") == "13: value of 1 bytes, log")
    #expect(try history("key 4") == "11: deletion of \"key 3\" to \"key 5\", table 4 in level 0")
    #expect(
      try history("key 9")
        == "10: value of 2000 bytes in 000003.values, table 6 in level 6, \(Self.written)")
    #expect(try history("other") == "the key was never written, or nothing of it is kept")
    #expect(InspectionText.key("0x0") == nil && InspectionText.key("0xzz") == nil)
  }

  @Test func verifySaysWhereDamageIs() throws {
    let disk = MemoryFileSystem()
    try Self.makeTree(disk)
    func verify() throws -> String {
      let found = try TreeInspection.verify("/tree", options: Self.options(), fileSystem: disk)
      return Self.plain(VerificationText.lines(found))
    }
    #expect(try verify() == "whole: 4 tables and value files, 13 entries, N bytes, 1 batches in the log")
    let name = try #require(try disk.list("/tree").first { $0.hasSuffix(".values") })
    var bytes = try disk.readAll("/tree/" + name, limitBytes: 1 << 20)
    bytes[bytes.count - 100] ^= 1
    try disk.openForWriting("/tree/" + name).write(bytes.span.bytes, at: 0)
    _ = try disk.createFile("/tree/000999.table")
    #expect(
      try verify() == """
        damage: /tree/000003.values at byte 32: the block's checksum is wrong
        left over: /tree/000999.table: nothing names this file
        damaged in 1 places: 4 tables and value files, 13 entries, N bytes, 1 batches in the log
        """)
  }

  @Test func times() {
    #expect(InspectionText.time(0) == "1970-01-01T00:00:00Z")
    #expect(InspectionText.time(951_782_399) == "2000-02-28T23:59:59Z")
    #expect(InspectionText.time(951_782_400) == "2000-02-29T00:00:00Z")
    #expect(InspectionText.time(1_700_000_000) == "2023-11-14T22:13:20Z")
    #expect(InspectionText.time(4_107_542_400) == "2100-03-01T00:00:00Z")
    #expect(InspectionText.time(.max) == "2106-02-07T06:28:15Z")
  }

  @Test func keysAreShownAsTheyAreRead() {
    for key in [[], [0], Array("a key".utf8), [34], [1, 2, 255]] as [[UInt8]] {
      let text = InspectionText.text(key)
      let argument = text.hasPrefix("\"") ? String(text.dropFirst().dropLast()) : text
      #expect(InspectionText.key(argument) == key)
    }
  }
}
