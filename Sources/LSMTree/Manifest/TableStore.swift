import Synchronization

/// The table files and value files of one directory, and what all of its readers share: block cache, open files, file
/// system.
package final class TableStore: Sendable {
  package let directory: String
  package let fileSystem: any FileSystem
  package let options: TreeOptions
  /// The keys of the directory's files.
  package let keys: DirectoryKeys
  package let cache: BlockCache
  package let files: OpenFiles
  /// Files that no version uses any more.
  private let unused = Mutex<[(number: UInt64, kind: FileKind)]>([])

  package init(
    directory: String, fileSystem: any FileSystem, options: TreeOptions, keys: DirectoryKeys = .none
  ) {
    self.directory = directory
    self.fileSystem = fileSystem
    self.options = options
    self.keys = keys
    cache = BlockCache(bytesMax: options.blockCacheBytesMax)
    files = OpenFiles(fileSystem: fileSystem, countMax: options.openFilesMax) { number, kind in
      directory + "/" + FileNames.name(number, kind)
    }
  }

  /// Begins a new table file. Nothing refers to it until a version edit does.
  package func newTable(_ number: UInt64, level: Int = 0) throws(TreeError) -> TableWriter {
    TableWriter(
      file: try fileSystem.createFile(files.path(of: number)),
      options: TableWriterOptions(options, level: level), key: try keys.newKey(.table, number))
  }

  /// Begins a new value file. Nothing refers to it until a version edit does.
  package func newValueFile(_ number: UInt64) throws(TreeError) -> ValueFileWriter {
    ValueFileWriter(
      number: number, file: try fileSystem.createFile(files.path(of: number, .values)),
      compression: options.compression, key: try keys.newKey(.valueFile, number))
  }

  /// Writes a table from elsewhere, which is not encrypted, as one of this directory's, which are.
  func sealTable(at path: String, as number: UInt64) throws(TreeError) {
    let source = OpenFiles(fileSystem: fileSystem, countMax: 1) { _, _ in path }
    let table = try TableReader.open(number, cache: BlockCache(bytesMax: 0), files: source)
    var writer = try newTable(number)
    var cursor = TableCursor(table, CursorOptions(io: .blocking, usesCache: false))
    try cursor.seekToFirst()
    while cursor.isValid {
      try writer.add(cursor.key, cursor.value, times: cursor.times)
      try cursor.next()
    }
    let facts = table.properties.facts
    writer.add(table.rangeDeletions, times: WriteTimes(earliest: facts.timeMin, latest: facts.timeMax))
    _ = try writer.finish()
  }

  package func openTable(_ number: UInt64) throws(TreeError) -> TableReader {
    try TableReader.open(number, cache: cache, files: files, keys: keys)
  }

  /// Called when the last version that used a file is gone, on whatever thread that was: only notes the number.
  func noteUnused(_ number: UInt64, _ kind: FileKind = .table) {
    unused.withLock { $0.append((number, kind)) }
  }

  /// Removes the files that no version uses. For a background thread: it waits for the disk.
  ///
  /// A file that can't be removed is noted again and tried the next time; the first such error is thrown when all
  /// others are done.
  package func removeUnusedFiles() throws(TreeError) {
    let found = unused.withLock { unused in
      defer { unused = [] }
      return unused
    }
    var failure: TreeError?
    for (number, kind) in found {
      files.close(number)
      do throws(TreeError) {
        try fileSystem.remove(files.path(of: number, kind))
      } catch {
        noteUnused(number, kind)
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }
}
