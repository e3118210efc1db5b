import CPlatform

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The machine's own files.
public struct RealFileSystem: FileSystem {
  public init() {}

  public func createFile(_ path: String) throws(TreeError) -> any WritableFile {
    RealFile(path: path, descriptor: try open(path, O_RDWR | O_CREAT | O_TRUNC))
  }

  public func openForWriting(_ path: String) throws(TreeError) -> any WritableFile {
    RealFile(path: path, descriptor: try open(path, O_RDWR))
  }

  public func openForReading(_ path: String) throws(TreeError) -> any ReadableFile {
    RealFile(path: path, descriptor: try open(path, O_RDONLY))
  }

  public func sizeBytes(of path: String) throws(TreeError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .failed("stat", path) }
    return Int(status.st_size)
  }

  public func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  public func list(_ directory: String) throws(TreeError) -> [String] {
    guard let stream = opendir(directory) else { throw .failed("opendir", directory) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw .failed("readdir", directory) }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
      }
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
  }

  public func rename(_ path: String, to newPath: String) throws(TreeError) {
    #if canImport(Darwin)
      let result = Darwin.rename(path, newPath)
    #elseif canImport(Musl)
      let result = Musl.rename(path, newPath)
    #else
      let result = Glibc.rename(path, newPath)
    #endif
    guard result == 0 else { throw .failed("rename", path) }
  }

  public func link(_ path: String, to newPath: String) throws(TreeError) {
    guard linkat(AT_FDCWD, path, AT_FDCWD, newPath, 0) == 0 else { throw .failed("link", newPath) }
  }

  public func remove(_ path: String) throws(TreeError) {
    guard unlink(path) == 0 else { throw .failed("unlink", path) }
  }

  public func createDirectory(_ path: String) throws(TreeError) {
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let parent = Self.parent(of: path) else { throw .failed("mkdir", path) }
    try createDirectory(parent)
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw .failed("mkdir", path) }
  }

  /// The path above, or nil at the root and for a lone name. Shorter at each step, which bounds the recursion above.
  private static func parent(of path: String) -> String? {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return nil }
    return String(path[..<slash])
  }

  public func syncDirectory(_ path: String) throws(TreeError) {
    let descriptor = try open(path, O_RDONLY | O_DIRECTORY)
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .failed("fsync", path) }
  }

  public func lockExclusively(_ path: String) throws(TreeError) -> any FileLock {
    let file = RealFile(path: path, descriptor: try open(path, O_RDWR | O_CREAT))
    switch platform_lock_exclusive(file.descriptor) {
    case 0: return file
    case EWOULDBLOCK: throw .locked(path: path)
    case let code: throw .io(path: path, operation: "lock", errno: code)
    }
  }

  private func open(_ path: String, _ flags: Int32) throws(TreeError) -> Int32 {
    while true {
      #if canImport(Darwin)
        let descriptor = Darwin.open(path, flags | O_CLOEXEC, 0o644)
      #elseif canImport(Musl)
        let descriptor = Musl.open(path, flags | O_CLOEXEC, 0o644)
      #else
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o644)
      #endif
      if descriptor >= 0 { return descriptor }
      if errno != EINTR { throw .failed("open", path) }
    }
  }
}

/// One file descriptor. Reads and writes name their offsets, so that the kernel's file position is never used and
/// threads need no lock between them.
private final class RealFile: WritableFile, ReadableFile, FileLock {
  let path: String
  let descriptor: Int32
  private let isClosed = AtomicFlag()

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit {
    try? close()
  }

  func sizeBytes() throws(TreeError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .failed("fstat", path) }
    return Int(status.st_size)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TreeError) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + done))
      if count == 0 { break }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        throw .failed("pread", path)
      }
    }
    return done
  }

  func willRead(_ range: Range<Int>) {
    #if !canImport(Darwin)
      _ = posix_fadvise(descriptor, off_t(range.lowerBound), off_t(range.count), POSIX_FADV_WILLNEED)
    #endif
  }

  func write(_ bytes: RawSpan, at offset: Int) throws(TreeError) {
    let isWritten = bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return true }
      var done = 0
      while done < buffer.count {
        let count = pwrite(descriptor, base + done, buffer.count - done, off_t(offset + done))
        if count >= 0 {
          done += count
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }
    guard isWritten else { throw .failed("pwrite", path) }
  }

  func startWriting(_ range: Range<Int>) {
    platform_start_writing(descriptor, Int64(range.lowerBound), Int64(range.count))
  }

  func sync() throws(TreeError) {
    let code = platform_sync_data(descriptor)
    guard code == 0 else { throw .io(path: path, operation: "fdatasync", errno: code) }
  }

  func preallocate(_ count: Int) throws(TreeError) {
    let code = platform_preallocate(descriptor, Int64(count))
    guard code == 0 else { throw .io(path: path, operation: "preallocate", errno: code) }
  }

  func truncate(to count: Int) throws(TreeError) {
    guard ftruncate(descriptor, off_t(count)) == 0 else { throw .failed("ftruncate", path) }
  }

  func close() throws(TreeError) {
    guard isClosed.setFirst() else { return }
    #if canImport(Darwin)
      let result = Darwin.close(descriptor)
    #elseif canImport(Musl)
      let result = Musl.close(descriptor)
    #else
      let result = Glibc.close(descriptor)
    #endif
    // After EINTR the descriptor is gone all the same; a second close could hit somebody else's.
    guard result == 0 || errno == EINTR else { throw .failed("close", path) }
  }
}

extension TreeError {
  /// What the call that just failed left in `errno`.
  fileprivate static func failed(_ operation: String, _ path: String) -> TreeError {
    .io(path: path, operation: operation, errno: errno)
  }
}
