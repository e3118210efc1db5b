/// A durable ordered map from bytes to bytes: a log-structured merge tree.
///
/// A `Tree` is used from any number of threads at once. Writes are gathered in a `WriteBatch` and committed as one;
/// reads take a view and look at one state of the tree. Nothing that is not durable is shown to readers: a commit
/// returns when the batch is ordered and in memory (*applied*), `view()` shows it once it is on disk (*durable*), and
/// a writer that must see what was applied before it takes `appliedView()` and waits for `view.sequence` to be
/// durable before it tells anyone.
///
/// Close a tree with `close()`. One that is let go is closed, too, but then nobody hears of an error.
public final class Tree: Sendable {
  let engine: Engine

  private init(_ engine: Engine) { self.engine = engine }

  deinit { try? engine.close() }

  // MARK: Opening

  /// Opens the tree in `directory`, which is made if it is missing, and replays its log.
  ///
  /// Throws `locked` if somebody has it open, `corruption` if what was durable can't be read back, `invalidOption`.
  public static func open(
    _ directory: String, options: TreeOptions = .init(), fileSystem: any FileSystem = RealFileSystem()
  ) throws(TreeError) -> Tree {
    Tree(try Engine.open(directory, options: options, fileSystem: fileSystem, isVolatile: false))
  }

  /// A tree that lives in memory and ends with the process. It has no log, and every commit counts as durable at once.
  public static func inMemory(options: TreeOptions = .init()) throws(TreeError) -> Tree {
    Tree(try Engine.open("/tree", options: options, fileSystem: MemoryFileSystem(), isVolatile: true))
  }

  /// Refuses further commits, makes all earlier ones durable, ends background work, lets the directory go. Views and
  /// cursors that exist can still be read. Idempotent.
  public func close() throws(TreeError) { try engine.close() }

  // MARK: Writing

  /// Applies a batch: when this returns, it has its place in the history, is in the log's buffer and in the memtable,
  /// but is not durable yet unless its durability says so. Returns the batch's last sequence number; an empty batch
  /// returns the last one applied.
  ///
  /// A batch that may need more than half a memtable is copied and sorted before others have to wait for it.
  ///
  /// Costs about a microsecond an entry and never syncs. It sleeps or waits only when flushes or compactions have
  /// fallen behind by what the options allow, or the log's buffer is full; never without end for work that has
  /// failed, whose error it throws then.
  ///
  /// - Parameter mayWait: false on a thread that must not wait, such as an event loop's: where it would have to, the commit
  ///   throws `wouldBlock`, and nothing has happened. Ask again from a thread that may.
  ///
  /// Throws `poisoned` after a failed log write, `closed`, `batchTooLarge`, `wouldBlock`; `io` if it would have to
  /// wait for a flush or a compaction that fails.
  @discardableResult
  public func commit(
    _ batch: borrowing WriteBatch, durability: Durability? = nil, mayWait: Bool = true
  ) throws(TreeError) -> SequenceNumber {
    try engine.commit(batch, durability, mayWait: mayWait)
  }

  /// The last write that `appliedView()` sees.
  public var appliedSequence: SequenceNumber { engine.appliedSequence }
  /// The last write that `view()` sees.
  public var durableSequence: SequenceNumber { engine.durableSequence }

  /// Blocks the calling thread until everything up to `sequence` is durable. If nobody is syncing the log, the calling
  /// thread does so itself, for everyone. Throws `poisoned` if that fails, or `closed`.
  public func waitUntilDurable(_ sequence: SequenceNumber) throws(TreeError) {
    try engine.log.waitUntilDurable(sequence)
  }

  /// Calls `body` when everything up to `sequence` is durable: inline if it is already, and on the log's thread
  /// otherwise, in order of the sequences. With an error if it never will be. `body` must not block.
  public func whenDurable(_ sequence: SequenceNumber, _ body: @escaping @Sendable (TreeError?) -> Void) {
    engine.log.whenDurable(sequence, body)
  }

  // MARK: Reading

  /// The durable state. Costs about 20 ns.
  public func view() -> ReadView { engine.view() }

  /// The state with every write that was applied, durable or not. What is read here may be told to nobody before
  /// `view.sequence` is durable.
  public func appliedView() -> ReadView { engine.appliedView() }

  /// The durable state, to come back to any time.
  public func snapshot() -> Snapshot { Snapshot(engine) }

  /// The value of `key`, or nil. Allocates nothing when the answer is in memory. With `.memoryOnly` it throws
  /// `wouldBlock` rather than read from disk.
  public func get(
    _ key: RawSpan, in view: borrowing ReadView, io: ReadIO = .blocking
  ) throws(TreeError) -> PinnedValue? {
    try view.superversion.get(key, at: view.sequence, io)
  }

  public func get(
    _ key: [UInt8], in view: borrowing ReadView, io: ReadIO = .blocking
  ) throws(TreeError) -> PinnedValue? {
    try get(key.span.bytes, in: view, io: io)
  }

  /// A cursor over the live entries from `lower` (inclusive) to `upper` (exclusive, nil for the end). It is at no entry
  /// until it is told to seek, and holds what it needs of the view.
  public func cursor(
    in view: borrowing ReadView, from lower: [UInt8] = [], to upper: [UInt8]? = nil, io: ReadIO = .blocking
  ) throws(TreeError) -> TreeCursor {
    try view.superversion.cursor(at: view.sequence, from: lower, to: upper, io)
  }

  // MARK: Maintenance

  /// Writes everything that was committed before into sorted tables. Blocks.
  public func flush() throws(TreeError) { try engine.flush() }

  /// Merges everything from `lower` to `upper` (nil: without end) down to its lowest level, which drops what is deleted
  /// or overwritten. Blocks.
  public func compact(from lower: [UInt8] = [], to upper: [UInt8]? = nil) throws(TreeError) {
    try engine.compact(from: lower, to: upper)
  }

  /// Takes tables of `TableBuilder` into the tree, durably, as if all that is in them had been committed in one batch
  /// at the moment of the call: it wins over what was committed before and loses against what is committed after.
  /// Returns the sequence number of it all. Nothing is rewritten; where tables share no keys with newer data they go
  /// straight to a lower level.
  ///
  /// Costs, for each file, a hard link (a copy on another device), a sync and opening it, and for all a flush and a
  /// few more syncs, of which the last few hold up commits. All files are part of the tree when this returns, or none
  /// if it throws or the power goes.
  ///
  /// Throws `invalidInput` if a file is no table of a builder, two share keys, or there are more than the limits below;
  /// `corruption` if one is damaged.
  ///
  /// - Parameters:
  ///   - paths: files on disk that nobody writes to any more, then or later: a hard link shares their bytes. Their names may be
  ///     removed afterwards.
  ///   - verify: reads all of each file first and checks every block. Without it only what opening a table reads is checked;
  ///     leave it out for files of this process alone.
  @discardableResult
  public func ingest(_ paths: [String], verify: Bool = true) throws(TreeError) -> SequenceNumber {
    try engine.ingest(paths, verify: verify)
  }

  /// The most files that one call of `ingest` takes, and the most bytes.
  public static let ingestFilesMax = 1_000
  public static let ingestBytesMax = 64 << 30

  /// Makes a copy of the tree in `directory`, which is empty or missing, and returns the sequence number whose state
  /// it holds: everything that was committed before the call. It is durable when this returns, and opens as a tree of
  /// its own.
  ///
  /// Costs a flush, a hard link a table and a few syncs; where hard links don't reach, on another device, tables are
  /// copied. Writing goes on meanwhile. After a crash under way the directory holds no `CURRENT` and opens as
  /// `corruption` or as nothing; after an error it is empty again. Throws `invalidInput` if the directory holds
  /// anything.
  @discardableResult
  public func checkpoint(to directory: String) throws(TreeError) -> SequenceNumber {
    try engine.checkpoint(to: directory)
  }

  /// Removes every key from `lower` (inclusive) to `upper` (exclusive), durably, and gives the space of their tables
  /// back at the cost of metadata: a table with nothing else goes unread, and one with keys on either side is shown
  /// in part from then on, until compaction comes by. An empty range does nothing. Blocks for a flush and a few
  /// syncs.
  ///
  /// Readers see a range deletion: views, cursors and snapshots from before it see all that they saw, those from
  /// after it nothing of the range. Tables that a snapshot needs keep their space until the snapshot is released and
  /// compaction finds them; so do the keys of a table that holds something written to the range after the call began.
  public func excise(from lower: [UInt8], to upper: [UInt8]) throws(TreeError) {
    try engine.excise(from: lower, to: upper)
  }

  public func metrics() -> TreeMetrics { engine.metrics }

  /// Bytes of table files between two keys, exact to a block. What is still in memtables is not counted. May read index
  /// blocks from disk.
  public func approximateSizeBytes(
    from lower: [UInt8] = [], to upper: [UInt8]? = nil
  ) throws(TreeError) -> Int {
    try engine.approximateSizeBytes(from: lower, to: upper)
  }

  /// Reads every block of every table and every value of every value file, checks checksums and order, and that
  /// whatever a table refers to is there. Blocks for as long as the disk takes. Throws `corruption` for the first
  /// thing that is wrong.
  public func verify() throws(TreeError) -> VerificationReport { try engine.verify() }
}
