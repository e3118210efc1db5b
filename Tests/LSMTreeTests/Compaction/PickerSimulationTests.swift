import LSMTree
import Testing

/// What the picker does to random trees, without a byte written: several compactions under way at once, ending in any
/// order.
///
/// A file is a list of which sequence each key has in it. At every moment, of each key the newer sequence must lie
/// higher; below L0 no two files of a level may share keys; and when writes end, work must end.
@Suite struct PickerSimulationTests {
  @Test(arguments: 1...6)
  func newerLiesHigherWhateverEndsFirst(_ seed: Int) throws {
    var simulation = SimulatedTree(seed: seed)
    for _ in 0..<250 {
      try simulation.step()
      simulation.check("seed \(seed)")
    }
    while !simulation.underWay.isEmpty { try simulation.finishOne() }
    simulation.check("seed \(seed)")
    #expect(simulation.parallelMax > 1, "seed \(seed)")
    #expect(simulation.reasons.isSuperset(of: [.l0, .levelSize]), "seed \(seed): \(simulation.reasons)")
    // Convergence: a bounded number of steps, after which there is nothing to do.
    for _ in 0..<1000 {
      if try !simulation.begin(idle: true) { break }
      try simulation.finishOne()
      simulation.check("seed \(seed), idle")
    }
    #expect(try !simulation.begin(idle: true), "seed \(seed): it settles")
    let above = simulation.version.levels[..<6].joined().reduce(0) { $0 + $1.info.sizeBytes }
    #expect(above <= simulation.version.sizeBytes(level: 6) / 8, "seed \(seed)")
  }

  @Test func l0IsMergedWithinItselfWhenTheWayDownIsBusy() throws {
    var reasons: Set<CompactionReason> = []
    for seed in 100..<106 {
      var simulation = SimulatedTree(seed: seed)
      simulation.flushWeight = 6
      for _ in 0..<120 {
        try simulation.step()
        simulation.check("seed \(seed)")
      }
      reasons.formUnion(simulation.reasons)
    }
    #expect(reasons.contains(.withinL0))
  }
}

struct SimulatedTree {
  private(set) var version = Version.empty
  private(set) var underWay: [Compaction] = []
  private(set) var reasons: Set<CompactionReason> = []
  private(set) var parallelMax = 0
  /// How many flushes there are for each beginning and each end of a compaction.
  var flushWeight = 2
  private var claims = CompactionClaims()
  private var random: SeededGenerator
  private let store = TableStore(
    directory: "/none", fileSystem: MemoryFileSystem(), options: TreeOptions())
  private let picker: CompactionPicker
  /// Of each file: the newest sequence of each of its keys.
  private var contents: [UInt64: [Int: SequenceNumber]] = [:]
  private var number: UInt64 = 0
  private var sequence: SequenceNumber = 0

  private static let keys = 60
  private static let entryBytes = 10

  init(seed: Int) {
    random = SeededGenerator(seed: UInt64(seed))
    var options = CompactionOptions()
    options.l0CompactionSublevels = 1 + random.below(3)
    options.levelBaseBytesMax = 100
    options.levelSizeRatio = 2 + random.below(3)
    options.tableBytesMax = 50
    picker = CompactionPicker(options: options)
  }

  mutating func step() throws {
    switch random.below(flushWeight + 2) {
    case 0: if underWay.count < 4 { _ = try begin(idle: random.below(8) == 0) }
    case 1: try finishOne()
    default: try flush()
    }
  }

  /// One memtable: keys of all over, or neighbours.
  private mutating func flush() throws {
    guard version.l0.count < 12 else { return }
    let count = 1 + random.below(8)
    let first = random.below(Self.keys)
    let isLocal = random.below(2) == 0
    var content: [Int: SequenceNumber] = [:]
    for index in 0..<count {
      sequence += 1
      content[isLocal ? min(first + index, Self.keys - 1) : random.below(Self.keys)] = sequence
    }
    var levels = version.levels
    levels[0].insert(try file(content), at: 0)
    version = Version(levels: levels)
  }

  private mutating func file(_ content: [Int: SequenceNumber]) throws -> TableFile {
    number += 1
    contents[number] = content
    let keys = content.keys.sorted()
    var info = TableFileInfo(
      number: number, sizeBytes: Self.entryBytes * content.count,
      smallest: InternalKey.make(Self.key(keys[0]), 1, .value),
      largest: InternalKey.make(Self.key(keys[keys.count - 1]), 1, .value), entryCount: content.count)
    info.deletionCount = random.below(6) == 0 ? content.count : 0
    info.facts.sequenceMin = content.values.min()!
    info.facts.sequenceMax = content.values.max()!
    return try TableFile(info, in: store)
  }

  private static func key(_ index: Int) -> [UInt8] { [UInt8(index)] }

  mutating func begin(idle: Bool) throws -> Bool {
    let picked =
      picker.pick(version, claims: claims, snapshots: [sequence])
      ?? (idle ? picker.pickIdle(version, claims: claims, snapshots: [sequence]) : nil)
    guard let picked else { return false }
    claims.add(picked)
    underWay.append(picked)
    reasons.insert(picked.reason)
    parallelMax = max(parallelMax, underWay.count)
    return true
  }

  mutating func finishOne() throws {
    guard !underWay.isEmpty else { return }
    let compaction = underWay.remove(at: random.below(underWay.count))
    claims.remove(compaction)
    let numbers = compaction.inputNumbers
    var outputs = compaction.inputs.flatMap(\.files)
    if compaction.work == .merge { outputs = try merged(outputs, isBottom: compaction.outputLevel == 6) }
    var levels = version.levels.map { $0.filter { !numbers.contains($0.number) } }
    levels[compaction.outputLevel] += outputs
    levels[0].sort { $0.info.facts.sequenceMax > $1.info.facts.sequenceMax }
    for level in 1..<levels.count {
      levels[level].sort { KeyOrder.compareInternal($0.info.smallest, $1.info.smallest) < 0 }
    }
    version = Version(levels: levels)
  }

  private mutating func merged(_ files: [TableFile], isBottom: Bool) throws -> [TableFile] {
    var content: [Int: SequenceNumber] = [:]
    for file in files { content.merge(contents[file.number]!) { max($0, $1) } }
    var outputs: [TableFile] = []
    var keys = content.keys.sorted()[...]
    while !keys.isEmpty {
      let part = keys.prefix(1 + random.below(6))
      keys = keys.dropFirst(part.count)
      let made = try file(content.filter { part.contains($0.key) })
      var info = made.info
      if isBottom { info.deletionCount = 0 }
      outputs.append(try TableFile(info, in: store))
    }
    return outputs
  }

  func check(_ place: String) {
    let runs = version.l0.sublevels + version.levels.dropFirst()
    for run in runs {
      for (left, right) in zip(run, run.dropFirst()) where !left.info.range.isBefore(right.info.range) {
        Issue.record("\(place): \(left.number) and \(right.number) lie side by side and share keys")
      }
    }
    var lowest = [SequenceNumber](repeating: .max, count: Self.keys)
    for file in runs.joined() {
      for (key, sequence) in contents[file.number]! {
        if sequence >= lowest[key] { Issue.record("\(place): key \(key) at \(sequence) lies too low") }
        lowest[key] = sequence
      }
    }
  }
}
