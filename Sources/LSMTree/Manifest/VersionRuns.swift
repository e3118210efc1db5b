/// The sorted runs of a version, laid out once for cursors: to make one, a scan goes through no array of objects.
///
/// Unsafe, and right because it belongs to a version that holds every file in it, and never changes.
struct VersionRuns: ~Copyable, @unchecked Sendable {
  private let files: UnsafeMutablePointer<Unmanaged<TableFile>>
  private let runs: UnsafeMutablePointer<RunFiles>
  let count: Int

  /// - Parameter filesByRun: in each, files in the order of their keys that share no user key. Empty runs are left out.
  init(_ filesByRun: [[TableFile]]) {
    let filesByRun = filesByRun.filter { !$0.isEmpty }
    count = filesByRun.count
    files = .allocate(capacity: max(filesByRun.reduce(0) { $0 + $1.count }, 1))
    runs = .allocate(capacity: max(count, 1))
    var next = files
    for (index, run) in filesByRun.enumerated() {
      (runs + index).initialize(to: RunFiles(base: next, count: run.count))
      for file in run {
        next.initialize(to: .passUnretained(file))
        next += 1
      }
    }
  }

  deinit {
    files.deallocate()
    runs.deallocate()
  }

  subscript(index: Int) -> RunFiles {
    precondition(index >= 0 && index < count)
    return runs[index]
  }
}
