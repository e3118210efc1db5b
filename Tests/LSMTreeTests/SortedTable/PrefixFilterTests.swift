import LSMTree
import Testing

/// Filters that also know what keys begin with.
@Suite struct PrefixFilterTests {
  private static let prefixBytes = 4

  private static func options(prefixBytes: Int) -> TreeOptions {
    var options = TreeOptions()
    options.durability = .none
    options.blockCacheBytesMax = 0
    options.blockBytes = 1 << 10
    options.filterPrefixBytes = prefixBytes
    return options
  }

  /// Keys of partition p go into table p % 3; some keys are shorter than a prefix.
  private static func fill(_ tree: Tree) throws {
    for table in 0..<3 {
      var batch = WriteBatch()
      for partition in 0..<200 where partition % 3 == table {
        for number in 0..<20 { batch.put(key(partition, number), [UInt8(table)]) }
        batch.put([1, UInt8(partition)], [9])
      }
      try tree.commit(batch)
      try tree.flush()
    }
  }

  private static func key(_ partition: Int, _ number: Int) -> [UInt8] {
    [2, 0, 0, UInt8(partition), UInt8(number)]
  }

  private static func walk(
    _ tree: Tree, from lower: [UInt8], to upper: [UInt8]?, isForward: Bool
  ) throws -> [[UInt8]] {
    var keys: [[UInt8]] = []
    var cursor = try tree.cursor(in: tree.view(), from: lower, to: upper)
    if isForward { try cursor.seekToFirst() } else { try cursor.seekToLast() }
    while cursor.isValid {
      keys.append(Array(cursor.key))
      if isForward { try cursor.next() } else { try cursor.previous() }
    }
    return isForward ? keys : keys.reversed()
  }

  @Test(arguments: [true, false])
  func aCursorWithinAPrefixReadsOnlyTablesThatHaveIt(isForward: Bool) throws {
    let fileSystem = ReadCountingFileSystem(MemoryFileSystem())
    let tree = try Tree.open("/prefix", options: Self.options(prefixBytes: 4), fileSystem: fileSystem)
    try Self.fill(tree)
    _ = try Self.walk(tree, from: [], to: nil, isForward: true)
    var readInVain = 0
    for partition in 0..<250 {
      fileSystem.forget()
      let lower = Self.key(partition, 3)
      let keys = try Self.walk(tree, from: lower, to: Self.key(partition, 11), isForward: isForward)
      #expect(keys == (partition < 200 ? (3..<11).map { Self.key(partition, $0) } : []))
      readInVain += fileSystem.tablesRead - (partition < 200 ? 1 : 0)
    }
    #expect(readInVain >= 0)
    // Some 550 questions to filters that let one of a hundred through.
    #expect(readInVain < 30)
    try tree.close()
  }

  @Test func boundsThatAgreeInLessSeeEverything() throws {
    let fileSystem = MemoryFileSystem()
    let filtered = try Tree.open("/a", options: Self.options(prefixBytes: 4), fileSystem: fileSystem)
    let plain = try Tree.open("/b", options: Self.options(prefixBytes: 0), fileSystem: fileSystem)
    try Self.fill(filtered)
    try Self.fill(plain)
    let bounds: [([UInt8], [UInt8]?)] = [
      ([], nil), ([1], [2]), ([1, 5], [1, 6]), ([2, 0, 0], [2, 0, 1]), ([2, 0, 0, 7], [2, 0, 0, 8]),
      ([2, 0, 0, 7], [2, 0, 0, 7, 19]), ([2, 0, 0, 250], [2, 0, 0, 251]), ([2, 0, 0, 7], nil),
      ([2, 0, 0, 7, 3], [2, 0, 0, 9, 3]), ([1, 5], [2, 0, 0, 5, 5]),
    ]
    for (lower, upper) in bounds {
      for isForward in [true, false] {
        let keys = try Self.walk(filtered, from: lower, to: upper, isForward: isForward)
        #expect(keys == (try Self.walk(plain, from: lower, to: upper, isForward: isForward)))
        #expect(!keys.isEmpty || lower == [2, 0, 0, 250])
      }
    }
    #expect(try filtered.verify().entries == plain.verify().entries)
    try filtered.close()
    try plain.close()
  }

  /// What a filter was written with is told by the table: options may change.
  @Test func tablesWrittenWithOtherPrefixesStayRight() throws {
    let fileSystem = MemoryFileSystem()
    for prefixBytes in [0, 2, 4, 6] {
      let tree = try Tree.open("/c", options: Self.options(prefixBytes: prefixBytes), fileSystem: fileSystem)
      try Self.fill(tree)
      for partition in [0, 17, 199, 230] {
        let keys = try Self.walk(
          tree, from: Self.key(partition, 0), to: Self.key(partition, 255), isForward: true)
        #expect(keys.count == (partition < 200 ? 20 : 0))
      }
      try tree.close()
    }
  }
}
