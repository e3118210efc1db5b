/// What a tree has done since it was opened, and what it holds now. Reading it costs a few locks.
public struct TreeMetrics: Sendable, Equatable {
  public struct Level: Sendable, Equatable {
    public var files = 0
    public var bytes = 0
  }

  public var log = CommitLogMetrics()

  // MARK: Memory
  /// Bytes in the memtable that takes writes, and in those that wait for their flush.
  public var memtableBytes = 0
  public var memtablesSealed = 0
  public var memtablesSealedBytes = 0
  public var snapshots = 0

  // MARK: Background work
  public var flushes = 0
  public var flushBytes = 0
  public var compactions = 0
  public var compactionBytesRead = 0
  public var compactionBytesWritten = 0

  // MARK: Stalls
  /// Commits that were slowed down, and that had to wait, for flushes or compactions to catch up.
  public var slowdowns = 0
  public var stalls = 0
  /// Nanoseconds that commits spent so.
  public var slowdownNanoseconds = 0
  public var stallNanoseconds = 0

  // MARK: Tables
  /// L0 first.
  public var levels: [Level] = []

  // MARK: Value files
  public var valueFiles = 0
  /// Bytes of the files, and of what tables still refer to in them: the difference is garbage.
  public var valueFileBytes = 0
  public var valueFileLiveBytes = 0
  /// Bytes of values, before compression, that were moved out of files with too much garbage.
  public var valueBytesRelocated = 0

  public init() {}
}

/// What `Tree.verify()` has looked at. A tree in which anything is wrong throws instead.
public struct VerificationReport: Sendable, Equatable {
  /// Table files and value files, and their bytes.
  public var files = 0
  public var bytes = 0
  public var entries = 0

  public init() {}
}
