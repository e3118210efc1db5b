/// Everything the tree asks of a disk.
///
/// All files are reached through this protocol, and nothing else in the module makes a system call about files, so that
/// one history of writes can be run against a real disk, against memory, and against a disk that loses power
/// (`RealFileSystem`, `MemoryFileSystem`, `FaultFileSystem`).
///
/// The protocol says what a crash may take, and the tree relies on exactly this:
/// - bytes written to a file survive a crash only after `WritableFile.sync()` on that file has returned;
/// - a file's name (created, renamed, linked or removed) survives only after `syncDirectory(_:)` on its directory has
///   returned;
/// - `rename(_:to:)` replaces its destination atomically: after a crash the name leads to the old file or to the new one.
///
/// Paths are used as given; `/` separates components. Every call may block on the disk and may be made from any thread.
/// Failures are `TreeError.io` with the call's `errno`.
public protocol FileSystem: Sendable {
  /// Makes an empty file and opens it for writing. A file of that name loses its content.
  func createFile(_ path: String) throws(TreeError) -> any WritableFile

  /// Opens a file that exists for writing, its content kept: a log segment that is written again, or one whose tail
  /// is cut after a crash.
  func openForWriting(_ path: String) throws(TreeError) -> any WritableFile

  /// Opens a file that exists for reading at any offset.
  func openForReading(_ path: String) throws(TreeError) -> any ReadableFile

  /// The file's size in bytes.
  func sizeBytes(of path: String) throws(TreeError) -> Int

  /// Whether a file or a directory has that name.
  func exists(_ path: String) -> Bool

  /// The names, not the paths, of what a directory holds, sorted.
  func list(_ directory: String) throws(TreeError) -> [String]

  /// Gives a file another name in one step, replacing what had it.
  func rename(_ path: String, to newPath: String) throws(TreeError)

  /// Gives a file one more name. Fails with `EEXIST` when the name is taken.
  func link(_ path: String, to newPath: String) throws(TreeError)

  /// Removes a file's name. Files that are open stay readable and writable until they are closed.
  func remove(_ path: String) throws(TreeError)

  /// Makes a directory and every missing one above it. One that exists is no error.
  func createDirectory(_ path: String) throws(TreeError)

  /// Makes every name in the directory, and every removal from it, survive a crash.
  func syncDirectory(_ path: String) throws(TreeError)

  /// Takes the lock that keeps a second tree out of a directory, making the file if it is missing. The lock is held
  /// until the returned object goes away, or until the process ends in whatever way.
  ///
  /// Throws `TreeError.locked` when somebody holds it, this process included.
  func lockExclusively(_ path: String) throws(TreeError) -> any FileLock
}

/// A file open for writing at given offsets. It holds no position of its own, so two threads may write different
/// parts of it and a third may sync it at the same time.
public protocol WritableFile: AnyObject, Sendable {
  /// The name it was opened by.
  var path: String { get }

  /// Writes all the bytes at `offset`, growing the file if needed. What lies between its old end and `offset` reads as
  /// zeros.
  func write(_ bytes: RawSpan, at offset: Int) throws(TreeError)

  /// Returns when all bytes that were written before the call survive a crash. When it throws, nobody knows which of
  /// them do, now or after another try: the caller must stop trusting the file.
  func sync() throws(TreeError)

  /// Asks for bytes that were written to be on their way to the disk, so that the next `sync()` finds less to do and
  /// others' syncs don't wait behind it. Advice: it promises nothing, and a file system may leave it out.
  func startWriting(_ range: Range<Int>)

  /// Asks for room for `count` bytes from the file's beginning without changing its size or content. Advice: a file
  /// system that can't do it returns without an error; a full disk throws.
  func preallocate(_ count: Int) throws(TreeError)

  /// Cuts the file to `count` bytes, or grows it with zeros.
  func truncate(to count: Int) throws(TreeError)

  /// Closes the file without syncing it. Closing twice is no error. A file that is let go without closing is closed.
  func close() throws(TreeError)
}

/// A file open for reading at given offsets, from any number of threads at once.
public protocol ReadableFile: AnyObject, Sendable {
  /// The name it was opened by.
  var path: String { get }

  /// The file's size in bytes now.
  func sizeBytes() throws(TreeError) -> Int

  /// Reads as many bytes at `offset` as the buffer takes and returns how many there were. Fewer than the buffer takes
  /// only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TreeError) -> Int

  /// Tells the file system that these bytes will be read soon. Advice.
  func willRead(_ range: Range<Int>)
}

extension WritableFile {
  public func startWriting(_ range: Range<Int>) {}
}

/// A lock on a directory; letting go of it unlocks.
public protocol FileLock: AnyObject, Sendable {}

extension FileSystem {
  /// The whole content of a small file. Throws `TreeError.corruption` if it is larger than `limitBytes`.
  package func readAll(_ path: String, limitBytes: Int) throws(TreeError) -> [UInt8] {
    let file = try openForReading(path)
    let sizeBytes = try file.sizeBytes()
    guard sizeBytes <= limitBytes else {
      throw .corruption(
        file: path, offset: 0, reason: "\(sizeBytes) bytes, more than the \(limitBytes) it can have")
    }
    return try file.readBytes(0..<sizeBytes)
  }

  /// Replaces a small file so that after a crash it holds the old bytes or the new ones: writes aside, syncs, renames,
  /// syncs the directory.
  package func replaceAtomically(
    _ path: String, with bytes: [UInt8], inDirectory directory: String
  ) throws(TreeError) {
    let aside = path + ".new"
    let file = try createFile(aside)
    try file.write(bytes.span.bytes, at: 0)
    try file.sync()
    try file.close()
    try rename(aside, to: path)
    try syncDirectory(directory)
  }
}

extension ReadableFile {
  /// The bytes of a range. Throws `TreeError.corruption` if the file ends before it does.
  package func readBytes(_ range: Range<Int>) throws(TreeError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var failure: TreeError?
    let count = bytes.withUnsafeMutableBytes { buffer in
      do throws(TreeError) {
        return try read(into: buffer, at: range.lowerBound)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw failure }
    guard count == range.count else {
      throw .corruption(file: path, offset: range.lowerBound + count, reason: "the file ends here, too soon")
    }
    return bytes
  }
}
