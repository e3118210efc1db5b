import LSMTree
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The three file systems keep the same promises while nothing fails.
@Suite struct FileSystemTests {
  enum Implementation: CaseIterable {
    case real, memory, fault

    /// A file system, and a directory in it that is empty.
    func make() throws -> (any FileSystem, String) {
      switch self {
      case .real:
        var template = Array("/tmp/flywheel-file-system-XXXXXX\0".utf8CString.dropLast())
        let path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
        return (RealFileSystem(), path)
      case .memory:
        let fileSystem = MemoryFileSystem()
        try fileSystem.createDirectory("/memory")
        return (fileSystem, "/memory")
      case .fault:
        let fileSystem = FaultFileSystem()
        try fileSystem.createDirectory("/fault")
        return (fileSystem, "/fault")
      }
    }

    func cleanUp(_ fileSystem: any FileSystem, _ directory: String) throws {
      for name in try fileSystem.list(directory) { try? fileSystem.remove(directory + "/" + name) }
      if self == .real { rmdir(directory) }
    }
  }

  private func write(_ bytes: [UInt8], to path: String, in fileSystem: any FileSystem) throws {
    let file = try fileSystem.createFile(path)
    try file.write(bytes.span.bytes, at: 0)
    try file.sync()
    try file.close()
    try file.close()
  }

  @Test(arguments: Implementation.allCases)
  func filesKeepWhatIsWrittenAnywhereInThem(_ implementation: Implementation) throws {
    let (fileSystem, directory) = try implementation.make()
    defer { try? implementation.cleanUp(fileSystem, directory) }
    let path = directory + "/a"
    let file = try fileSystem.createFile(path)
    try file.preallocate(4096)
    try file.write(([1, 2, 3] as [UInt8]).span.bytes, at: 0)
    try file.write(([9, 9] as [UInt8]).span.bytes, at: 2)
    try file.write(([7] as [UInt8]).span.bytes, at: 6)
    #expect(try fileSystem.readAll(path, limitBytes: 100) == [1, 2, 9, 9, 0, 0, 7])
    try file.truncate(to: 3)
    try file.truncate(to: 5)
    let reader = try fileSystem.openForReading(path)
    #expect(try reader.sizeBytes() == 5)
    #expect(try reader.readBytes(1..<5) == [2, 9, 0, 0])
    #expect(throws: TreeError.corruption(file: path, offset: 5, reason: "the file ends here, too soon")) {
      _ = try reader.readBytes(3..<8)
    }
    try write([5], to: path, in: fileSystem)
    #expect(try fileSystem.sizeBytes(of: path) == 1)
    try fileSystem.openForWriting(path).write(([6] as [UInt8]).span.bytes, at: 1)
    #expect(try fileSystem.readAll(path, limitBytes: 100) == [5, 6])
  }

  @Test(arguments: Implementation.allCases)
  func namesCanBeChanged(_ implementation: Implementation) throws {
    let (fileSystem, directory) = try implementation.make()
    defer { try? implementation.cleanUp(fileSystem, directory) }
    try write([1], to: directory + "/a", in: fileSystem)
    try write([2], to: directory + "/b", in: fileSystem)
    let open = try fileSystem.openForReading(directory + "/b")
    try fileSystem.rename(directory + "/a", to: directory + "/b")
    #expect(try fileSystem.list(directory) == ["b"])
    #expect(try fileSystem.readAll(directory + "/b", limitBytes: 9) == [1])
    #expect(try open.readBytes(0..<1) == [2])
    try fileSystem.link(directory + "/b", to: directory + "/c")
    #expect(throws: TreeError.io(path: directory + "/c", operation: "link", errno: EEXIST)) {
      try fileSystem.link(directory + "/b", to: directory + "/c")
    }
    try fileSystem.remove(directory + "/b")
    #expect(try fileSystem.readAll(directory + "/c", limitBytes: 9) == [1])
    #expect(fileSystem.exists(directory + "/c"))
    #expect(!fileSystem.exists(directory + "/b"))
    try fileSystem.syncDirectory(directory)
  }

  @Test(arguments: Implementation.allCases)
  func whatIsMissingIsNamed(_ implementation: Implementation) throws {
    let (fileSystem, directory) = try implementation.make()
    defer { try? implementation.cleanUp(fileSystem, directory) }
    let path = directory + "/missing"
    #expect(throws: TreeError.io(path: path, operation: "open", errno: ENOENT)) {
      _ = try fileSystem.openForReading(path)
    }
    #expect(throws: TreeError.io(path: path, operation: "unlink", errno: ENOENT)) {
      try fileSystem.remove(path)
    }
    #expect(throws: TreeError.io(path: path, operation: "opendir", errno: ENOENT)) {
      _ = try fileSystem.list(path)
    }
  }

  @Test(arguments: Implementation.allCases)
  func aLockIsHeldByOneAndLetGo(_ implementation: Implementation) throws {
    let (fileSystem, directory) = try implementation.make()
    defer { try? implementation.cleanUp(fileSystem, directory) }
    let path = directory + "/LOCK"
    var lock: (any FileLock)? = try fileSystem.lockExclusively(path)
    #expect(throws: TreeError.locked(path: path)) { _ = try fileSystem.lockExclusively(path) }
    #expect(lock != nil)
    lock = nil
    lock = try fileSystem.lockExclusively(path)
  }

  @Test func directoriesAreMadeWithAllAboveThem() throws {
    let (fileSystem, directory) = try Implementation.real.make()
    try fileSystem.createDirectory(directory + "/x/y/z")
    try fileSystem.createDirectory(directory + "/x/y/z")
    #expect(try fileSystem.list(directory + "/x/y") == ["z"])
    for path in ["/x/y/z", "/x/y", "/x", ""] { rmdir(directory + path) }
  }
}
