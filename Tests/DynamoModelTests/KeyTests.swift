import DynamoModel
import Testing

@Suite struct KeyTests {
  static let seed: UInt64 = 20_261_127

  private func part(_ value: EncodedValue, _ type: KeyType) throws -> [UInt8] {
    var key = KeyBuffer()
    try append(value, type, to: &key)
    return [UInt8](copying: key.bytes)
  }

  private func append(
    _ value: EncodedValue, _ type: KeyType, limitBytes: Int = 1_000, to key: inout KeyBuffer
  ) throws(KeyError) {
    try KeyEncoder.append(value.view, as: type, limitBytes: limitBytes, to: &key)
  }

  private func random(_ type: KeyType, _ random: inout SeededGenerator) throws -> EncodedValue {
    switch type {
    case .string: return try EncodedValue(.string("x" + random.string(upTo: 9)))
    case .number: return try EncodedValue(.number(random.number()))
    case .binary: return try EncodedValue(.binary([0] + random.bytes(upTo: 12)))
    }
  }

  private func appendUnchecked(_ value: EncodedValue, _ type: KeyType, to key: inout KeyBuffer) {
    KeyEncoder.appendPart(value.view.payload, as: type, to: &key)
  }

  private func read(
    _ types: [KeyType], from bytes: [UInt8], at offset: Int
  ) throws(EncodingFault) -> (values: [EncodedValue], end: Int) {
    var reader = KeyReader(bytes.span.bytes, at: offset)
    var values: [EncodedValue] = []
    for type in types { values.append(try reader.value(type)) }
    return (values, reader.offset)
  }

  private func skip(_ types: [KeyType], in bytes: [UInt8], at offset: Int) throws(EncodingFault) -> Int {
    var reader = KeyReader(bytes.span.bytes, at: offset)
    for type in types { try reader.skip(type) }
    return reader.offset
  }

  /// Integers stand with their first byte first, and one can be put in another's place, on the stack as beyond it.
  @Test(arguments: [0, KeyBuffer.inlineBytesMax - 4, KeyBuffer.inlineBytesMax, 1_000])
  func integersStandWithTheirFirstByteFirst(offset: Int) {
    var key = KeyBuffer()
    for _ in 0..<offset { key.append(0xEE) }
    key.append(bigEndian: UInt32(0x0102_0304))
    key.append(bigEndian: UInt64(0))
    key.append(0xDD)
    key.store(bigEndian: 0x1112_1314_1516_1718, at: offset + 4)
    let expected: [UInt8] = [1, 2, 3, 4, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0xDD]
    #expect([UInt8](copying: key.bytes) == [UInt8](repeating: 0xEE, count: offset) + expected)
  }

  @Test(arguments: [KeyType.string, .number, .binary])
  func partsCompareAsValuesDo(type: KeyType) throws {
    var generator = SeededGenerator(seed: KeyTests.seed)
    let values = try (0..<400).map { _ in try random(type, &generator) }
    let parts = try values.map { try part($0, type) }
    for (i, a) in values.enumerated() {
      for (j, b) in values.enumerated() {
        let order = a.view.order(comparedTo: b.view)!
        try #require((order < 0) == parts[i].lexicographicallyPrecedes(parts[j]), "seed \(KeyTests.seed)")
        try #require((order == 0) == (parts[i] == parts[j]))
        if order != 0 { try #require(!parts[j].starts(with: parts[i])) }
      }
    }
  }

  @Test func partsFollowOneAnotherAndComeBack() throws {
    var generator = SeededGenerator(seed: KeyTests.seed)
    for _ in 0..<3_000 {
      let types = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        [KeyType.string, .number, .binary].randomElement(using: &generator)!
      }
      let values = try types.map { try random($0, &generator) }
      var key = KeyBuffer()
      key.append(bigEndian: 0xDEAD_BEEF as UInt32)
      for (value, type) in zip(values, types) {
        try append(value, type, to: &key)
      }
      let bytes = [UInt8](copying: key.bytes)
      let read = try self.read(types, from: bytes, at: 4)
      try #require(read.values == values)
      #expect(read.end == bytes.count)
      #expect(try skip(types, in: bytes, at: 4) == bytes.count)
    }
  }

  @Test func compositeKeysCompareByTheirFirstDifference() throws {
    var generator = SeededGenerator(seed: KeyTests.seed)
    for _ in 0..<5_000 {
      let types = [[KeyType.string, .binary].randomElement(using: &generator)!, .number]
      let a = try types.map { try random($0, &generator) }
      let b = [
        generator.chance(2) ? a[0] : try random(types[0], &generator), try random(types[1], &generator),
      ]
      let first = order(a[0], b[0])!
      let expected = first != 0 ? first : order(a[1], b[1])!
      let keys = try [a, b].map { values in try zip(values, types).flatMap { try part($0, $1) } }
      try #require((expected < 0) == keys[0].lexicographicallyPrecedes(keys[1]))
    }
  }

  @Test func prefixesBeginTheKeysOfWhatBeginsWithThem() throws {
    var generator = SeededGenerator(seed: KeyTests.seed)
    for _ in 0..<3_000 {
      let value = [1] + generator.bytes(upTo: 10)
      let other = generator.chance(2) ? [1] + generator.bytes(upTo: 3) : Array(value.prefix(3))
      var prefix = KeyBuffer()
      KeyEncoder.appendPrefix(other.span.bytes, as: .binary, to: &prefix)
      let begins = try part(EncodedValue(.binary(value)), .binary).starts(
        with: [UInt8](copying: prefix.bytes))
      try #require(begins == value.starts(with: other), "\(value) begins with \(other)")
    }
  }

  @Test func randomBytesNeverCrashTheReader() throws {
    var generator = SeededGenerator(seed: KeyTests.seed)
    for _ in 0..<50_000 {
      let bytes = generator.bytes(upTo: 16)
      for type in [KeyType.string, .number, .binary] {
        guard let (values, end) = try? read([type], from: bytes, at: 0) else { continue }
        var key = KeyBuffer()
        appendUnchecked(values[0], type, to: &key)
        #expect([UInt8](copying: key.bytes) == Array(bytes[..<end]))
      }
    }
  }

  @Test func valuesThatAreNoKeysSayWhy() throws {
    func append(_ value: AttributeValue) throws {
      var key = KeyBuffer()
      try self.append(EncodedValue(value), .string, limitBytes: 10, to: &key)
    }
    #expect(throws: KeyError.typeMismatch(expected: .string, actual: .number)) {
      try append(1)
    }
    #expect(throws: KeyError.empty) {
      try append("")
    }
    #expect(throws: KeyError.tooLong(bytes: 11, limitBytes: 10)) {
      try append("12345678901")
    }
    try append("1234567890")
  }

  @Test func buffersGrowAndShrinkAcrossTheStacksEdge() {
    var generator = SeededGenerator(seed: KeyTests.seed)
    var key = KeyBuffer()
    var expected: [UInt8] = []
    for _ in 0..<4_000 {
      switch Int.random(in: 0..<6, using: &generator) {
      case 0:
        let count = Int.random(in: 0...expected.count, using: &generator)
        key.truncate(to: count)
        expected.removeLast(expected.count - count)
      case 1 where generator.chance(10):
        key.removeAll()
        expected = []
      case 2:
        let byte = UInt8.random(in: 0...255, using: &generator)
        key.append(byte)
        expected.append(byte)
      case 3:
        key.append(bigEndian: 0x0102_0304_0506_0708 as UInt64)
        expected += [1, 2, 3, 4, 5, 6, 7, 8]
      default:
        let bytes = generator.bytes(upTo: 90)
        key.append(bytes.span.bytes)
        expected += bytes
      }
      #expect(key.count == expected.count)
      let isEqual = equalBytes(key.bytes, expected.span.bytes)
      #expect(isEqual)
    }
  }

  // MARK: - Hash

  /// From the reference implementation, over bytes i × 131 + 7.
  @Test(
    arguments: [
      (0, 0, 0xEF46_DB37_51D8_E999),
      (0, 2654435761, 0xAC75_FDA2_929B_17EF),
      (1, 0, 0xA96C_7F0C_E858_BBB7),
      (3, 0, 0xBED4_3740_EE63_32BB),
      (4, 0, 0xFA21_2AE4_4B3B_B23D),
      (8, 5, 0xB886_4231_188E_ED9B),
      (14, 0, 0x5742_6937_7227_D80A),
      (31, 7, 0x0A50_9613_CD2B_0817),
      (32, 0, 0x07F7_B8E3_BC5D_6E25),
      (33, 2654435761, 0x3D80_5E87_12CB_4890),
      (63, 0, 0xB7C9_968C_066C_B6A5),
      (100, 0, 0x9DDA_DA11_D3DC_2D8F),
      (222, 2654435761, 0xD075_5EEE_7021_27BB),
    ] as [(Int, UInt64, UInt64)])
  func hashIsXXH64(count: Int, seed: UInt64, hash: UInt64) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 131 + 7) }
    #expect(xxHash64(bytes.span.bytes, seed: seed) == hash)
  }

  /// Stored keys begin with these: they must never change.
  @Test func partitionHashesStayWhatTheyAre() throws {
    #expect(try partitionHash([EncodedValue("customer#1")], [.string]) == 0x9308_BDCA_7D2F_0FB4)
    #expect(try partitionHash([EncodedValue(1)], [.number]) == 0xF511_D498_E200_EC1C)
    #expect(try partitionHash([EncodedValue(.binary([0, 255]))], [.binary]) == 0xDBB8_AC01_5D3B_AF95)
    #expect(
      try partitionHash([EncodedValue("a"), EncodedValue(1)], [.string, .number]) == 0x3E22_86A5_7430_947A)
  }

  private func partitionHash(_ values: [EncodedValue], _ types: [KeyType]) -> UInt64 {
    var hash = PartitionHash()
    for index in values.indices { combine(values[index], types[index], into: &hash) }
    if values.count == 1 { #expect(hash.value == partitionHash(values[0], types[0])) }
    return hash.value
  }

  private func partitionHash(_ value: EncodedValue, _ type: KeyType) -> UInt64 {
    PartitionHash.of(value.view.payload, as: type)
  }

  private func combine(_ value: EncodedValue, _ type: KeyType, into hash: inout PartitionHash) {
    hash.combine(value.view.payload, as: type)
  }
}
