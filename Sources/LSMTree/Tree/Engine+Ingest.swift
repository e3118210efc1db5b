import Synchronization

/// Takes tables that were built elsewhere into the tree, all of a call at one place in the history or none.
///
/// **One sequence number for all.** Their entries say 0; the version says which number they stand for (`TableLens`),
/// and compaction writes that when it comes by. The number is the one after the last commit, and it gets no record in
/// the log: the edit that adds the tables also says that everything up to it is in tables, and the log goes on behind
/// it in a new segment. That is all that a log with dense numbers needs (a segment may begin behind the end of the
/// one before if tables hold what lies between), and all or nothing is the atomicity of one edit.
///
/// **Commits wait** from just before the number is taken until the tables can be read, for a flush of the little that
/// came in since the flush before, and a few syncs. Without that a commit behind the number could be seen before the
/// tables are, and a snapshot of that moment would change later. Rejected: marking the place with a record in the log
/// and letting commits go on. Their acknowledgements would have to wait for the same edit, and a replay would have to
/// know tables.
///
/// **Where they go.** Each as deep as nothing above it, or beside it, shares keys with it, so that it is never
/// rewritten only to sink. Commits wait, the memtables are empty, and no compaction is picked meanwhile. Those under
/// way write somewhere between the keys of their inputs, so tables stay out of that.
extension Engine {
  func ingest(_ paths: [String], verify: Bool) throws(TreeError) -> SequenceNumber {
    let tables = try adopt(paths, verify: verify)
    if tables.isEmpty { return appliedSequence }
    do throws(TreeError) {
      // Nearly all that is in memory goes before anyone has to wait.
      try flush()
      try hold()
    } catch {
      removeAdopted(tables)
      throw error
    }
    defer { letGo() }
    return try place(tables)
  }

  // MARK: Files

  private func adopt(_ paths: [String], verify: Bool) throws(TreeError) -> [AdoptedTable] {
    guard paths.count <= Tree.ingestFilesMax else {
      throw .invalidInput(what: "ingest", reason: "\(paths.count) files, more than \(Tree.ingestFilesMax)")
    }
    var tables: [AdoptedTable] = []
    do throws(TreeError) {
      var bytes = 0
      for path in paths {
        bytes += try versions.store.fileSystem.sizeBytes(of: path)
        guard bytes <= Tree.ingestBytesMax else {
          throw .invalidInput(what: path, reason: "more than \(Tree.ingestBytesMax) bytes in one call")
        }
        let number = versions.newFileNumber()
        tables.append(AdoptedTable(number: number, path: path))
        try tables[tables.count - 1].adopt(into: versions.store, verify: verify)
      }
      try AdoptedTable.checkDisjoint(tables)
    } catch {
      removeAdopted(tables)
      throw error
    }
    return tables
  }

  private func removeAdopted(_ tables: [AdoptedTable]) {
    for table in tables { versions.store.noteUnused(table.number) }
    removeUnusedFiles()
  }

  // MARK: Commits wait

  private func hold() throws(TreeError) {
    pipeline.monitor.lock()
    defer { pipeline.monitor.unlock() }
    while live.isHeld, !live.isClosing { live.changed.wait(in: pipeline.monitor) }
    if live.isClosing { throw .closed }
    live.isHeld = true
  }

  private func letGo() {
    pipeline.monitor.withLock {
      live.isHeld = false
      live.tellAll()
    }
  }

  // MARK: The place in the history

  private func place(_ tables: [AdoptedTable]) throws(TreeError) -> SequenceNumber {
    do throws(TreeError) {
      try flush()
    } catch {
      removeAdopted(tables)
      throw error
    }
    let sequence = appliedSequence + 1
    do throws(TreeError) {
      try addToVersion(tables, sequence)
    } catch {
      if versions.isPoisoned {
        // The edit may be on disk. Then the files are, too, and no commit may have its number.
        pipeline.monitor.withLock { pipeline.fail(error) }
      } else {
        removeAdopted(tables)
      }
      throw error
    }
    do throws(TreeError) {
      try pipeline.skip(through: sequence) { live.didIngest(versions.current, at: sequence) }
    } catch {
      pipeline.monitor.withLock { pipeline.fail(error) }
      throw error
    }
    log.release(through: sequence)
    return sequence
  }

  private func addToVersion(_ tables: [AdoptedTable], _ sequence: SequenceNumber) throws(TreeError) {
    // Held across the edit's syncs, for compactions must not be picked between choosing levels and the edit. Only background
    // threads take this lock.
    let result = claims.withLock { claims in
      Result { () throws(TreeError) in
        let version = versions.current
        let written = version.levels.joined().filter { claims.contains($0) }.map(\.info.range)
        var edit = VersionEdit()
        for table in tables {
          let info = table.info(sequence)
          let isInTheWay = written.first.map { first in
            written.dropFirst().reduce(first) { $0.union($1) }.overlaps(info.range)
          }
          let level = isInTheWay == true ? 0 : version.lowestFreeLevel(info.range)
          edit.added.append(.init(level: level, file: info))
        }
        edit.flushedSequence = sequence
        edit.lastSequence = sequence
        try versions.apply(edit)
      }
    }
    try result.get()
  }
}

extension Version {
  /// The lowest level at which a table newer than all others may lie: none at it or above shares a key with it. 0 if
  /// some do.
  fileprivate func lowestFreeLevel(_ range: KeyRange) -> Int {
    let firstTaken = (0..<Self.levelCount).first { !files(level: $0, overlapping: range).isEmpty }
    return max(0, (firstTaken ?? Self.levelCount) - 1)
  }
}

/// A table that was built elsewhere, under a name of this tree, and not part of any version yet.
private struct AdoptedTable {
  let number: UInt64
  let path: String
  private var sizeBytes = 0
  private var properties = TableProperties()

  init(number: UInt64, path: String) {
    self.number = number
    self.path = path
  }

  /// Links or copies the file into the tree's directory, or writes it anew if that is encrypted; makes its bytes
  /// durable, and checks that it is a table to ingest.
  mutating func adopt(into store: TableStore, verify: Bool) throws(TreeError) {
    let newPath = store.files.path(of: number)
    if store.keys.isSealing {
      try store.sealTable(at: path, as: number)
    } else {
      try store.fileSystem.linkOrCopy(path, to: newPath)
      let file = try store.fileSystem.openForWriting(newPath)
      try file.sync()
      try file.close()
    }
    sizeBytes = try store.fileSystem.sizeBytes(of: newPath)
    let table = try store.openTable(number)
    properties = table.properties
    let isBuilt =
      properties.entryCount > 0 && table.rangeDeletions.isEmpty && properties.facts.sequenceMin == 0
      && properties.facts.sequenceMax == 0 && !properties.smallest.isEmpty && !properties.largest.isEmpty
    guard isBuilt else { throw .invalidInput(what: path, reason: "this is no table of a builder") }
    if verify { _ = try table.verify(each: Self.fault) }
  }

  /// What is wrong with an internal key in a table to ingest.
  private static func fault(_ key: UnsafeRawBufferPointer) -> String? {
    let trailer = InternalKey.trailer(of: key.baseAddress!, key.count)
    guard InternalKey.sequence(ofTrailer: trailer) == 0 else { return "an entry has a sequence number" }
    let kind = InternalKey.kind(ofTrailer: trailer)
    return kind == .value || kind == .deletion ? nil : "an entry is of a kind that can't be ingested"
  }

  static func checkDisjoint(_ tables: [AdoptedTable]) throws(TreeError) {
    let sorted = tables.map { ($0.path, $0.info(0).range) }
      .sorted { KeyOrder.compare($0.1.lower, $1.1.lower) < 0 }
    for (left, right) in zip(sorted, sorted.dropFirst()) where !left.1.isBefore(right.1) {
      throw .invalidInput(what: right.0, reason: "it shares keys with \(left.0)")
    }
  }

  func info(_ sequence: SequenceNumber) -> TableFileInfo {
    /// A bound as it reads with the sequence number.
    func bound(_ key: [UInt8]) -> [UInt8] {
      InternalKey.make(InternalKey.userKey(of: key), sequence, InternalKey.kind(of: key.span.bytes) ?? .value)
    }
    var facts = properties.facts
    facts.sequenceMin = sequence
    facts.sequenceMax = sequence
    var attributes = TableAttributes()
    attributes.sequence = sequence
    return TableFileInfo(
      number: number, sizeBytes: sizeBytes, smallest: bound(properties.smallest),
      largest: bound(properties.largest),
      entryCount: properties.entryCount, deletionCount: properties.deletionCount, facts: facts,
      attributes: attributes)
  }
}
