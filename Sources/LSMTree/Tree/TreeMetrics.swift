/// What a tree has done since it was opened, and what it holds now. Reading it costs a few locks and a walk over the
/// list of tables. Parts are read one after the other, so while the tree is at work they may be a moment apart.
///
/// Numbers count from zero at every opening; those that say what there is now (memory, levels, value files, open
/// files) do not. Sizes are in bytes, durations in nanoseconds.
public struct TreeMetrics: Sendable, Equatable {
  /// One level of tables.
  public struct Level: Sendable, Equatable {
    public var files = 0
    public var bytes = 0
    /// Bytes that compactions read from this level, and bytes that they wrote into it. Tables that changed level as
    /// they were count for neither.
    public var compactionBytesRead = 0
    public var compactionBytesWritten = 0

    public init(files: Int = 0, bytes: Int = 0) {
      self.files = files
      self.bytes = bytes
    }
  }

  /// How often commits were held up by something, and for how long.
  public struct Pauses: Sendable, Equatable {
    public var count = 0
    public var nanoseconds = 0
    public var longestNanoseconds = 0

    public init() {}

    mutating func add(nanoseconds: Int) {
      count += 1
      self.nanoseconds += nanoseconds
      longestNanoseconds = max(longestNanoseconds, nanoseconds)
    }
  }

  /// What the log has taken and written; `log.bytes` is what was committed.
  public var log = CommitLogMetrics()

  // MARK: Memory
  /// Bytes in the memtable that takes writes, and in those that wait for their flush.
  public var memtableBytes = 0
  public var memtablesSealed = 0
  public var memtablesSealedBytes = 0
  /// Snapshots that are held.
  public var snapshots = 0
  /// Files of tables that are held open for reading.
  public var openFiles = 0
  public var cache = Cache()

  // MARK: Reading
  public var reads = Reads()

  // MARK: Background work
  public var flushes = 0
  /// Bytes of the tables and value files that flushes wrote.
  public var flushBytes = 0
  /// A table that moves to another level without being rewritten is a compaction of no bytes.
  public var compactions = 0
  public var compactionBytesRead = 0
  /// Bytes of the tables and value files that compactions wrote.
  public var compactionBytesWritten = 0
  /// How many of the compactions there were for each reason; reasons without any are left out.
  public var compactionsByReason: [CompactionReason: Int] = [:]
  /// About how many bytes have to be written until every level is within its share.
  public var compactionDebtBytes = 0
  /// Sublevels of L0: how many of its tables a read may have to ask.
  public var l0Sublevels = 0

  // MARK: Stalls
  /// Sleeps of commits, so that compactions of L0 keep up, and so that the debt of compactions doesn't grow.
  public var slowdownsByL0 = Pauses()
  public var slowdownsByDebt = Pauses()
  /// Commits that waited: for the flush of sealed memtables, for L0 to become less deep, for debt to shrink,
  /// and for tables that were being ingested.
  public var stallsByMemtables = Pauses()
  public var stallsByL0 = Pauses()
  public var stallsByDebt = Pauses()
  public var stallsByIngestion = Pauses()

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

extension TreeMetrics {
  /// Blocks of tables in memory.
  public struct Cache: Sendable, Equatable {
    /// Lookups that found their block, and that did not.
    public var hits = 0
    public var misses = 0
    /// Blocks that made room for others.
    public var evictions = 0
    public var blocks = 0
    public var bytes = 0

    public init() {}

    init(_ metrics: BlockCache.Metrics) {
      hits = Int(metrics.hits)
      misses = Int(metrics.misses)
      evictions = Int(metrics.evictions)
      blocks = metrics.blocks
      bytes = metrics.bytes
    }

    /// The part of lookups that found their block, 0 to 1; 0 if there were none.
    public var hitRatio: Double { TreeMetrics.ratio(hits, hits + misses) }
  }

  /// What gets ask of tables, from a sample of one in 2^`sampledBits` of those that memtables don't answer.
  public struct Reads: Sendable, Equatable {
    public static let sampledBits = 10

    public var getsSampled = 0
    /// Tables that gets looked at: those of L0 until one answers, and one a level. How many their filters ruled out,
    /// and how many were searched and had nothing.
    public var tables = 0
    public var tablesFiltered = 0
    public var tablesSearchedInVain = 0

    public init(
      getsSampled: Int = 0, tables: Int = 0, tablesFiltered: Int = 0, tablesSearchedInVain: Int = 0
    ) {
      self.getsSampled = getsSampled
      self.tables = tables
      self.tablesFiltered = tablesFiltered
      self.tablesSearchedInVain = tablesSearchedInVain
    }

    /// Read amplification: tables whose blocks were searched for a get, on average.
    public var tablesSearchedPerGet: Double { TreeMetrics.ratio(tables - tablesFiltered, getsSampled) }

    /// How often a filter lets a key through that its table does not have, 0 to 1. Some one in a hundred with ten
    /// bits a key.
    public var filterFalsePositiveRatio: Double {
      TreeMetrics.ratio(tablesSearchedInVain, tablesSearchedInVain + tablesFiltered)
    }
  }

  /// Bytes of all tables and value files.
  public var storedBytes: Int { levels.reduce(0) { $0 + $1.bytes } + valueFileBytes }

  /// Bytes written to the log, to tables and to value files.
  public var bytesWritten: Int { log.bytesWritten + flushBytes + compactionBytesWritten }

  /// Bytes written for each byte committed; 0 while nothing was committed.
  public var writeAmplification: Double { Self.ratio(bytesWritten, log.bytes) }

  /// Bytes of tables for each byte of the largest level below L0, which holds no key twice: what old versions and
  /// deletions take is at most what is above 1. Just 1 while there is nothing below L0.
  public var tableSpaceAmplification: Double {
    let largest = levels.dropFirst().map(\.bytes).max() ?? 0
    return largest > 0 ? Self.ratio(levels.reduce(0) { $0 + $1.bytes }, largest) : 1
  }

  /// Records that one sync of the log made durable, on average: the size of a group of commits.
  public var recordsPerSync: Double { Self.ratio(log.recordsSynced, log.syncs) }

  private static func ratio(_ part: Int, _ whole: Int) -> Double {
    whole > 0 ? Double(part) / Double(whole) : 0
  }
}

/// What `Tree.verify()` has looked at. A tree in which anything is wrong throws instead.
public struct VerificationReport: Sendable, Equatable {
  /// Table files and value files, and their bytes.
  public var files = 0
  public var bytes = 0
  public var entries = 0

  public init() {}
}
