import LSMTree

/// Passes everything on, but whoever makes a table waits at a gate first: flushes and compactions stand still while
/// it is closed.
final class GatedFileSystem: FileSystem {
  private let base: any FileSystem
  let tables = Gate()

  init(_ base: any FileSystem) { self.base = base }

  func createFile(_ path: String) throws(TreeError) -> any WritableFile {
    if path.hasSuffix(".table") { tables.pass() }
    return try base.createFile(path)
  }

  func openForReading(_ path: String) throws(TreeError) -> any ReadableFile { try base.openForReading(path) }
  func openForWriting(_ path: String) throws(TreeError) -> any WritableFile { try base.openForWriting(path) }
  func sizeBytes(of path: String) throws(TreeError) -> Int { try base.sizeBytes(of: path) }
  func exists(_ path: String) -> Bool { base.exists(path) }
  func list(_ directory: String) throws(TreeError) -> [String] { try base.list(directory) }
  func rename(_ path: String, to newPath: String) throws(TreeError) { try base.rename(path, to: newPath) }
  func link(_ path: String, to newPath: String) throws(TreeError) { try base.link(path, to: newPath) }
  func remove(_ path: String) throws(TreeError) { try base.remove(path) }
  func createDirectory(_ path: String) throws(TreeError) { try base.createDirectory(path) }
  func syncDirectory(_ path: String) throws(TreeError) { try base.syncDirectory(path) }
  func lockExclusively(_ path: String) throws(TreeError) -> any FileLock { try base.lockExclusively(path) }
}
