import GuardHarness
import LSMTree

/// One work of the storage engine.
@main
enum EngineGuards {
  static func main() { GuardHarness.main(EngineBench.self) }
}

enum Work: String, CaseIterable {
  case getFromMemtable = "get-memtable"
  case getFromTables = "get-tables"
  case getAbsent = "get-absent"
  case put = "put"
  case putInBatches = "put-in-batches"
  case scanForward = "scan-forward"
  case scanBackward = "scan-backward"
}

/// A tree with 20,000 entries of 16 and 100 bytes, on files in memory, and what the works do with it.
final class EngineBench: GuardBench {
  private static let keys = 20_000
  private static let scanEntries = 100
  private static let batchEntries = 100
  private let work: Work
  private let tree: Tree
  private var batch = WriteBatch(capacityBytes: 64 << 10)
  // Both live as long as the program, and are raw so that filling them in costs next to nothing.
  private let value = UnsafeMutableRawBufferPointer.allocate(byteCount: 100, alignment: 8)
  private let key = UnsafeMutablePointer<UInt64>.allocate(capacity: 2)
  private var state: UInt64 = 1
  private var next = 0

  init(_ work: Work) throws(TreeError) {
    self.work = work
    for index in value.indices { value[index] = UInt8(truncatingIfNeeded: index &* 37) }
    var options = TreeOptions()
    options.durability = .none
    options.now = { 1_700_000_000 }
    options.blockCacheBytesMax = 64 << 20
    tree = try Tree.open("/tree", options: options, fileSystem: MemoryFileSystem())
    if work == .put || work == .putInBatches { return }
    for _ in 0..<Self.keys / Self.batchEntries { try putBatch() }
    if work == .getFromMemtable { return }
    try tree.compact()
    for number in 0..<Self.keys { _ = try get(number) }
  }

  func close() throws(TreeError) { try tree.close() }

  func run(_ count: Int) {
    do throws(TreeError) {
      switch work {
      case .getFromMemtable, .getFromTables:
        for _ in 0..<count { if try !get(random(below: Self.keys)) { fatalError("a key is missing") } }
      case .getAbsent:
        for _ in 0..<count {
          if try get(random(below: Self.keys), isAbsent: true) { fatalError("a key is there") }
        }
      case .put: for _ in 0..<count { try put() }
      case .putInBatches: for _ in 0..<count / Self.batchEntries { try putBatch() }
      case .scanForward: for _ in 0..<count { try scan(isReverse: false) }
      case .scanBackward: for _ in 0..<count { try scan(isReverse: true) }
      }
    } catch {
      fatalError("\(work): \(error)")
    }
  }

  // MARK: Operations

  private func get(_ number: Int, isAbsent: Bool = false) throws(TreeError) -> Bool {
    set(number, isAbsent: isAbsent)
    return try tree.get(keyBytes.bytes, in: tree.view()) != nil
  }

  /// In an order of its own, so that an insert has to look for its place.
  private func put() throws(TreeError) {
    addNext()
    try commit()
  }

  private func putBatch() throws(TreeError) {
    for _ in 0..<Self.batchEntries { addNext() }
    try commit()
  }

  private func addNext() {
    // 7,919 is prime to the number of keys: each comes once, then each is overwritten.
    set(next &* 7_919 % Self.keys)
    next += 1
    batch.put(keyBytes.bytes, UnsafeRawBufferPointer(value).bytes)
  }

  private func commit() throws(TreeError) {
    try tree.commit(batch)
    batch.removeAll()
  }

  private func scan(isReverse: Bool) throws(TreeError) {
    set(Self.scanEntries + random(below: Self.keys - 2 * Self.scanEntries))
    var cursor = try tree.cursor(in: tree.view())
    if isReverse { try cursor.seekForPrevious(keyBytes.bytes) } else { try cursor.seek(keyBytes.bytes) }
    var entries = 0
    while cursor.isValid, entries < Self.scanEntries {
      entries += cursor.key.byteCount / 16
      if isReverse { try cursor.previous() } else { try cursor.next() }
    }
    if entries != Self.scanEntries { fatalError("a scan ended early") }
  }

  // MARK: Keys

  /// Sixteen bytes, the number first; an absent key lies right behind one that exists.
  private func set(_ number: Int, isAbsent: Bool = false) {
    let word = UInt64(truncatingIfNeeded: number)
    key[0] = word.bigEndian
    key[1] = ((word &* 0x9E37_79B9_7F4A_7C15) & ~1 | (isAbsent ? 1 : 0)).bigEndian
  }

  private var keyBytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: key, count: 16) }

  private func random(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
