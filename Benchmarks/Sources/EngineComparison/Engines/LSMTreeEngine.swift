import LSMTree

final class LSMTreeEngine: Engine {
  static let replaysLog = true
  private let tree: Tree
  private let isSynced: Bool

  init(directory: String, settings: EngineSettings) {
    var options = TreeOptions()
    options.durability = settings.isSynced ? .fsync : .none
    options.blockCacheBytesMax = settings.cacheBytes
    options.memtableBytesMax = settings.memtableBytes
    // Others begin a log file with each memtable.
    options.logSegmentBytes = settings.memtableBytes
    options.tableBytesMax = settings.tableBytes
    options.levelBaseBytesMax = settings.levelBaseBytes
    options.blockBytes = settings.blockBytes
    options.bloomBitsPerKey = settings.bloomBitsPerKey
    tree = attempt { try Tree.open(directory, options: options) }
    isSynced = settings.isSynced
  }

  func connect() -> LSMTreeConnection { LSMTreeConnection(tree, isSynced: isSynced) }
  func flush() { attempt { try tree.flush() } }
  func close() { attempt { try tree.close() } }
}

final class LSMTreeConnection: EngineConnection {
  private let tree: Tree
  private let isSynced: Bool
  private var batch = WriteBatch(capacityBytes: 256 << 10)

  init(_ tree: Tree, isSynced: Bool) {
    self.tree = tree
    self.isSynced = isSynced
  }

  func put(_ key: Bytes, _ value: Bytes) {
    batch.put(key.bytes, value.bytes)
    commit()
  }

  func add(_ key: Bytes, _ value: Bytes) { batch.put(key.bytes, value.bytes) }

  func commit() {
    do {
      let sequence = try tree.commit(batch)
      if isSynced { try tree.waitUntilDurable(sequence) }
    } catch { fail("LSMTree: \(error)") }
    batch.removeAll()
  }

  func get(_ key: Bytes) -> Int? {
    do {
      guard let value = try tree.get(key.bytes, in: tree.view()) else { return nil }
      return value.count + Int(value.bytes.unsafeLoad(as: UInt8.self))
    } catch { fail("LSMTree: \(error)") }
  }

  func scan(from key: Bytes, entriesMax: Int, isReverse: Bool) -> Int {
    var entries = 0
    var touched = 0
    do {
      var cursor = try tree.cursor(in: tree.view())
      if isReverse { try cursor.seekForPrevious(key.bytes) } else { try cursor.seek(key.bytes) }
      while cursor.isValid, entries < entriesMax {
        touched &+= cursor.key.byteCount + Int(cursor.value.unsafeLoad(as: UInt8.self))
        entries += 1
        if isReverse { try cursor.previous() } else { try cursor.next() }
      }
    } catch { fail("LSMTree: \(error)") }
    sink(touched)
    return entries
  }
}
