import Synchronization

/// The table files of one directory, and what all of its readers share: block cache, open files, file system.
package final class TableStore: Sendable {
  package let directory: String
  package let fileSystem: any FileSystem
  package let options: TreeOptions
  package let cache: BlockCache
  package let files: OpenFiles
  /// Numbers of table files that no version uses any more.
  private let unused = Mutex<[UInt64]>([])

  package init(directory: String, fileSystem: any FileSystem, options: TreeOptions) {
    self.directory = directory
    self.fileSystem = fileSystem
    self.options = options
    cache = BlockCache(bytesMax: options.blockCacheBytesMax)
    files = OpenFiles(fileSystem: fileSystem, countMax: options.openFilesMax) { number in
      directory + "/" + FileNames.table(number)
    }
  }

  /// Begins a new table file. Nothing refers to it until a version edit does.
  package func newTable(_ number: UInt64) throws(TreeError) -> TableWriter {
    TableWriter(file: try fileSystem.createFile(files.path(of: number)), options: TableWriterOptions(options))
  }

  package func openTable(_ number: UInt64) throws(TreeError) -> TableReader {
    try TableReader.open(number, cache: cache, files: files)
  }

  /// Called when the last version that used a file is gone, on whatever thread that was: only notes the number.
  func noteUnused(_ number: UInt64) {
    unused.withLock { $0.append(number) }
  }

  /// Removes the files that no version uses. For a background thread: it waits for the disk.
  ///
  /// A file that can't be removed is noted again and tried the next time; the first such error is thrown when all others
  /// are done.
  package func removeUnusedFiles() throws(TreeError) {
    let numbers = unused.withLock { numbers in
      defer { numbers = [] }
      return numbers
    }
    var failure: TreeError?
    for number in numbers {
      files.close(number)
      do throws(TreeError) {
        try fileSystem.remove(files.path(of: number))
      } catch {
        noteUnused(number)
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }
}
