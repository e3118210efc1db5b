#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file system that can be looked at and not changed: whatever would make, write, rename or remove anything fails with
/// `EROFS`, as on a disk that is mounted so. What reads a directory through it leaves every bit as it was.
package struct ReadOnlyFileSystem: FileSystem {
  private let base: any FileSystem

  package init(_ base: any FileSystem) { self.base = base }

  package func openForReading(_ path: String) throws(TreeError) -> any ReadableFile {
    try base.openForReading(path)
  }

  package func sizeBytes(of path: String) throws(TreeError) -> Int { try base.sizeBytes(of: path) }
  package func exists(_ path: String) -> Bool { base.exists(path) }
  package func list(_ directory: String) throws(TreeError) -> [String] { try base.list(directory) }

  /// Where there is no file to lock, nobody ever held the lock, and who makes it now is not kept out.
  package func lockExclusively(_ path: String) throws(TreeError) -> any FileLock {
    base.exists(path) ? try base.lockExclusively(path) : MemoryFileLock(unlock: {})
  }

  package func createFile(_ path: String) throws(TreeError) -> any WritableFile {
    throw Self.refusal("open", path)
  }
  package func openForWriting(_ path: String) throws(TreeError) -> any WritableFile {
    throw Self.refusal("open", path)
  }
  package func rename(_ path: String, to newPath: String) throws(TreeError) {
    throw Self.refusal("rename", path)
  }
  package func link(_ path: String, to newPath: String) throws(TreeError) {
    throw Self.refusal("link", newPath)
  }
  package func remove(_ path: String) throws(TreeError) { throw Self.refusal("unlink", path) }
  package func createDirectory(_ path: String) throws(TreeError) { throw Self.refusal("mkdir", path) }
  package func syncDirectory(_ path: String) throws(TreeError) { throw Self.refusal("fsync", path) }

  private static func refusal(_ operation: String, _ path: String) -> TreeError {
    .io(path: path, operation: operation, errno: EROFS)
  }
}
