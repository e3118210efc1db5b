import LSMTree
import Synchronization
import Testing

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Power cuts and failures at every change of the disk while value files are written, pointed at, emptied and removed.
@Suite struct ValueCrashTests {
  private static let isLong = getenv("FLYWHEEL_LONG") != nil
  private static let keyCount = 12
  private static let rounds = 5

  private static var options: TreeOptions {
    var options = TreeOptions()
    options.durability = .fsync
    options.memtableBytesMax = 64 << 10
    options.logSegmentBytes = 64 << 10
    options.valueFileThresholdBytes = 100
    options.valueFileBytesMax = 64 << 10
    options.valueFileGarbagePercentMax = 10
    return options
  }

  private static func key(_ index: Int) -> [UInt8] { [UInt8(index)] }

  private static func value(_ index: Int, _ round: Int) -> [UInt8] {
    [UInt8](repeating: UInt8(16 * index + round), count: 400 + 300 * index)
  }

  /// Each round writes every other key in one batch, flushes it and compacts everything: old values become garbage, which
  /// is collected. Returns how many rounds were acknowledged.
  private func run(_ disk: FaultFileSystem) -> Int {
    guard let tree = try? Tree.open("/values", options: Self.options, fileSystem: disk) else { return 0 }
    var acknowledged = 0
    for round in 1...Self.rounds {
      var batch = WriteBatch()
      for index in stride(from: round % 2, to: Self.keyCount, by: 2) {
        batch.put(Self.key(index), Self.value(index, round))
      }
      do {
        try tree.commit(batch)
        try tree.flush()
        acknowledged = round
        try tree.compact()
      } catch {
        break
      }
    }
    // What is collected without being asked for; how far it gets is a matter of luck, and of the cut.
    if !disk.isOff { UnixTime.sleep(nanoseconds: 2_000_000) }
    try? tree.close()
    return acknowledged
  }

  private func content(afterRound round: Int) -> [[UInt8]: [UInt8]] {
    var content: [[UInt8]: [UInt8]] = [:]
    guard round > 0 else { return content }
    for round in 1...round {
      for index in stride(from: round % 2, to: Self.keyCount, by: 2) {
        content[Self.key(index)] = Self.value(index, round)
      }
    }
    return content
  }

  private func check(_ disk: FaultFileSystem, acknowledged: Int, _ comment: String) throws {
    let tree = try Tree.open("/values", options: Self.options, fileSystem: disk)
    let found = try tree.content(in: tree.view())
    let expected = [acknowledged, acknowledged + 1].map { content(afterRound: min($0, Self.rounds)) }
    #expect(expected.contains(found), "\(comment): \(acknowledged) rounds were acknowledged")
    _ = try tree.verify()
    try tree.close()
    // What no version names is gone when the next one is opened, and nothing else is.
    let store = TableStore(directory: "/values", fileSystem: disk, options: Self.options)
    let version = try VersionSet(opening: store).current
    let names = try disk.list("/values").filter { $0.hasSuffix(".values") }
    #expect(names == version.valueFiles.map { FileNames.values($0.file.number) }, "\(comment)")
  }

  @Test func aPowerCutAnywhere() throws {
    let whole = FaultFileSystem()
    #expect(run(whole) == Self.rounds)
    #expect(whole.changeCount > 100)
    for number in stride(from: 0, to: whole.changeCount + 10, by: Self.isLong ? 1 : 7) {
      let disk = FaultFileSystem { $0.number == number ? .cutPower : nil }
      let acknowledged = run(disk)
      for seed in 0..<2 as Range<UInt64> {
        let survivor = disk.afterPowerCut(seed: seed)
        try check(survivor, acknowledged: acknowledged, "cut at \(number), seed \(seed)")
      }
    }
  }

  /// A write, sync or removal of a value file that fails, in turn: what was acknowledged is there all the same.
  @Test func aFailureOfAnyChangeOfAValueFile() throws {
    for number in stride(from: 0, to: 30, by: Self.isLong ? 1 : 3) {
      let failing = CountedFailure(number)
      let disk = FaultFileSystem { operation in
        operation.number >= 0 && operation.path.hasSuffix(".values") && failing.isNext()
          ? .fail(errno: ENOSPC) : nil
      }
      let acknowledged = run(disk)
      try check(disk.afterPowerCut(seed: UInt64(number)), acknowledged: acknowledged, "failure \(number)")
    }
  }

  /// True once, after so many questions.
  private final class CountedFailure: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) { left = Mutex(count) }

    func isNext() -> Bool {
      left.withLock { left in
        left -= 1
        return left == -1
      }
    }
  }
}
