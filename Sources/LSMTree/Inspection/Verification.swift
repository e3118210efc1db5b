/// What a check of a directory found, and what it looked at.
public struct TreeVerification: Sendable, Equatable {
  public struct Finding: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
      /// Bytes are not what was written.
      case damage
      /// The end of the log, as a crash leaves it: what follows was acknowledged to nobody.
      case tornTail
      /// A file that nothing names: a crash left it, and opening the tree removes it.
      case stray
    }

    public var kind: Kind
    public var file: String
    /// In bytes from the start of the file.
    public var offset: Int
    public var reason: String
  }

  /// Table files and value files, and their bytes.
  public var files = 0
  public var bytes = 0
  /// Entries of tables.
  public var entries = 0
  /// Batches of the log that are in no table.
  public var logRecords = 0
  public var findings: [Finding] = []

  public var isDamaged: Bool { findings.contains { $0.kind == .damage } }
}

extension TreeInspection {
  /// Checks every byte that a tree's files can be checked for, without changing any: `CURRENT` and the manifest, every block of
  /// every table, every record of every value file and every segment of the log, and which files nothing names. Goes
  /// on behind what is damaged, and says of all of it where it is.
  ///
  /// Throws only if it can't look: `locked` if somebody has the tree open, `io`, `invalidOption`.
  public static func verify(
    _ directory: String, options: TreeOptions = .init(), fileSystem: any FileSystem = RealFileSystem()
  ) throws(TreeError) -> TreeVerification {
    try options.check()
    let fileSystem = ReadOnlyFileSystem(fileSystem)
    let lock = try fileSystem.lockExclusively(directory + "/LOCK")
    defer { withExtendedLifetime(lock) {} }
    var verifier = Verifier(try store(directory, options, fileSystem))
    try verifier.run()
    return verifier.found
  }
}

private struct Verifier {
  private let store: TableStore
  private(set) var found = TreeVerification()

  init(_ store: TableStore) { self.store = store }

  mutating func run() throws(TreeError) {
    let names = try store.fileSystem.list(store.directory)
    var contents: ManifestContents?
    do throws(TreeError) {
      contents = try VersionSet.readManifest(store, names)
    } catch {
      try note(error)
    }
    if let contents {
      try checkTables(contents)
      try checkValueFiles(contents)
      findStrays(names, contents)
      try checkLog(after: contents.flushedSequence)
    } else {
      // Nothing says which tables count, but each says what it should hold.
      for number in names.compactMap(FileNames.tableNumber) { try checkTable(number, nil, in: nil) }
    }
  }

  /// Takes damage down, and passes on what kept this from looking.
  private mutating func note(_ error: TreeError) throws(TreeError) {
    switch error {
    case .corruption(let file, let offset, let reason):
      found.findings.append(.init(kind: .damage, file: file, offset: offset, reason: reason))
    case .unsupportedFormat(let file, let version, let newest):
      let reason = "format \(version), but the newest that this release knows is \(newest)"
      found.findings.append(.init(kind: .damage, file: file, offset: 0, reason: reason))
    default: throw error
    }
  }

  // MARK: Files

  private mutating func checkTables(_ contents: ManifestContents) throws(TreeError) {
    var version: Version?
    // Where pointers lead can be checked only if all files are there.
    do throws(TreeError) { version = try VersionSet.openVersion(contents, store) } catch {}
    var checked: Set<UInt64> = []
    for info in contents.levels.joined() where checked.insert(info.backingNumber).inserted {
      try checkTable(info.backingNumber, info, in: version)
    }
  }

  private mutating func checkTable(
    _ number: UInt64, _ info: TableFileInfo?, in version: Version?
  ) throws(TreeError) {
    var damage: [TreeError] = []
    do throws(TreeError) {
      if let info { try VersionSet.checkFile(number, .table, info.backingSizeBytes, store) }
      let table = try store.openTable(number)
      let verified = try table.verify(
        valuesIn: version, damage: { error throws(TreeError) in damage.append(error) })
      found.entries += verified.entryCount
      found.bytes += try store.fileSystem.sizeBytes(of: table.path)
      let stated = info?.attributes.valueReferences
      if let stated, info?.attributes.backing == nil, damage.isEmpty, verified.valueReferences != stated {
        damage.append(table.damage(0, "the table refers to other values than the manifest says"))
      }
    } catch {
      damage.append(error)
    }
    store.files.close(number)
    found.files += 1
    for error in damage { try note(error) }
  }

  private mutating func checkValueFiles(_ contents: ManifestContents) throws(TreeError) {
    for file in contents.valueFiles {
      var damage: [TreeError] = []
      do throws(TreeError) {
        try VersionSet.checkFile(file.info.number, .values, file.info.sizeBytes, store)
        try ValueFile(file.info, in: store).verify { error throws(TreeError) in damage.append(error) }
      } catch {
        damage.append(error)
      }
      store.files.close(file.info.number)
      found.files += 1
      found.bytes += file.info.sizeBytes
      for error in damage { try note(error) }
    }
  }

  /// Files with names of the engine's that the manifest does not know.
  private mutating func findStrays(_ names: [String], _ contents: ManifestContents) {
    let tables = Set(contents.levels.joined().map(\.backingNumber))
    let valueFiles = Set(contents.valueFiles.map(\.info.number))
    for name in names {
      let isStray =
        FileNames.tableNumber(name).map { !tables.contains($0) }
        ?? FileNames.valuesNumber(name).map { !valueFiles.contains($0) }
        ?? FileNames.manifestNumber(name).map { _ in name != contents.name }
        ?? (name == FileNames.current + ".new")
      if isStray {
        found.findings.append(
          .init(
            kind: .stray, file: store.directory + "/" + name, offset: 0, reason: "nothing names this file"))
      }
    }
  }

  // MARK: The log

  private mutating func checkLog(after flushed: SequenceNumber) throws(TreeError) {
    let directory = store.directory + "/" + FileNames.log
    guard store.fileSystem.exists(directory) else { return }
    var damage: [TreeError] = []
    var records = 0
    let log = try LogReplay(
      directory, fileSystem: store.fileSystem, after: flushed, keys: store.keys,
      damage: { error throws(TreeError) in damage.append(error) },
      body: { _, _ in records += 1 })
    found.logRecords = records
    for error in damage { try note(error) }
    for number in log.unbegun {
      let path = directory + "/" + LogFormat.fileName(number)
      found.findings.append(
        .init(kind: .tornTail, file: path, offset: 0, reason: "a segment that was never begun"))
    }
    if let torn = log.torn {
      let path = directory + "/" + LogFormat.fileName(torn.segment)
      found.findings.append(
        .init(
          kind: .tornTail, file: path, offset: torn.offset,
          reason: "a record that was not synced is not whole; the log ends before it"))
    }
  }
}
