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

  /// What every file is encrypted with; nil for a tree in plain. A directory that is encrypted can be opened with its own keys
  /// only. One that is not is from then on: new files are sealed, old ones when compaction rewrites them, so that
  /// `Tree.compact()` leaves none. A tree in memory has no files and takes no notice.
  public var cipher: (any BlockCipherProvider)?

  // MARK: Memory

  /// Bytes of entries a memtable takes before it is sealed and flushed. A batch that may need more than half of it becomes a
  /// memtable of its own. 64 KiB to 1 GiB.
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
  /// Bits of Bloom filter per key. 0 (no filter) to 32. Ten give about one false positive in a hundred.
  public var bloomBitsPerKey = 10
  /// Bytes that keys begin with whose hash also goes into the Bloom filters of new tables. A cursor whose bounds agree in as
  /// many bytes or more then passes over tables that hold nothing that begins so. 0 (none) to 255.
  public var filterPrefixBytes = 0
  /// Bytes of a table file that compaction aims at. 16 KiB to 4 GiB.
  public var tableBytesMax = 32 << 20
  /// Bytes of the first level below L0. 64 KiB to 1 TiB.
  public var levelBaseBytesMax = 256 << 20
  /// How many times larger each level is than the one above. 2 to 100.
  public var levelSizeRatio = 10
  /// Files in L0 that start a compaction. 1 to 1,000.
  public var l0CompactionFiles = 4
  /// Files in L0 above which commits are slowed down. At least `l0CompactionFiles`.
  public var l0SlowdownFilesMax = 20
  /// Files in L0 above which commits wait. At least `l0SlowdownFilesMax`.
  public var l0StopFilesMax = 36

  // MARK: Value files

  /// Bytes from which on a value is kept in a value file instead of its table, so that compaction does not rewrite it. 0 or
  /// `Int.max`: never; otherwise at least 32, about what an entry needs to say where its value is.
  public var valueFileThresholdBytes = 4 << 10
  /// Bytes of a value file at which the next one is begun. 64 KiB to 4 GiB.
  public var valueFileBytesMax = 256 << 20
  /// Percent of a value file that may be garbage before what is left of it is moved to a new one. 1 to 100; with 100
  /// only files go that are garbage as a whole.
  public var valueFileGarbagePercentMax = 50

  // MARK: Threads

  /// Threads that compact. A flush has a thread of its own. 1 to 64.
  public var backgroundThreads = 1

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
    try check("l0CompactionFiles", l0CompactionFiles, 1...1_000)
    try check("l0SlowdownFilesMax", l0SlowdownFilesMax, l0CompactionFiles...100_000)
    try check("l0StopFilesMax", l0StopFilesMax, l0SlowdownFilesMax...100_000)
    if valueFileThresholdBytes != 0 {
      try check("valueFileThresholdBytes", valueFileThresholdBytes, 32...Int.max)
    }
    try check("valueFileBytesMax", valueFileBytesMax, (64 << 10)...(4 << 30))
    try check("valueFileGarbagePercentMax", valueFileGarbagePercentMax, 1...100)
    try check("backgroundThreads", backgroundThreads, 1...64)
  }

  private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(TreeError) {
    guard range.contains(value) else {
      throw .invalidOption(
        name: name, reason: "\(value) is not between \(range.lowerBound) and \(range.upperBound)")
    }
  }
}
