/// How blocks of sorted tables are compressed.
public enum Compression: UInt8, Sendable {
  case none = 0
  case lz4 = 1
}

/// What can be set when a tree is opened. Every number names its unit and is checked by `check()` at open; none of
/// them is part of the format, so a tree may be opened with other options than it was written with.
public struct TreeOptions: Sendable {
  /// When commits count as durable, unless a commit says otherwise.
  public var durability: Durability = .fsync

  /// Seconds since 1970, noted with what is written. Injected so that tests need no clock.
  public var now: @Sendable () -> UInt32 = { UnixTime.now }

  /// What every file is encrypted with; nil for a tree in plain. A directory that is encrypted can be opened with its
  /// own keys only. One that is not is from then on: new files are sealed, old ones when compaction rewrites them, so
  /// that `Tree.compact()` leaves none. A tree in memory has no files and takes no notice.
  public var cipher: (any BlockCipherProvider)?

  // MARK: Memory

  /// Bytes of entries a memtable takes before it is sealed and flushed. A batch that may need more than half of it
  /// becomes a memtable of its own. 64 KiB to 1 GiB.
  public var memtableBytesMax = 64 << 20
  /// Sealed memtables that may wait for their flush before commits stall; a large batch may bring one more. 1 to 16.
  public var memtablesSealedMax = 3
  /// Bytes of uncompressed blocks kept in memory. 0 to 1 TiB.
  public var blockCacheBytesMax = 64 << 20
  /// Table files held open. 16 to 1,000,000.
  public var openFilesMax = 512

  // MARK: Log

  /// Bytes of a log segment before the next one is begun. 64 KiB to 1 GiB.
  public var logSegmentBytes = 64 << 20
  /// Finished segments kept for reuse: overwriting a file that has its blocks is about a third faster to sync
  /// than growing one. 0 to 64.
  public var logSegmentsRecycledMax = 3
  /// Bytes of records that may wait to be written before a commit writes them itself. 64 KiB to 256 MiB.
  public var logBufferBytesMax = 8 << 20

  // MARK: Tables and levels

  /// Uncompressed bytes of a data block. 1 KiB to 1 MiB.
  public var blockBytes = 8 << 10
  public var compression: Compression = .lz4
  /// How blocks of L0, L1 and so on are compressed; levels that are not named, as `compression` says. A table that
  /// changes level as it is keeps what it has. At most seven.
  public var compressionByLevel: [Compression] = []
  /// Bits of Bloom filter per key. 0 (no filter) to 32. Ten give about one false positive in a hundred.
  public var bloomBitsPerKey = 10
  /// Bytes that keys begin with whose hash also goes into the Bloom filters of new tables. A cursor whose bounds agree in as
  /// many bytes or more then passes over tables that hold nothing that begins so. 0 (none) to 255.
  public var filterPrefixBytes = 0
  /// Bytes of a table file that compaction aims at. 16 KiB to 4 GiB.
  public var tableBytesMax = 32 << 20
  /// About the bytes of the first level below L0: a quarter to two and a half times of this, according to how much
  /// there is below. 64 KiB to 1 TiB.
  public var levelBaseBytesMax = 256 << 20
  /// How many times larger each level is than the one above. 2 to 100.
  public var levelSizeRatio = 10
  /// Sublevels of L0 (files that lie on top of each other, each one more place to look at for a read) from which it
  /// is compacted when that is cheap for what it moves. With three times as many it is compacted whatever it costs. 1
  /// to 1,000.
  public var l0CompactionSublevels = 4
  /// Sublevels of L0 above which commits are slowed down. At least `l0CompactionSublevels`.
  public var l0SlowdownSublevelsMax = 20
  /// Sublevels of L0 from which on commits wait. At least `l0SlowdownSublevelsMax`.
  public var l0StopSublevelsMax = 36
  /// Bytes that compactions have to write, as far as can be told, above which commits are slowed down. 1 MiB to 1 PiB.
  public var debtSlowdownBytesMax = 64 << 30
  /// The same from which on commits wait. At least `debtSlowdownBytesMax`.
  public var debtStopBytesMax = 256 << 30
  /// Seconds after which a deletion, of a key or a range, is compacted for its own sake, level by level, until it and
  /// what it deletes are gone from the disk. How long each step waits for a thread, and for snapshots that see what
  /// was deleted, comes on top. 60 to 4,294,967,295, or 0: deletions wait until other work takes them along or there
  /// is none.
  public var tombstoneAgeSecondsMax = 0

  /// Milliseconds without a flush or a compaction after which a tree counts as idle, and puts away what lies above
  /// its last level if that is more than an eighth of it. 10 to 3,600,000, or 0: never.
  public var idleMilliseconds = 50

  // MARK: Value files

  /// Bytes from which on a value is kept in a value file instead of its table, so that compaction does not rewrite
  /// it. 0 or `Int.max`: never; otherwise at least 32, about what an entry needs to say where its value is.
  public var valueFileThresholdBytes = 4 << 10
  /// Bytes of a value file at which the next one is begun. 64 KiB to 4 GiB.
  public var valueFileBytesMax = 256 << 20
  /// Percent of a value file that may be garbage before what is left of it is moved to a new one. 1 to 100; with 100
  /// only files go that are garbage as a whole.
  public var valueFileGarbagePercentMax = 50

  // MARK: Threads

  /// Threads that compact. A flush has a thread of its own. 1 to 64.
  public var backgroundThreads = 1
  /// Threads that one large compaction is split over, by ranges of keys. 1 to 64.
  public var subcompactionsMax = 1
  /// Percent of the time that a compaction may work while commits come in and nothing is behind. It rises to 100 as
  /// L0 and debt grow half way to where commits are slowed down. Without commits compactions never rest. 10 to 100.
  public var compactionPercentMin = 60

  // MARK: App

  /// What compactions may let go as they pass; see `CompactionFilter`.
  public var compactionFilter: (any CompactionFilter)?

  public init() {}

  /// Throws `TreeError.invalidOption` for the first option that is out of its range.
  public func check() throws(TreeError) {
    if case .interval(let milliseconds) = durability {
      try check("durability.interval.milliseconds", milliseconds, 1...60_000)
    }
    try check("memtableBytesMax", memtableBytesMax, (64 << 10)...(1 << 30))
    try check("memtablesSealedMax", memtablesSealedMax, 1...16)
    try check("blockCacheBytesMax", blockCacheBytesMax, 0...(1 << 40))
    try check("openFilesMax", openFilesMax, 16...1_000_000)
    try check("logSegmentBytes", logSegmentBytes, (64 << 10)...(1 << 30))
    try check("logSegmentsRecycledMax", logSegmentsRecycledMax, 0...64)
    try check("logBufferBytesMax", logBufferBytesMax, (64 << 10)...(256 << 20))
    try check("blockBytes", blockBytes, (1 << 10)...(1 << 20))
    try check("bloomBitsPerKey", bloomBitsPerKey, 0...32)
    try check("filterPrefixBytes", filterPrefixBytes, 0...255)
    try check("tableBytesMax", tableBytesMax, (16 << 10)...(4 << 30))
    try check("levelBaseBytesMax", levelBaseBytesMax, (64 << 10)...(1 << 40))
    try check("levelSizeRatio", levelSizeRatio, 2...100)
    try check("l0CompactionSublevels", l0CompactionSublevels, 1...1_000)
    try check("l0SlowdownSublevelsMax", l0SlowdownSublevelsMax, l0CompactionSublevels...100_000)
    try check("l0StopSublevelsMax", l0StopSublevelsMax, l0SlowdownSublevelsMax...100_000)
    try check("debtSlowdownBytesMax", debtSlowdownBytesMax, (1 << 20)...(1 << 50))
    try check("debtStopBytesMax", debtStopBytesMax, debtSlowdownBytesMax...(1 << 50))
    if idleMilliseconds != 0 { try check("idleMilliseconds", idleMilliseconds, 10...3_600_000) }
    if tombstoneAgeSecondsMax != 0 {
      try check("tombstoneAgeSecondsMax", tombstoneAgeSecondsMax, 60...Int(UInt32.max))
    }
    if valueFileThresholdBytes != 0 {
      try check("valueFileThresholdBytes", valueFileThresholdBytes, 32...Int.max)
    }
    try check("valueFileBytesMax", valueFileBytesMax, (64 << 10)...(4 << 30))
    try check("valueFileGarbagePercentMax", valueFileGarbagePercentMax, 1...100)
    try check("backgroundThreads", backgroundThreads, 1...64)
    try check("compressionByLevel.count", compressionByLevel.count, 0...Version.levelCount)
    try check("subcompactionsMax", subcompactionsMax, 1...64)
    try check("compactionPercentMin", compactionPercentMin, 10...100)
  }

  private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(TreeError) {
    guard range.contains(value) else {
      throw .invalidOption(
        name: name, reason: "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
  }
}
