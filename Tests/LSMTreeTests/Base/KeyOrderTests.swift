import LSMTree
import Testing

@Suite struct KeyOrderTests {
  @Test func agreesWithTheOrderOfBytes() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      // Long common prefixes and few letters, so that differences fall on every place of a word.
      let prefix = random.bytes(random.below(20))
      let left = prefix + (0..<random.below(12)).map { _ in [0, 127, 128, 255][random.below(4)] }
      let right = prefix + (0..<random.below(12)).map { _ in [0, 127, 128, 255][random.below(4)] }
      let order = KeyOrder.compare(left, right)
      #expect((order < 0) == left.lexicographicallyPrecedes(right), "\(left) \(right)")
      #expect((order == 0) == (left == right), "\(left) \(right)")
    }
  }

  @Test func internalKeysAreNewestFirstWhateverTheUserKeys() {
    // As plain bytes, the older version of "a" would come behind "a\0…".
    let keys = [
      InternalKey.make([97], 9, .value), InternalKey.make([97], 8, .deletion),
      InternalKey.make([97], 1, .value),
      InternalKey.make([97, 0], 5, .value), InternalKey.make([97, 255, 255], 7, .value),
      InternalKey.make([98], 1, .value),
    ]
    for (index, key) in keys.enumerated() {
      for (otherIndex, other) in keys.enumerated() {
        #expect(KeyOrder.compareInternal(key, other).signum() == (index - otherIndex).signum())
      }
    }
  }

  @Test func trailerHoldsSequenceAndKind() {
    for sequence in [0, 1, 255, 256, 1 << 40, sequenceNumberMax] as [SequenceNumber] {
      for kind in [EntryKind.deletion, .value, .rangeDeletion] {
        let trailer = InternalKey.trailer(sequence, kind)
        #expect(InternalKey.sequence(ofTrailer: trailer) == sequence)
        #expect(InternalKey.kind(ofTrailer: trailer) == kind)
        #expect(InternalKey.seekTrailer(sequence) <= trailer)
        if sequence < sequenceNumberMax {
          #expect(InternalKey.seekTrailer(sequence) > InternalKey.trailer(sequence + 1, kind))
        }
      }
    }
    #expect(InternalKey.kind(ofTrailer: ~(7 << 8 | 200)) == nil)
  }
}

@Suite struct KeyHashTests {
  /// On disk in every filter: these may never change while the table format's version stays.
  @Test func valuesAreFixed() {
    let keys: [[UInt8]] = [
      [], [0], [1], Array("a".utf8), Array("abcdefg".utf8), Array("abcdefgh".utf8), Array("abcdefghi".utf8),
      Array("abcdefghijklmnop".utf8), Array("abcdefghijklmnopq".utf8), (0..<100).map { UInt8($0) },
    ]
    let expected: [UInt64] = [
      0xa550_6ff5_2926_ac13,
      0x855a_2263_66af_32cf,
      0x6409_1141_f8a0_04a3,
      0xe249_2180_f9bc_29c4,
      0x7623_1ba4_8093_0a21,
      0x3da4_e377_2848_6056,
      0x57b0_3b29_fb10_699b,
      0xfe79_c78b_f566_bbdf,
      0x0103_a442_528f_cea6,
      0xa3aa_647d_4d46_87c0,
    ]
    #expect(keys.map { KeyHash.hash($0) } == expected)
  }

  @Test func everyBitCounts() {
    var random = SeededGenerator(seed: 5)
    for count in 1..<70 {
      var key = random.bytes(count)
      let original = key
      let before = KeyHash.hash(key)
      for byte in 0..<count {
        key[byte] ^= 1 << UInt8(random.below(8))
        #expect(KeyHash.hash(key) != before, "byte \(byte) of \(count)")
        key[byte] = original[byte]
      }
    }
  }

  @Test func lowAndHighHalvesSpread() {
    var low: Set<UInt32> = []
    var high: Set<UInt32> = []
    for index in 0..<20_000 as Range<UInt64> {
      let hash = KeyHash.hash(withUnsafeBytes(of: index.bigEndian) { Array($0) })
      low.insert(UInt32(truncatingIfNeeded: hash))
      high.insert(UInt32(truncatingIfNeeded: hash >> 32))
    }
    // Of 20,000 random numbers of 32 bits about 0.05 pairs are equal.
    #expect(low.count > 19_990)
    #expect(high.count > 19_990)
  }
}
