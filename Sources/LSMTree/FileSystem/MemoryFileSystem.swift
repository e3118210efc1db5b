import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files that live in memory and go with the process: for databases that are opened as `:memory:`, and for tests.
///
/// One value is one disk; two trees that are given the same value see the same files. Syncing does nothing, because
/// there is nothing a crash could leave behind.
public final class MemoryFileSystem: FileSystem {
  private struct State {
    var files: [String: MemoryFileContent] = [:]
    var directories: Set<String> = []
    var locks: Set<String> = []
  }

  private let state = Mutex(State())

  public init() {}

  public func createFile(_ path: String) throws(TreeError) -> any WritableFile {
    let content = MemoryFileContent()
    state.withLock { $0.files[path] = content }
    return MemoryFile(path: path, content: content)
  }

  public func openForWriting(_ path: String) throws(TreeError) -> any WritableFile {
    MemoryFile(path: path, content: try content(of: path, for: "open"))
  }

  public func openForReading(_ path: String) throws(TreeError) -> any ReadableFile {
    MemoryFile(path: path, content: try content(of: path, for: "open"))
  }

  public func sizeBytes(of path: String) throws(TreeError) -> Int {
    try content(of: path, for: "stat").count
  }

  public func exists(_ path: String) -> Bool {
    state.withLock { $0.files[path] != nil || $0.directories.contains(path) }
  }

  public func list(_ directory: String) throws(TreeError) -> [String] {
    let prefix = directory + "/"
    let (isKnown, names) = state.withLock { state in
      let paths =
        state.files.keys.filter { $0.hasPrefix(prefix) } + state.directories.filter { $0.hasPrefix(prefix) }
      let names = paths.map { $0.dropFirst(prefix.count) }.filter { !$0.contains("/") }
      return (state.directories.contains(directory), names.map(String.init).sorted())
    }
    guard isKnown else { throw .io(path: directory, operation: "opendir", errno: ENOENT) }
    return names
  }

  public func rename(_ path: String, to newPath: String) throws(TreeError) {
    let isDone = state.withLock { state in
      guard let content = state.files.removeValue(forKey: path) else { return false }
      state.files[newPath] = content
      return true
    }
    guard isDone else { throw .io(path: path, operation: "rename", errno: ENOENT) }
  }

  public func link(_ path: String, to newPath: String) throws(TreeError) {
    let code: Int32 = state.withLock { state in
      guard let content = state.files[path] else { return ENOENT }
      guard state.files[newPath] == nil else { return EEXIST }
      state.files[newPath] = content
      return 0
    }
    guard code == 0 else { throw .io(path: newPath, operation: "link", errno: code) }
  }

  public func remove(_ path: String) throws(TreeError) {
    guard state.withLock({ $0.files.removeValue(forKey: path) }) != nil else {
      throw .io(path: path, operation: "unlink", errno: ENOENT)
    }
  }

  public func createDirectory(_ path: String) throws(TreeError) {
    state.withLock { state in
      var path = path[...]
      while !path.isEmpty, state.directories.insert(String(path)).inserted {
        guard let slash = path.lastIndex(of: "/") else { break }
        path = path[..<slash]
      }
    }
  }

  public func syncDirectory(_ path: String) throws(TreeError) {
    guard state.withLock({ $0.directories.contains(path) }) else {
      throw .io(path: path, operation: "fsync", errno: ENOENT)
    }
  }

  public func lockExclusively(_ path: String) throws(TreeError) -> any FileLock {
    guard state.withLock({ $0.locks.insert(path).inserted }) else { throw .locked(path: path) }
    return MemoryFileLock { [weak self] in
      self?.state.withLock { _ = $0.locks.remove(path) }
    }
  }

  private func content(of path: String, for operation: String) throws(TreeError) -> MemoryFileContent {
    guard let content = state.withLock({ $0.files[path] }) else {
      throw .io(path: path, operation: operation, errno: ENOENT)
    }
    return content
  }
}

/// A lock that runs a piece of code when it is let go.
final class MemoryFileLock: FileLock {
  private let unlock: @Sendable () -> Void

  init(unlock: @escaping @Sendable () -> Void) {
    self.unlock = unlock
  }

  deinit {
    unlock()
  }
}

/// A file's bytes, apart from its names.
final class MemoryFileContent: Sendable {
  private let bytes: Mutex<[UInt8]>

  init(_ bytes: [UInt8] = []) {
    self.bytes = Mutex(bytes)
  }

  var count: Int { bytes.withLock { $0.count } }

  var copy: [UInt8] { bytes.withLock { $0 } }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    bytes.withLock { bytes in
      let count = max(0, min(buffer.count, bytes.count - offset))
      guard count > 0 else { return 0 }
      bytes.withUnsafeBytes { source in
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[offset..<offset + count]))
      }
      return count
    }
  }

  func write(_ source: RawSpan, at offset: Int) {
    source.withUnsafeBytes { source in
      bytes.withLock { bytes in
        let overlap = max(0, min(bytes.count - offset, source.count))
        if offset > bytes.count {
          bytes.append(contentsOf: repeatElement(0, count: offset - bytes.count))
        }
        if overlap > 0 {
          bytes.withUnsafeMutableBytes { destination in
            UnsafeMutableRawBufferPointer(rebasing: destination[offset..<offset + overlap])
              .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<overlap]))
          }
        }
        bytes.append(contentsOf: source[overlap...])
      }
    }
  }

  func truncate(to count: Int) {
    bytes.withLock { bytes in
      if count < bytes.count {
        bytes.removeLast(bytes.count - count)
      } else {
        bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
      }
    }
  }
}

private final class MemoryFile: WritableFile, ReadableFile {
  let path: String
  private let content: MemoryFileContent

  init(path: String, content: MemoryFileContent) {
    self.path = path
    self.content = content
  }

  func sizeBytes() throws(TreeError) -> Int { content.count }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TreeError) -> Int {
    content.read(into: buffer, at: offset)
  }

  func willRead(_ range: Range<Int>) {}

  func write(_ bytes: RawSpan, at offset: Int) throws(TreeError) {
    content.write(bytes, at: offset)
  }

  func sync() throws(TreeError) {}

  func preallocate(_ count: Int) throws(TreeError) {}

  func truncate(to count: Int) throws(TreeError) {
    content.truncate(to: count)
  }

  func close() throws(TreeError) {}
}
