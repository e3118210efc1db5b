/// A tree as it lies on disk, to look at: nothing is made, changed or removed, not even what a crash left behind.
///
/// Opening replays the log into memory, as opening a tree does, and writes none of it. So a view shows what a tree that is
/// opened now would show.
public final class TreeInspection: Sendable {
  let store: TableStore
  let contents: ManifestContents
  let version: Version
  let log: LogReplay?
  private let live: LiveState
  private let lock: any FileLock

  /// Opens the tree in `directory`, which must hold one. Nobody else may have it open.
  ///
  /// Throws `locked`, `corruption`, `unsupportedFormat`; `TreeInspection.verify` says more of a tree that can't be opened.
  public init(
    _ directory: String, options: TreeOptions = .init(), fileSystem: any FileSystem = RealFileSystem()
  ) throws(TreeError) {
    try options.check()
    let fileSystem = ReadOnlyFileSystem(fileSystem)
    lock = try fileSystem.lockExclusively(directory + "/LOCK")
    store = try Self.store(directory, options, fileSystem)
    contents = try VersionSet.readManifest(store, try fileSystem.list(directory))
    version = try VersionSet.openVersion(contents, store)
    let live = LiveState(options: options, version: version, flushedSequence: contents.flushedSequence)
    self.live = live
    log = try Self.replay(store, after: contents.flushedSequence) { payload, first in
      live.replay(payload, first)
    }
  }

  /// The files of a directory, with the keys that it has, if it has any. None are made.
  static func store(
    _ directory: String, _ options: TreeOptions, _ fileSystem: ReadOnlyFileSystem
  ) throws(TreeError) -> TableStore {
    let hasKeys = fileSystem.exists(directory + "/" + KeyFile.name)
    let keys = try DirectoryKeys.open(directory, in: fileSystem, hasKeys ? options.cipher : nil)
    return TableStore(directory: directory, fileSystem: fileSystem, options: options, keys: keys)
  }

  /// The segments of a log, if there is one: a checkpoint has none before it is opened.
  private static func replay(
    _ store: TableStore, after flushed: SequenceNumber,
    _ body: (RawSpan, SequenceNumber) throws(TreeError) -> Void
  ) throws(TreeError) -> LogReplay? {
    let directory = store.directory + "/" + FileNames.log
    guard store.fileSystem.exists(directory) else { return nil }
    return try LogReplay(
      directory, fileSystem: store.fileSystem, after: flushed, keys: store.keys, body: body)
  }

  /// The last write there is.
  public var lastSequence: SequenceNumber { log?.last ?? contents.flushedSequence }

  /// What a tree that is opened now would show.
  public func view() -> ReadView { ReadView(live.stripes.current, lastSequence) }

  /// Calls `body` with each batch of the log that is in no table yet, and the segment it is in.
  func forEachLogBatch(_ body: (UnsafeRawBufferPointer, SequenceNumber) -> Void) throws(TreeError) {
    _ = try Self.replay(store, after: contents.flushedSequence) { payload, first in
      payload.withUnsafeBytes { body($0, first) }
    }
  }
}
