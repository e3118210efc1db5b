import LSMTree
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Power cuts at every change of the disk.
///
/// A batch writes its number under a key of its own, and some other keys. After the cut, the tree must hold the
/// effect of some first batches, all of those that were acknowledged among them, each whole.
@Suite struct CrashTests {
  private static let isLong = getenv("FLYWHEEL_LONG") != nil

  @Test(arguments: [(Durability.fsync, false), (.none, false), (.fsync, true)])
  func powerCutAnywhere(durability: Durability, isSealed: Bool) throws {
    var rehearsal = CrashHistory(seed: 0, durability: durability, isSealed: isSealed)
    let changes = rehearsal.run(on: FaultFileSystem()).changeCount
    #expect(changes > 50)
    let stride = max(1, changes / (Self.isLong ? 400 : isSealed ? 20 : 40))
    for number in Swift.stride(from: 0, to: changes + 20, by: stride) {
      let disk = FaultFileSystem { $0.number == number ? .cutPower : nil }
      var history = CrashHistory(seed: UInt64(number), durability: durability, isSealed: isSealed)
      _ = history.run(on: disk)
      // The first tree after the cut is cut off, too, and the second must hold what either had acknowledged.
      let second = disk.afterPowerCut(seed: UInt64(number))
      let after = second.changeCount
      second.setPlan { $0.number == after + number % 23 ? .cutPower : nil }
      try history.recover(on: second)
      try history.recover(on: second.afterPowerCut(seed: UInt64(number) &+ 1))
    }
  }

  /// Failing operations, without a power cut: what was acknowledged is there when the tree is opened again.
  @Test func failingOperations() throws {
    for number in stride(from: 4, to: 200, by: Self.isLong ? 1 : 15) {
      let disk = FaultFileSystem { $0.number == number ? .fail(errno: EIO) : nil }
      var history = CrashHistory(seed: UInt64(number), durability: .fsync)
      _ = history.run(on: disk)
      try history.recover(on: disk.afterPowerCut(seed: UInt64(number)))
    }
  }
}

struct CrashHistory {
  private let seed: UInt64
  private let options: TreeOptions
  private var random: SeededGenerator
  /// What the tree holds after each batch; the first is empty.
  private var states: [[[UInt8]: [UInt8]]] = [[:]]
  private var acknowledged = 0

  private static let counterKey = Array("counter".utf8)

  init(seed: UInt64, durability: Durability, isSealed: Bool = false) {
    self.seed = seed
    random = SeededGenerator(seed: seed)
    var options = TreeOptions()
    options.durability = durability
    options.cipher = isSealed ? ToyCiphers() : nil
    options.memtableBytesMax = 64 << 10
    options.logSegmentBytes = 64 << 10
    options.levelBaseBytesMax = 64 << 10
    options.tableBytesMax = 16 << 10
    options.l0CompactionSublevels = 2
    options.logSegmentsRecycledMax = Int(seed % 3)
    // Two of three histories keep values in value files, and collect what garbage there is at once.
    options.valueFileThresholdBytes = [0, 32, 600][random.below(3)]
    options.valueFileBytesMax = 64 << 10
    options.valueFileGarbagePercentMax = 20
    self.options = options
  }

  /// Writes until it has done enough or the disk fails.
  mutating func run(on disk: FaultFileSystem) -> FaultFileSystem {
    guard let tree = try? Tree.open("/crash", options: options, fileSystem: disk) else { return disk }
    write(tree, batches: 40)
    try? tree.close()
    return disk
  }

  private mutating func write(_ tree: Tree, batches: Int) {
    for _ in 0..<batches {
      var batch = WriteBatch()
      var state = states[states.count - 1]
      batch.put(Self.counterKey, Array(String(states.count).utf8))
      state[Self.counterKey] = Array(String(states.count).utf8)
      // Now and then one too large for the memtable.
      for _ in 0..<(random.below(8) == 0 ? 64 : 1 + random.below(12)) {
        let key = Array("key \(random.below(200))".utf8)
        if random.below(5) == 0 {
          batch.delete(key)
          state[key] = nil
        } else {
          let value = random.bytes(random.below(1200))
          batch.put(key, value)
          state[key] = value
        }
      }
      if random.below(10) == 0 {
        let lower = Array("key \(random.below(100))".utf8)
        let upper = Array("key \(100 + random.below(100))".utf8)
        batch.deleteRange(from: lower, to: upper)
        state = state.filter {
          $0.key.lexicographicallyPrecedes(lower) || !$0.key.lexicographicallyPrecedes(upper)
        }
      }
      states.append(state)
      guard let sequence = try? tree.commit(batch) else { return }
      if random.below(2) == 0 {
        guard (try? tree.waitUntilDurable(sequence)) != nil else { return }
        if options.durability == .fsync { acknowledged = states.count - 1 }
      }
      if random.below(12) == 0 {
        guard (try? tree.flush()) != nil else { return }
        acknowledged = states.count - 1
      }
    }
  }

  /// Opens the disk after a cut and checks it. If the disk fails meanwhile, the next one will tell.
  mutating func recover(on disk: FaultFileSystem) throws {
    guard let tree = try open(disk) else { return }
    let view = tree.view()
    guard let counter = try? tree.bytes(Self.counterKey, in: view) ?? Array("0".utf8) else { return }
    let count = Int(String(decoding: counter, as: UTF8.self))!
    #expect(
      count >= acknowledged,
      "seed \(seed): batch \(acknowledged) was acknowledged, the last found is \(count)")
    guard count < states.count else {
      Issue.record("seed \(seed): batch \(count) was never written")
      return
    }
    if let found = try? tree.content(in: view) {
      #expect(found == states[count], "seed \(seed): not the state after batch \(count)")
      // What a tree has shown stays.
      acknowledged = count
    }
    states.removeLast(states.count - 1 - count)
    write(tree, batches: 5)
    try? tree.close()
  }

  /// Nil if the disk failed meanwhile. Any other failure to open is one of the tree.
  private func open(_ disk: FaultFileSystem) throws -> Tree? {
    do {
      return try Tree.open("/crash", options: options, fileSystem: disk)
    } catch {
      if disk.isOff { return nil }
      Issue.record("seed \(seed): \(error)")
      throw error
    }
  }
}
