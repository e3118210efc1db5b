/// What the manifest of a directory says, before any of the files that it names was looked at.
struct ManifestContents {
  /// The manifest's name; empty in a directory that has none yet.
  var name = ""
  /// By level and in order.
  var levels: [[TableFileInfo]] = Array(repeating: [], count: Version.levelCount)
  var valueFiles: [(info: ValueFileInfo, references: ValueReferences.Share)] = []
  /// The fields of edits that are not about files.
  var state = VersionEdit()

  var flushedSequence: SequenceNumber { state.flushedSequence ?? 0 }
}

extension VersionSet {
  /// Reads `CURRENT` and the manifest that it names. A directory without both and without tables is a new one.
  static func readManifest(_ store: TableStore, _ names: [String]) throws(TreeError) -> ManifestContents {
    let directory = store.directory
    guard names.contains(FileNames.current) else {
      // A crash while the first manifest was made leaves that one behind, but no table.
      let isTable = { (name: String) in (FileNames.tableNumber(name) ?? FileNames.valuesNumber(name)) != nil }
      guard !names.contains(where: isTable) else {
        throw .corruption(
          file: directory + "/" + FileNames.current, offset: 0, reason: "missing, though there are tables")
      }
      return ManifestContents()
    }
    var contents = ManifestContents()
    let (name, number) = try FileNames.currentManifest(directory, store.fileSystem)
    contents.name = name
    let path = directory + "/" + name
    var builder = VersionBuilder()
    let edits = try ManifestReader.readEdits(path, number: number, in: store.fileSystem, keys: store.keys)
    for edit in edits {
      if let fault = builder.apply(edit) { throw .corruption(file: path, offset: 0, reason: fault) }
      take(edit, into: &contents.state)
    }
    switch builder.sortedLevels() {
    case .success(let sorted): contents.levels = sorted
    case .failure(let fault): throw .corruption(file: path, offset: 0, reason: fault.reason)
    }
    contents.valueFiles = builder.sortedValueFiles
    return contents
  }

  /// The version that a manifest describes. Only tables with range deletions are opened.
  static func openVersion(_ contents: ManifestContents, _ store: TableStore) throws(TreeError) -> Version {
    for file in contents.levels.joined() {
      try checkFile(file.backingNumber, .table, file.backingSizeBytes, store)
    }
    for file in contents.valueFiles { try checkFile(file.info.number, .values, file.info.sizeBytes, store) }
    return try makeVersion(contents.levels, contents.valueFiles, from: .empty, store)
  }

  /// That a file is there and as long as it was written: cheap, and finds the commonest losses before a reader does.
  static func checkFile(
    _ number: UInt64, _ kind: FileKind, _ expectedBytes: Int, _ store: TableStore
  ) throws(TreeError) {
    let path = store.files.path(of: number, kind)
    guard store.fileSystem.exists(path) else {
      throw .corruption(file: path, offset: 0, reason: "the manifest names this file, but it is missing")
    }
    let sizeBytes = try store.fileSystem.sizeBytes(of: path)
    guard sizeBytes == expectedBytes else {
      throw .corruption(
        file: path, offset: min(sizeBytes, expectedBytes),
        reason: "the file has \(sizeBytes) bytes, the manifest says \(expectedBytes)")
    }
  }
}
