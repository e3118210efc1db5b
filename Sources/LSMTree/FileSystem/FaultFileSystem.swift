import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A disk in memory that fails on demand, for tests and simulations.
///
/// **Fault model.** At a power cut a file keeps what was written before its last successful sync, and of what was written
/// since any part, torn writes included; a name keeps the state of its directory's last sync, and of the changes since,
/// the first few. Syncing a file does not save its name. After a sync that failed, nothing written before it is sure ever
/// again, although it can still be read. Not modelled: bytes that change while nobody writes (tests flip those
/// themselves), and disks that say they synced when they didn't.
///
/// Every operation that changes the disk has a number, from 0. A plan decides by number, kind and path which of them fail
/// and at which the power goes; from then on everything fails, until the test goes on with `afterPowerCut`.
package final class FaultFileSystem: FileSystem {
  package enum Kind: Sendable {
    case create, open, read, write, sync, syncDirectory, rename, link, remove, truncate, preallocate

    /// Whether it changes the disk, and so has a number of its own.
    var isChange: Bool {
      switch self {
      case .open, .read: false
      default: true
      }
    }
  }

  package struct Operation: Sendable {
    /// How many changes came before, if this is a change; -1 if it only looks.
    package var number: Int
    package var kind: Kind
    package var path: String
  }

  package enum Fault: Sendable {
    /// The operation throws. A write may have been done in part.
    case fail(errno: Int32)
    /// The power goes while the operation is under way: it may be done, in part or not at all.
    case cutPower
  }

  package typealias Plan = @Sendable (Operation) -> Fault?

  private struct State {
    var disk = FaultDisk()
    var changeCount = 0
    var isOff = false
    var locks: Set<String> = []
    var plan: Plan = { _ in nil }
  }

  // The disk's nodes are shared between names, so they are classes; all of them are touched under this lock only.
  private struct Guarded: @unchecked Sendable { var state = State() }
  private let guarded = Mutex(Guarded())

  package init(plan: @escaping Plan = { _ in nil }) {
    guarded.withLock { $0.state.plan = plan }
  }

  private init(_ disk: FaultDisk) {
    let disk = Transfer(value: disk)
    guarded.withLock { $0.state.disk = disk.value }
  }

  /// Carries a disk that nobody else holds any more into a lock.
  private struct Transfer: @unchecked Sendable { let value: FaultDisk }

  /// How many changes were asked for so far.
  package var changeCount: Int { guarded.withLock { $0.state.changeCount } }

  package var isOff: Bool { guarded.withLock { $0.state.isOff } }

  package func setPlan(_ plan: @escaping Plan) {
    guarded.withLock { $0.state.plan = plan }
  }

  /// Turns the power off now, if it is not, and returns the disk as it is found when it is back on.
  package func afterPowerCut(seed: UInt64) -> FaultFileSystem {
    let disk = guarded.withLock { guarded in
      guarded.state.isOff = true
      var generator = SplitMix(state: seed)
      return Transfer(value: guarded.state.disk.afterPowerCut(&generator))
    }
    return FaultFileSystem(disk.value)
  }

  /// Does one operation on the disk, unless the plan says otherwise.
  fileprivate func perform<Value>(
    _ kind: Kind, _ path: String, _ operation: String,
    inPart: (inout FaultDisk) -> Void = { _ in },
    _ body: (inout FaultDisk) -> Result<Value, FaultError>
  ) throws(TreeError) -> Value {
    let result = guarded.withLock { guarded -> Result<Value, FaultError> in
      guard !guarded.state.isOff else { return .failure(FaultError(errno: EIO)) }
      let number = kind.isChange ? guarded.state.changeCount : -1
      if kind.isChange { guarded.state.changeCount += 1 }
      switch guarded.state.plan(Operation(number: number, kind: kind, path: path)) {
      case nil: return body(&guarded.state.disk)
      case .fail(let code):
        inPart(&guarded.state.disk)
        return .failure(FaultError(errno: code))
      case .cutPower:
        // What was not synced is at the mercy of the dice anyway, so doing all of it covers each of its parts. A
        // sync is not done: it may be acknowledged only when it is.
        if kind != .sync, kind != .syncDirectory { _ = body(&guarded.state.disk) }
        guarded.state.isOff = true
        return .failure(FaultError(errno: EIO))
      }
    }
    switch result {
    case .success(let value): return value
    case .failure(let error): throw .io(path: path, operation: operation, errno: error.errno)
    }
  }

  struct FaultError: Error {
    var errno: Int32
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}

// MARK: Names

extension FaultFileSystem {
  package func createFile(_ path: String) throws(TreeError) -> any WritableFile {
    let node = try perform(.create, path, "open") { disk in
      if let node = disk.names[path] {
        disk.change(node, .truncate(to: 0))
        return .success(node)
      }
      let node = FaultDisk.Node()
      disk.change(.init(directory: Self.directory(of: path), set: [path: node]))
      return .success(node)
    }
    return FaultFile(path: path, node: node, fileSystem: self)
  }

  package func openForWriting(_ path: String) throws(TreeError) -> any WritableFile { try open(path) }

  package func openForReading(_ path: String) throws(TreeError) -> any ReadableFile { try open(path) }

  private func open(_ path: String) throws(TreeError) -> FaultFile {
    let node = try perform(.open, path, "open") { disk in Self.found(disk.names[path]) }
    return FaultFile(path: path, node: node, fileSystem: self)
  }

  package func sizeBytes(of path: String) throws(TreeError) -> Int {
    try perform(.open, path, "stat") { disk in Self.found(disk.names[path]).map(\.live.count) }
  }

  package func exists(_ path: String) -> Bool {
    guarded.withLock { $0.state.disk.names[path] != nil || $0.state.disk.directories.contains(path) }
  }

  package func list(_ directory: String) throws(TreeError) -> [String] {
    try perform(.open, directory, "opendir") { disk in
      guard disk.directories.contains(directory) else { return .failure(FaultError(errno: ENOENT)) }
      let paths = disk.names.keys.filter { Self.directory(of: $0) == directory }
      return .success(paths.map { String($0.dropFirst(directory.count + 1)) }.sorted())
    }
  }

  package func rename(_ path: String, to newPath: String) throws(TreeError) {
    try perform(.rename, path, "rename") { disk -> Result<Void, FaultError> in
      guard let node = disk.names[path] else { return .failure(FaultError(errno: ENOENT)) }
      return .success(
        disk.change(.init(directory: Self.directory(of: newPath), set: [newPath: node], removed: [path])))
    }
  }

  package func link(_ path: String, to newPath: String) throws(TreeError) {
    try perform(.link, newPath, "link") { disk -> Result<Void, FaultError> in
      guard disk.names[newPath] == nil else { return .failure(FaultError(errno: EEXIST)) }
      guard let node = disk.names[path] else { return .failure(FaultError(errno: ENOENT)) }
      return .success(disk.change(.init(directory: Self.directory(of: newPath), set: [newPath: node])))
    }
  }

  package func remove(_ path: String) throws(TreeError) {
    try perform(.remove, path, "unlink") { disk -> Result<Void, FaultError> in
      guard disk.names[path] != nil else { return .failure(FaultError(errno: ENOENT)) }
      return .success(disk.change(.init(directory: Self.directory(of: path), removed: [path])))
    }
  }

  package func createDirectory(_ path: String) throws(TreeError) {
    guarded.withLock { $0.state.disk.makeDirectory(path) }
  }

  package func syncDirectory(_ path: String) throws(TreeError) {
    try perform(.syncDirectory, path, "fsync") { disk -> Result<Void, FaultError> in
      disk.syncDirectory(path)
      return .success(())
    }
  }

  package func lockExclusively(_ path: String) throws(TreeError) -> any FileLock {
    guard guarded.withLock({ $0.state.locks.insert(path).inserted }) else { throw .locked(path: path) }
    return MemoryFileLock { [weak self] in
      self?.guarded.withLock { _ = $0.state.locks.remove(path) }
    }
  }

  private static func found(_ node: FaultDisk.Node?) -> Result<FaultDisk.Node, FaultError> {
    node.map { .success($0) } ?? .failure(FaultError(errno: ENOENT))
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}

/// An open file of such a disk. Its node is touched only inside the disk's lock.
private final class FaultFile: WritableFile, ReadableFile, @unchecked Sendable {
  let path: String
  private let node: FaultDisk.Node
  private let fileSystem: FaultFileSystem

  init(path: String, node: FaultDisk.Node, fileSystem: FaultFileSystem) {
    self.path = path
    self.node = node
    self.fileSystem = fileSystem
  }

  func sizeBytes() throws(TreeError) -> Int {
    try fileSystem.perform(.open, path, "fstat") { _ in .success(node.live.count) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(TreeError) -> Int {
    try fileSystem.perform(.read, path, "pread") { _ in
      let count = max(0, min(buffer.count, node.live.count - offset))
      if count > 0 {
        node.live.withUnsafeBytes {
          buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count]))
        }
      }
      return .success(count)
    }
  }

  func willRead(_ range: Range<Int>) {}

  func write(_ bytes: RawSpan, at offset: Int) throws(TreeError) {
    let copy = bytes.withUnsafeBytes { Array($0) }
    try fileSystem.perform(
      .write, path, "pwrite",
      inPart: { $0.change(node, .write(Array(copy[..<(copy.count / 2)]), at: offset)) },
      { disk in .success(disk.change(node, .write(copy, at: offset))) })
  }

  func sync() throws(TreeError) {
    try fileSystem.perform(
      .sync, path, "fdatasync", inPart: { $0.failSync(node) }, { disk in .success(disk.sync(node)) })
  }

  func preallocate(_ count: Int) throws(TreeError) {
    try fileSystem.perform(.preallocate, path, "preallocate") { _ in .success(()) }
  }

  func truncate(to count: Int) throws(TreeError) {
    try fileSystem.perform(.truncate, path, "ftruncate") { disk in
      .success(disk.change(node, .truncate(to: count)))
    }
  }

  func close() throws(TreeError) {}
}
