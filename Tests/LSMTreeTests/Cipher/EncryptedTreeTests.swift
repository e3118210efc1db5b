import LSMTree
import Testing

/// A tree whose files are sealed: what is in them, who can open them, and what becomes of a directory that was plain.
@Suite struct EncryptedTreeTests {
  private static let directory = "/sealed"

  private func options(_ cipher: ToyCiphers?) -> TreeOptions {
    var options = TreeOptions()
    options.cipher = cipher
    options.memtableBytesMax = 64 << 10
    options.logSegmentBytes = 64 << 10
    options.logSegmentsRecycledMax = 3
    options.tableBytesMax = 16 << 10
    options.levelBaseBytesMax = 64 << 10
    options.valueFileThresholdBytes = 1000
    return options
  }

  private func open(_ disk: any FileSystem, _ cipher: ToyCiphers? = ToyCiphers()) throws(TreeError) -> Tree {
    try Tree.open(Self.directory, options: options(cipher), fileSystem: disk)
  }

  private static func key(_ index: Int) -> [UInt8] { Array("secret-key-\(index)".utf8) }
  private static func value(_ index: Int) -> [UInt8] { Array("secret-value-\(index)-\(index * index)".utf8) }

  private func write(_ tree: Tree, _ range: Range<Int>) throws {
    for index in range {
      var batch = WriteBatch()
      // Some go to a value file.
      let padding = [UInt8](repeating: 7, count: index % 10 == 0 ? 1200 : 200)
      batch.put(Self.key(index), Self.value(index) + padding)
      if index % 50 == 49 { batch.deleteRange(from: Self.key(index + 1), to: Self.key(index + 2)) }
      try tree.waitUntilDurable(try tree.commit(batch))
    }
  }

  private func check(_ tree: Tree, _ range: Range<Int>) throws {
    let view = tree.view()
    for index in range {
      #expect(try tree.bytes(Self.key(index), in: view)?.starts(with: Self.value(index)) == true, "\(index)")
    }
    #expect(try tree.content(in: view).count >= range.count)
  }

  /// Every file of the directory and its log.
  private func files(_ disk: any FileSystem) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for folder in [Self.directory, Self.directory + "/log"] where disk.exists(folder) {
      for name in try disk.list(folder) {
        let path = folder + "/" + name
        guard let bytes = try? disk.readAll(path, limitBytes: 1 << 30) else { continue }
        files[path] = bytes
      }
    }
    return files
  }

  private func copy(_ disk: any FileSystem, _ change: (inout [String: [UInt8]]) -> Void = { _ in }) throws
    -> MemoryFileSystem
  {
    var files = try files(disk)
    change(&files)
    let copy = MemoryFileSystem()
    try copy.createDirectory(Self.directory + "/log")
    for (path, bytes) in files { try copy.createFile(path).write(bytes.span.bytes, at: 0) }
    return copy
  }

  /// The files in which the start of a key or a value can be found.
  private func leaks(_ disk: any FileSystem) throws -> [String] {
    try files(disk).filter { Self.contains($0.value, "secret-") }.keys.sorted()
  }

  private static func contains(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...bytes.count - wanted.count).contains { start in
      bytes[start] == wanted[0] && bytes[start..<start + wanted.count].elementsEqual(wanted)
    }
  }

  // MARK: Sealed from the beginning

  @Test func whatIsWrittenComesBackAndIsInNoFile() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk)
    try write(tree, 0..<600)
    try tree.flush()
    try write(tree, 600..<700)
    #expect(try leaks(disk) == [], "while it is open")
    try check(tree, 0..<700)
    try tree.close()
    #expect(try leaks(disk) == [])
    let again = try open(disk)
    try check(again, 0..<700)
    try again.compact()
    _ = try again.verify()
    try check(again, 0..<700)
    try again.close()
    #expect(try leaks(disk) == [])
    // The search would find what it looks for.
    let plain = MemoryFileSystem()
    let open = try self.open(plain, nil)
    try write(open, 0..<600)
    try open.flush()
    try write(open, 600..<601)
    try open.close()
    #expect(try leaks(plain).count >= 3, "a table, a segment, the manifest")
  }

  @Test func withoutTheKeyNothingIsTouched() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk)
    try write(tree, 0..<300)
    try tree.close()
    // Whatever a recovery would do to the directory.
    _ = try disk.createFile(Self.directory + "/000999.table")
    _ = try disk.createFile(Self.directory + "/manifest-000998")
    let before = try files(disk)
    #expect(throws: TreeError.encryptionKeyRequired(directory: Self.directory)) { _ = try open(disk, nil) }
    #expect(throws: TreeError.encryptionKeyWrong(directory: Self.directory)) {
      _ = try open(disk, ToyCiphers(master: 2))
    }
    #expect(try files(disk) == before)
    let again = try open(disk)
    try check(again, 0..<300)
    try again.close()
  }

  @Test func lostKeysAreNotReplaced() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk)
    try write(tree, 0..<10)
    try tree.close()
    try disk.remove(Self.directory + "/" + KeyFile.name)
    let before = try files(disk)
    for cipher in [nil, ToyCiphers()] {
      #expect { _ = try open(disk, cipher) } throws: { error in
        guard case TreeError.corruption = error else { return false }
        return true
      }
    }
    #expect(try files(disk) == before)
  }

  @Test func treesInMemoryTakeNoNotice() throws {
    let tree = try Tree.inMemory(options: options(ToyCiphers()))
    try write(tree, 0..<10)
    try check(tree, 0..<10)
    try tree.close()
  }

  @Test func checkpointsAndIngestedTablesAreSealed() throws {
    let disk = MemoryFileSystem()
    try disk.createDirectory("/elsewhere")
    let tree = try open(disk)
    try write(tree, 0..<100)
    var builder = try TableBuilder("/elsewhere/built", fileSystem: disk)
    for index in 200..<300 { try builder.put(Array("secret-key-z\(index)".utf8), Self.value(index)) }
    _ = try builder.finish()
    try tree.ingest(["/elsewhere/built"])
    try write(tree, 100..<120)
    #expect(try tree.bytes(Array("secret-key-z250".utf8), in: tree.view()) == Self.value(250))
    try tree.checkpoint(to: "/copy")
    #expect(try leaks(disk) == [])
    try tree.close()
    #expect(throws: TreeError.encryptionKeyRequired(directory: "/copy")) {
      _ = try Tree.open("/copy", options: options(nil), fileSystem: disk)
    }
    let copy = try Tree.open("/copy", options: options(ToyCiphers()), fileSystem: disk)
    try check(copy, 0..<120)
    #expect(try copy.bytes(Array("secret-key-z250".utf8), in: copy.view()) == Self.value(250))
    try write(copy, 120..<130)
    try copy.compact()
    try check(copy, 0..<130)
    try copy.close()
  }

  // MARK: Forged and exchanged files

  private func isRefused(_ disk: any FileSystem) -> Bool {
    do {
      let tree = try open(disk)
      defer { try? tree.close() }
      _ = try tree.verify()
      return false
    } catch TreeError.corruption {
      return true
    } catch {
      Issue.record("not corruption: \(error)")
      return true
    }
  }

  @Test func tablesCannotBeExchanged() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk)
    // Two tables of the same size, with the same keys.
    for round in 0..<2 {
      var batch = WriteBatch()
      batch.put(Self.key(1), [UInt8(round)])
      try tree.commit(batch)
      try tree.flush()
    }
    try tree.close()
    #expect(isRefused(disk) == false)
    let tables = try files(disk).keys.filter { $0.hasSuffix(".table") }.sorted()
    #expect(tables.count == 2)
    #expect(isRefused(try copy(disk) { $0[tables[0]] = $0[tables[1]] }))
  }

  @Test func plainFilesAreRefused() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk)
    try write(tree, 0..<300)
    try tree.flush()
    try write(tree, 300..<310)
    try tree.close()
    let plain = MemoryFileSystem()
    let other = try open(plain, nil)
    try write(other, 0..<300)
    try other.flush()
    try write(other, 300..<310)
    try other.close()
    let forged = try files(plain)
    let names = try files(disk)
    for suffix in [".log", ".table"] {
      let victim = try #require(names.keys.filter { $0.hasSuffix(suffix) }.min())
      let source = try #require(forged.keys.filter { $0.hasSuffix(suffix) }.min())
      #expect(isRefused(try copy(disk) { $0[victim] = forged[source] }), "\(victim)")
    }
    let current = try #require(names[Self.directory + "/CURRENT"])
    let manifest = Self.directory + "/" + String(decoding: current.dropLast(), as: UTF8.self)
    let source = try #require(forged.keys.filter { $0.contains("manifest-") }.max())
    #expect(isRefused(try copy(disk) { $0[manifest] = forged[source] }))
  }

  // MARK: Plain before

  @Test func aPlainDirectoryIsSealedAsItIsRewritten() throws {
    let disk = MemoryFileSystem()
    let plain = try open(disk, nil)
    try write(plain, 0..<600)
    try plain.flush()
    try write(plain, 600..<650)
    try plain.close()
    for suffix in [".table", ".values", ".log"] {
      #expect(try leaks(disk).contains { $0.hasSuffix(suffix) }, "\(suffix)")
    }
    let tree = try open(disk)
    try check(tree, 0..<650)
    try write(tree, 650..<700)
    try tree.close()
    let again = try open(disk)
    try check(again, 0..<700)
    try again.compact()
    try check(again, 0..<700)
    try write(again, 700..<1000)
    try again.close()
    // Files that somebody still held when they were replaced go when the directory is opened next.
    let last = try open(disk)
    try check(last, 0..<1000)
    let left = try leaks(disk)
    #expect(left.isEmpty, "\(left): nothing is left of what was plain, in recycled segments either")
    try last.close()
    #expect(throws: TreeError.encryptionKeyRequired(directory: Self.directory)) { _ = try open(disk, nil) }
  }

  // MARK: Damage

  /// Every part of every file. What is read afterwards is right, or it is refused.
  @Test func damageIsFound() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk)
    try write(tree, 0..<60)
    try tree.flush()
    try write(tree, 60..<70)
    try tree.close()
    let whole = try files(disk)
    var generator = SeededGenerator(seed: 91)
    var refused = 0
    for (path, bytes) in whole.sorted(by: { $0.key < $1.key }) where !path.hasSuffix("LOCK") {
      let end = min(bytes.count, path.hasSuffix(".log") ? 4000 : bytes.count)
      let stride = max(1, end / 120)
      for index in Swift.stride(from: 0, to: end, by: stride) {
        let damaged = try copy(disk) { $0[path]![index] ^= 1 << UInt8(generator.below(8)) }
        do {
          let tree = try open(damaged)
          defer { try? tree.close() }
          _ = try tree.verify()
          // A byte that nothing depends on, or a tail that a crash could have torn.
          try check(tree, 0..<60)
        } catch TreeError.corruption, TreeError.encryptionKeyWrong, TreeError.unsupportedFormat {
          refused += 1
        } catch {
          Issue.record("\(path) byte \(index): \(error)")
        }
      }
    }
    #expect(refused > 200, "\(refused)")
  }
}
