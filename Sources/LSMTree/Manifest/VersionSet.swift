import Synchronization

/// The current version of a tree, and the manifest that makes it survive.
///
/// **Order of events.** An edit names files that are complete and synced. `apply` syncs the directory, so that their names
/// are durable; appends the edit to the manifest and syncs that; and only then makes the new version the current one. So
/// a version that anyone has seen survives a crash, and files that a crash leaves behind without an edit
/// are found at the next opening and removed.
///
/// **Two locks.** Readers that fetch the current version take `latest`, which is held for a pointer's length and never
/// while waiting for a disk. Editors take `editor`, across the writes. (A tree's readers don't even come here: they
/// hold memtables and version together, fetched when either changed.)
///
/// A manifest whose write or sync failed may or may not hold the edit. Nothing more is written to it, and every further
/// edit is refused, until the tree is opened anew.
package final class VersionSet: Sendable {
  private struct Editor {
    var manifest: ManifestWriter
    var manifestNumber: UInt64
    var state: VersionEdit
    var isPoisoned = false
  }

  package let store: TableStore
  private let latest: Mutex<Version>
  private let editor: Mutex<Editor>
  private let nextNumber: Atomic<UInt64>

  /// A manifest above this, and above twice what its version needs, is written anew.
  private static let manifestBytesMin = 1 << 20

  /// Opens the version of a directory; an empty directory gets an empty version. The caller holds the directory's lock.
  /// Files that are no part of it are removed.
  ///
  /// Throws `corruption` if the manifest is damaged, names files that are missing or of the wrong size, or is missing
  /// itself while there are tables.
  package init(opening store: TableStore) throws(TreeError) {
    let names = try store.fileSystem.list(store.directory)
    let contents = try Self.readManifest(store, names)
    let version = try Self.openVersion(contents, store)
    let numbers = names.compactMap {
      FileNames.tableNumber($0) ?? FileNames.valuesNumber($0) ?? FileNames.manifestNumber($0)
    }
    let manifestNumber = max(contents.state.nextFileNumber ?? 1, (numbers.max() ?? 0) + 1)
    self.store = store
    latest = Mutex(version)
    nextNumber = Atomic(manifestNumber + 1)
    var state = contents.state
    state.nextFileNumber = manifestNumber + 1
    editor = Mutex(
      Editor(
        manifest: try Self.beginManifest(
          manifestNumber, version, state, store, in: store.directory),
        manifestNumber: manifestNumber,
        state: state))
    try Self.removeStrangers(store, names, version, manifestNumber)
  }

  /// The newest version.
  package var current: Version { latest.withLock { $0 } }

  /// The newest version, and what the manifest says beside it: how much of the history is in its tables above all.
  var currentState: (version: Version, state: VersionEdit) {
    editor.withLock { editor in (current, editor.state) }
  }

  /// A number that no file has had. Those that end up unused are no loss.
  package func newFileNumber() -> UInt64 {
    nextNumber.add(1, ordering: .relaxed).oldValue
  }

  /// Every entry at or below it is in tables.
  package var flushedSequence: SequenceNumber { editor.withLock { $0.state.flushedSequence ?? 0 } }

  /// The greatest sequence number in any table.
  package var lastSequence: SequenceNumber { editor.withLock { $0.state.lastSequence ?? 0 } }

  /// Whether an edit failed half way, so that nobody knows what the manifest holds.
  var isPoisoned: Bool { editor.withLock { $0.isPoisoned } }

  package var manifestSizeBytes: Int { editor.withLock { $0.manifest.sizeBytes } }

  /// Makes an edit part of the current version, durably, and returns the new one. For a background thread: it syncs twice.
  /// Value files that no table refers to afterwards are removed by the same edit.
  ///
  /// Throws `poisoned` after an earlier failure, and stops the program if the edit contradicts the current version.
  @discardableResult
  package func apply(_ edit: VersionEdit) throws(TreeError) -> Version {
    var failure: TreeError?
    let version = editor.withLock { editor -> Version? in
      do throws(TreeError) {
        return try apply(edit, &editor)
      } catch {
        failure = error
        return nil
      }
    }
    guard let version else { throw failure! }
    return version
  }

  private func apply(_ edit: VersionEdit, _ editor: inout Editor) throws(TreeError) -> Version {
    guard !editor.isPoisoned else { throw .poisoned(reason: "an earlier write to the manifest failed") }
    let base = current
    var builder = VersionBuilder(base)
    if let fault = builder.apply(edit) { preconditionFailure(fault) }
    guard case .success(let infos) = builder.sortedLevels() else {
      preconditionFailure("an edit puts files into a level that share keys")
    }
    var edit = edit
    edit.valueFilesRemoved += builder.removeUnreferenced()
    let version = try Self.makeVersion(infos, builder.sortedValueFiles, from: base, store)
    let added = Set(edit.added.map(\.file.number))
    // A table that can't be read back never counts, and its first reader need not wait for it to be opened.
    for file in version.levels.joined() where added.contains(file.number) { _ = try file.reader(.blocking) }
    for file in edit.valueFilesAdded { _ = try version.valueFile(file.number)?.openFile() }
    edit.nextFileNumber = nextNumber.load(ordering: .relaxed)
    if !edit.added.isEmpty || !edit.valueFilesAdded.isEmpty {
      try store.fileSystem.syncDirectory(store.directory)
    }
    // From here on a failure leaves the file in a state that nobody knows.
    editor.isPoisoned = true
    try editor.manifest.append(edit)
    Self.take(edit, into: &editor.state)
    try rewriteIfLarge(&editor, version)
    editor.isPoisoned = false
    let kept = Set(version.levels.joined().map(\.backing.number))
    for file in base.levels.joined() where !kept.contains(file.backing.number) {
      _ = file.backing.wasRemoved.setFirst()
    }
    for number in edit.valueFilesRemoved { _ = base.valueFile(number)?.wasRemoved.setFirst() }
    latest.withLock { $0 = version }
    return version
  }

  private func rewriteIfLarge(_ editor: inout Editor, _ version: Version) throws(TreeError) {
    guard editor.manifest.sizeBytes > Self.manifestBytesMin,
      editor.manifest.sizeBytes > 2 * Self.snapshot(version, editor.state).encode().count
    else { return }
    let number = newFileNumber()
    editor.state.nextFileNumber = number + 1
    let old = editor.manifestNumber
    try editor.manifest.close()
    editor.manifest = try Self.beginManifest(
      number, version, editor.state, store, in: store.directory)
    editor.manifestNumber = number
    try store.fileSystem.remove(store.directory + "/" + FileNames.manifest(old))
  }
}

// MARK: Opening

extension VersionSet {
  /// Writes a manifest that holds only `version` and makes it the one that counts in a directory.
  static func beginManifest(
    _ number: UInt64, _ version: Version, _ state: VersionEdit, _ store: TableStore, in directory: String
  ) throws(TreeError) -> ManifestWriter {
    let name = FileNames.manifest(number)
    let writer = try ManifestWriter(
      creating: directory + "/" + name, in: store.fileSystem, snapshot: snapshot(version, state),
      key: try store.keys.newKey(.manifest, number))
    // The manifest's own name has to be durable before CURRENT may lead to it.
    try store.fileSystem.syncDirectory(directory)
    try store.fileSystem.replaceAtomically(
      directory + "/" + FileNames.current, with: Array((name + "\n").utf8), inDirectory: directory)
    return writer
  }

  private static func removeStrangers(
    _ store: TableStore, _ names: [String], _ version: Version, _ manifestNumber: UInt64
  ) throws(TreeError) {
    let tables = Set(version.levels.joined().map(\.backing.number))
    for name in names {
      let isStranger =
        FileNames.tableNumber(name).map { !tables.contains($0) }
        ?? FileNames.valuesNumber(name).map { version.valueFile($0) == nil }
        ?? FileNames.manifestNumber(name).map { $0 != manifestNumber }
        ?? false
      if isStranger { try store.fileSystem.remove(store.directory + "/" + name) }
    }
  }
}

// MARK: Versions and edits

extension VersionSet {
  /// A version of files that are in order; those that `base` has are its objects, tables and what backs them.
  static func makeVersion(
    _ infos: [[TableFileInfo]], _ valueFiles: [(info: ValueFileInfo, references: ValueReferences.Share)],
    from base: Version, _ store: TableStore
  ) throws(TreeError) -> Version {
    let known = Dictionary(uniqueKeysWithValues: base.levels.joined().map { ($0.number, $0) })
    var backings = Dictionary(
      base.levels.joined().map { ($0.backing.number, $0.backing) }, uniquingKeysWith: { first, _ in first })
    var levels: [[TableFile]] = []
    for level in infos {
      var files: [TableFile] = []
      for info in level {
        if let file = known[info.number] {
          files.append(file)
        } else {
          let backing =
            backings[info.backingNumber]
            ?? TableBacking(number: info.backingNumber, sizeBytes: info.backingSizeBytes, in: store)
          backings[info.backingNumber] = backing
          files.append(try TableFile(info, backing))
        }
      }
      levels.append(files)
    }
    let hasSameDeletions = withDeletions(levels) == withDeletions(base.levels)
    return Version(
      levels: levels, rangeDeletions: hasSameDeletions ? base.rangeDeletions : nil,
      valueFiles: valueFiles.map { file in
        ValueFileUse(
          file: base.valueFile(file.info.number) ?? ValueFile(file.info, in: store),
          references: file.references)
      })
  }

  /// The numbers of the files that hold range deletions.
  private static func withDeletions(_ levels: [[TableFile]]) -> Set<UInt64> {
    Set(levels.joined().filter { $0.info.rangeDeletionCount > 0 }.map(\.number))
  }

  static func take(_ edit: VersionEdit, into state: inout VersionEdit) {
    state.flushedSequence =
      edit.flushedSequence.map { max($0, state.flushedSequence ?? 0) } ?? state.flushedSequence
    state.lastSequence = edit.lastSequence.map { max($0, state.lastSequence ?? 0) } ?? state.lastSequence
    state.nextFileNumber = edit.nextFileNumber ?? state.nextFileNumber
  }

  /// The edit that makes a version out of nothing.
  private static func snapshot(_ version: Version, _ state: VersionEdit) -> VersionEdit {
    var edit = state
    edit.added = version.levels.enumerated().flatMap { level, files in
      files.map { VersionEdit.Added(level: level, file: $0.info) }
    }
    edit.valueFilesAdded = version.valueFiles.map(\.file.info)
    return edit
  }
}
