import LSMTree
import Synchronization

/// Passes everything on and counts what is read of tables.
final class ReadCountingFileSystem: FileSystem {
  private let base: any FileSystem
  fileprivate let reads = Mutex<[String: Int]>([:])
  fileprivate let calls = Mutex(0)

  /// What tables claim to have; nil for the truth.
  private let tableBytes: Int?

  init(_ base: any FileSystem, tableBytes: Int? = nil) {
    self.base = base
    self.tableBytes = tableBytes
  }

  /// Tables of which anything was read, and how many bytes of all of them, since `forget()`.
  var tablesRead: Int { reads.withLock { $0.count } }
  var bytesRead: Int { reads.withLock { $0.values.reduce(0, +) } }
  /// Calls that read from tables since `forget()`.
  var readCount: Int { calls.withLock { $0 } }
  func forget() {
    reads.withLock { $0 = [:] }
    calls.withLock { $0 = 0 }
  }

  func openForReading(_ path: String) throws(TreeError) -> any ReadableFile {
    let file = try base.openForReading(path)
    return path.hasSuffix(".table") ? CountedFile(file, self) : file
  }

  func createFile(_ path: String) throws(TreeError) -> any WritableFile { try base.createFile(path) }
  func openForWriting(_ path: String) throws(TreeError) -> any WritableFile { try base.openForWriting(path) }
  func sizeBytes(of path: String) throws(TreeError) -> Int {
    let sizeBytes = try base.sizeBytes(of: path)
    return path.hasSuffix(".table") ? tableBytes ?? sizeBytes : sizeBytes
  }
  func exists(_ path: String) -> Bool { base.exists(path) }
  func list(_ directory: String) throws(TreeError) -> [String] { try base.list(directory) }
  func rename(_ path: String, to newPath: String) throws(TreeError) { try base.rename(path, to: newPath) }
  func link(_ path: String, to newPath: String) throws(TreeError) { try base.link(path, to: newPath) }
  func remove(_ path: String) throws(TreeError) { try base.remove(path) }
  func createDirectory(_ path: String) throws(TreeError) { try base.createDirectory(path) }
  func syncDirectory(_ path: String) throws(TreeError) { try base.syncDirectory(path) }
  func lockExclusively(_ path: String) throws(TreeError) -> any FileLock { try base.lockExclusively(path) }
}

private final class CountedFile: ReadableFile {
  private let base: any ReadableFile
  private let owner: ReadCountingFileSystem

  init(_ base: any ReadableFile, _ owner: ReadCountingFileSystem) {
    self.base = base
    self.owner = owner
  }

  var path: String { base.path }
  func sizeBytes() throws(TreeError) -> Int { try base.sizeBytes() }
  func willRead(_ range: Range<Int>) { base.willRead(range) }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TreeError) -> Int {
    let count = try base.read(into: buffer, at: offset)
    owner.reads.withLock { $0[base.path, default: 0] += count }
    owner.calls.withLock { $0 += 1 }
    return count
  }
}
