extension Engine {
  /// Makes a copy of the tree in a directory of its own and returns the sequence number that it holds.
  func checkpoint(to directory: String) throws(TreeError) -> SequenceNumber {
    try flush()
    return try Checkpoint(of: versions, to: directory).write()
  }
}

/// A copy of a tree that shares the bytes of its files.
///
/// **What it holds.** One version, which this object keeps from losing files, and which says with one number how much of
/// the history is in its tables. So the copy needs no log: it is the tree as it was at that number. The flush before it brings
/// that number up to date. Copying the log's tail instead would write the same bytes uncompressed, and the source would have
/// to write them as a table all the same.
///
/// **What a crash leaves.** Tables first, then their names, then a manifest, then `CURRENT`: each is durable before the
/// next begins; before all, if the tree is encrypted, the keys of its files. A directory that has no `CURRENT` is not a tree, and opening it says so. The source is only read from.
private struct Checkpoint {
  private let store: TableStore
  private let version: Version
  private let state: VersionEdit
  private let manifestNumber: UInt64
  private let directory: String

  init(of versions: VersionSet, to directory: String) {
    store = versions.store
    manifestNumber = versions.newFileNumber()
    var (version, state) = versions.currentState
    state.nextFileNumber = versions.newFileNumber()
    self.version = version
    self.state = state
    self.directory = directory
  }

  func write() throws(TreeError) -> SequenceNumber {
    let fileSystem = store.fileSystem
    if fileSystem.exists(directory), try !fileSystem.list(directory).isEmpty {
      throw .invalidInput(
        what: directory, reason: "a checkpoint is made in a directory that is empty or missing")
    }
    try fileSystem.createDirectoryDurably(directory)
    do throws(TreeError) {
      try store.keys.copy(to: directory, in: fileSystem)
      for name in fileNames { try fileSystem.linkOrCopy(store.directory + "/" + name, to: path(name)) }
      try fileSystem.syncDirectory(directory)
      try VersionSet.beginManifest(manifestNumber, version, state, store, in: directory).close()
    } catch {
      removeAll()
      throw error
    }
    return state.flushedSequence ?? 0
  }

  /// The files of tables, which virtual tables may share, and of values.
  private var fileNames: [String] {
    let tables = Set(version.levels.joined().map(\.backing.number)).sorted()
    return tables.map(FileNames.table) + version.valueFiles.map { FileNames.values($0.file.number) }
  }

  private func path(_ name: String) -> String { directory + "/" + name }

  /// After a failure: what was made goes, so that it can be tried again. `CURRENT` first, which makes it a tree.
  private func removeAll() {
    for name in [FileNames.current, FileNames.current + ".new", FileNames.manifest(manifestNumber)]
      + fileNames + [KeyFile.name]
    {
      try? store.fileSystem.remove(path(name))
    }
  }
}
