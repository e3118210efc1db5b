import Synchronization

/// The user keys from `lower` (inclusive; nil: from the first) to `upper` (exclusive; nil: to the last).
package struct KeyPart: Equatable, Sendable {
  package var lower: [UInt8]?
  package var upper: [UInt8]?

  package static let all = KeyPart()
}

/// Does a compaction as several jobs at once, each for the keys of a part, on a thread each.
///
/// A large compaction would otherwise keep one processor busy for seconds while writers are slowed down and the
/// others have nothing that they may do. The parts begin where tables of the output level do, so that they are about
/// equally large if the tables are; what comes out is what one job would write, but for where files end. It counts as
/// one compaction: all parts succeed and become one edit, or nothing of any is left.
package struct SubcompactionRunner: Sendable {
  private let compaction: Compaction
  private let options: CompactionOptions
  private let environment: CompactionEnvironment
  private let progress: Progress

  package init(_ compaction: Compaction, options: CompactionOptions, environment: CompactionEnvironment) {
    self.compaction = compaction
    self.options = options
    let progress = Progress()
    self.progress = progress
    var environment = environment
    let shouldStop = environment.shouldStop
    environment.shouldStop = { shouldStop() || progress.hasFailed.isSet }
    self.environment = environment
  }

  package func run() throws(TreeError) -> CompactionResult {
    let parts = parts
    if parts.count == 1 { return try run(parts[0]) }
    let threads = parts.indices.dropFirst().map { index in
      BackgroundThread.start { attempt(parts[index], index) }
    }
    attempt(parts[0], 0)
    for thread in threads { thread.join() }
    return try combine(progress.inOrder)
  }

  /// What the parts have come to.
  private final class Progress: Sendable {
    /// A part has failed, and the others give up.
    let hasFailed = AtomicFlag()
    private let results = Mutex<[Int: Result<CompactionResult, TreeError>]>([:])

    func note(_ index: Int, _ result: Result<CompactionResult, TreeError>) {
      if case .failure = result { _ = hasFailed.setFirst() }
      results.withLock { $0[index] = result }
    }

    var inOrder: [Result<CompactionResult, TreeError>] {
      results.withLock { results in results.keys.sorted().map { results[$0]! } }
    }
  }

  private func attempt(_ part: KeyPart, _ index: Int) {
    progress.note(index, Result { () throws(TreeError) in try run(part) })
  }

  private func run(_ part: KeyPart) throws(TreeError) -> CompactionResult {
    try CompactionJob(compaction, part: part, options: options, environment: environment).run()
  }

  private func combine(_ results: [Result<CompactionResult, TreeError>]) throws(TreeError) -> CompactionResult
  {
    var total = CompactionResult(edit: VersionEdit())
    var failure: TreeError?
    for result in results {
      switch result {
      case .success(let part):
        total.edit.removed = part.edit.removed
        total.edit.added += part.edit.added
        total.edit.valueFilesAdded += part.edit.valueFilesAdded
        total.bytesRead += part.bytesRead
        total.bytesWritten += part.bytesWritten
        total.entriesRead += part.entriesRead
        total.entriesWritten += part.entriesWritten
        total.valueBytesRelocated += part.valueBytesRelocated
      case .failure(let error):
        // The others say `closed`, since they were told to stop.
        if failure == nil || failure == .closed { failure = error }
      }
    }
    guard let failure else {
      total.bytesRead += compaction.inputBytes
      return total
    }
    for added in total.edit.added { try? environment.removeTable(added.file.number) }
    for added in total.edit.valueFilesAdded { try? environment.values.removeFile(added.number) }
    throw failure
  }

  // MARK: Parts

  package var parts: [KeyPart] {
    let files = compaction.inputs.last { $0.level == compaction.outputLevel && $0.level > 0 }?.files ?? []
    let worthwhile = compaction.inputBytes / (2 * options.tableBytesMax)
    let count = min(options.subcompactionsMax, files.count, worthwhile)
    guard compaction.work == .merge, count > 1 else { return [.all] }
    var parts = [KeyPart.all]
    var passed = 0
    let total = files.reduce(0) { $0 + $1.info.sizeBytes }
    for file in files {
      if passed * count >= total * parts.count {
        parts[parts.count - 1].upper = file.info.range.lower
        parts.append(KeyPart(lower: file.info.range.lower, upper: nil))
      }
      passed += file.info.sizeBytes
    }
    return parts
  }
}
