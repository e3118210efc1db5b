import FlywheelEncryption
import LSMTree
import Testing

/// Whole trees under the real cipher: what comes back, who gets in, and what a rotation does.
@Suite struct EncryptionTests {
  private static let directory = "/vault"

  private static func master(_ number: UInt8) throws -> MasterKey {
    try MasterKey(bytes: (0..<32).map { $0 &* 7 &+ number })
  }

  private func open(_ disk: any FileSystem, _ number: UInt8) throws -> Tree {
    var options = TreeOptions()
    options.cipher = Encryption(masterKey: try Self.master(number))
    options.memtableBytesMax = 64 << 10
    options.logSegmentBytes = 64 << 10
    options.valueFileThresholdBytes = 1000
    return try Tree.open(Self.directory, options: options, fileSystem: disk)
  }

  private static func key(_ index: Int) -> [UInt8] { Array("confidential-\(index)".utf8) }

  private static func value(_ index: Int) -> [UInt8] {
    Array("confidential value \(index)".utf8) + [UInt8](repeating: 9, count: index % 10 == 0 ? 1500 : 150)
  }

  private func write(_ tree: Tree, _ range: Range<Int>) throws {
    for index in range {
      var batch = WriteBatch()
      batch.put(Self.key(index), Self.value(index))
      try tree.waitUntilDurable(try tree.commit(batch))
    }
  }

  private func check(_ tree: Tree, _ range: Range<Int>) throws {
    let view = tree.view()
    for index in range {
      var found: [UInt8]?
      if let value = try tree.get(Self.key(index), in: view) {
        found = value.bytes.withUnsafeBytes { Array($0) }
      }
      #expect(found == Self.value(index), "\(index)")
    }
  }

  private func files(_ disk: any FileSystem) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for folder in [Self.directory, Self.directory + "/log"] where disk.exists(folder) {
      for name in try disk.list(folder) {
        guard let bytes = try? disk.readAll(folder + "/" + name, limitBytes: 1 << 30) else { continue }
        files[folder + "/" + name] = bytes
      }
    }
    return files
  }

  @Test func whatIsWrittenComesBackAndIsInNoFile() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk, 1)
    try write(tree, 0..<500)
    try tree.flush()
    try write(tree, 500..<520)
    try tree.close()
    let again = try open(disk, 1)
    try check(again, 0..<520)
    try again.compact()
    _ = try again.verify()
    try again.close()
    let wanted = Array("confidential".utf8)
    for (path, bytes) in try files(disk) {
      let leaks = bytes.indices.dropLast(wanted.count).contains { index in
        bytes[index] == wanted[0] && bytes[index..<index + wanted.count].elementsEqual(wanted)
      }
      #expect(!leaks, "\(path)")
    }
  }

  @Test func aWrongKeyTouchesNothing() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk, 1)
    try write(tree, 0..<100)
    try tree.close()
    let before = try files(disk)
    #expect(throws: TreeError.encryptionKeyWrong(directory: Self.directory)) { _ = try open(disk, 2) }
    #expect(throws: TreeError.encryptionKeyRequired(directory: Self.directory)) {
      _ = try Tree.open(Self.directory, fileSystem: disk)
    }
    #expect(throws: TreeError.encryptionKeyWrong(directory: Self.directory)) {
      try Encryption.rotateMasterKey(
        of: Self.directory, from: try Self.master(2), to: try Self.master(3), in: disk)
    }
    #expect(try files(disk) == before)
  }

  @Test func anotherMasterKeyTouchesNothingButTheKeys() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk, 1)
    try write(tree, 0..<200)
    try tree.close()
    var before = try files(disk)
    try Encryption.rotateMasterKey(
      of: Self.directory, from: try Self.master(1), to: try Self.master(2), in: disk)
    var after = try files(disk)
    let keys = Self.directory + "/" + KeyFile.name
    #expect(before.removeValue(forKey: keys) != after.removeValue(forKey: keys))
    #expect(before == after)
    #expect(throws: TreeError.encryptionKeyWrong(directory: Self.directory)) { _ = try open(disk, 1) }
    let again = try open(disk, 2)
    // Files of the old key and the new one beside each other.
    try write(again, 200..<300)
    try again.flush()
    try check(again, 0..<300)
    try again.compact()
    try again.close()
    let last = try open(disk, 2)
    try check(last, 0..<300)
    try last.close()
  }

  /// At every change of the disk the power goes: one of the two keys opens the directory, and all is there.
  @Test func rotationSurvivesAPowerCutAnywhere() throws {
    for number in 0..<8 {
      let disk = FaultFileSystem()
      let tree = try open(disk, 1)
      try write(tree, 0..<20)
      try tree.close()
      let start = disk.changeCount
      disk.setPlan { $0.number == start + number ? .cutPower : nil }
      let isDone: Bool
      do {
        try Encryption.rotateMasterKey(
          of: Self.directory, from: try Self.master(1), to: try Self.master(2), in: disk)
        isDone = true
      } catch {
        isDone = false
      }
      let survivor = disk.afterPowerCut(seed: UInt64(number))
      let opened: Tree
      do {
        opened = try open(survivor, 2)
      } catch TreeError.encryptionKeyWrong {
        #expect(!isDone, "cut at \(number): a rotation that was done was lost")
        opened = try open(survivor, 1)
      }
      try check(opened, 0..<20)
      try opened.close()
    }
  }

  @Test func damagedKeysAreReported() throws {
    let disk = MemoryFileSystem()
    let tree = try open(disk, 1)
    try write(tree, 0..<5)
    try tree.close()
    let path = Self.directory + "/" + KeyFile.name
    let good = try disk.readAll(path, limitBytes: 1 << 20)
    for index in good.indices {
      var bad = good
      bad[index] ^= 1 << UInt8(index % 8)
      try disk.createFile(path).write(bad.span.bytes, at: 0)
      #expect("byte \(index)") { _ = try open(disk, 1) } throws: { error in
        guard case TreeError.corruption = error else { return false }
        return true
      }
    }
  }
}
