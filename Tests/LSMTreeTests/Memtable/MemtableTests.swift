import LSMTree
import Synchronization
import Testing

@Suite struct MemtableTests {
  /// Random versions of few keys against a sorted array, through every way to look.
  @Test func agreesWithASortedArray() {
    for seed in 1...4 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let memtable = MemtableProbe(capacityBytes: 1 << 20)
      var expected: [(key: [UInt8], sequence: SequenceNumber, value: [UInt8]?)] = []
      for sequence in 1...1500 as ClosedRange<SequenceNumber> {
        // Sequential, random and hot keys: the finger, the search and the index each get their share.
        let key: [UInt8] =
          switch random.below(3) {
          case 0: [1] + withUnsafeBytes(of: sequence.bigEndian) { Array($0) }
          case 1: random.bytes(random.below(5))
          default: [2, UInt8(random.below(3))]
          }
        let value = random.below(4) == 0 ? nil : random.bytes(random.below(30))
        memtable.write(key, value, sequence)
        expected.append((key, sequence, value))
      }
      expected.sort {
        let order = KeyOrder.compare($0.key, $1.key)
        return order == 0 ? $0.sequence > $1.sequence : order < 0
      }
      #expect(memtable.forward().map(\.key) == expected.map(\.key), "seed \(seed)")
      #expect(memtable.forward().map(\.sequence) == expected.map(\.sequence), "seed \(seed)")
      #expect(memtable.backward().map(\.sequence) == expected.reversed().map(\.sequence), "seed \(seed)")
      for _ in 0..<500 {
        let key =
          random.below(2) == 0 ? expected[random.below(expected.count)].key : random.bytes(random.below(4))
        let sequence = SequenceNumber(random.below(1600))
        let newest = expected.first { $0.key == key && $0.sequence <= sequence }
        #expect(memtable.find(key, sequence) == newest?.sequence, "seed \(seed) key \(key) at \(sequence)")
      }
    }
  }

  /// The index takes as many keys as it has room for; those it turned away are found in the list.
  @Test func moreKeysThanTheIndexTakes() {
    let memtable = MemtableProbe(capacityBytes: 64 << 10)
    for number in 0..<900 as Range<UInt64> {
      memtable.write(withUnsafeBytes(of: number) { Array($0.prefix(2)) }, nil, number + 1)
    }
    for number in 0..<900 as Range<UInt64> {
      let key = withUnsafeBytes(of: number) { Array($0.prefix(2)) }
      #expect(memtable.find(key, 10_000) == number + 1)
      #expect(memtable.find(key, number) == nil)
    }
    #expect(memtable.find([255, 255], 10_000) == nil)
  }

  /// An old reader of a key that was written very often does not walk all of its versions, and finds the right one.
  @Test func oldVersionOfAHotKey() {
    let memtable = MemtableProbe(capacityBytes: 1 << 20)
    for sequence in 1...3000 as ClosedRange<UInt64> { memtable.write([7], [1], sequence) }
    for sequence in [1, 2, 17, 1500, 2990, 3000] as [UInt64] {
      #expect(memtable.find([7], sequence) == sequence)
    }
    #expect(memtable.find([7], 0) == nil)
  }

  /// Readers walk both ways while one thread inserts: what was published is there, in order.
  @Test func readersWhileWriting() {
    let memtable = MemtableProbe(capacityBytes: 4 << 20)
    let published = Shared(Atomic<UInt64>(0))
    let count: UInt64 = 4000
    var threads: [BackgroundThread] = [
      .start {
        var random = SeededGenerator(seed: 8)
        for sequence in 1...count {
          memtable.write([UInt8(random.below(40)), UInt8(random.below(40))], [9, 9], sequence)
          published.value.store(sequence, ordering: .releasing)
        }
      }
    ]
    for reader in 0..<2 {
      threads.append(
        .start {
          var last: UInt64 = 0
          while last < count {
            last = published.value.load(ordering: .acquiring)
            let entries = (reader == 0 ? memtable.forward() : memtable.backward().reversed()).filter {
              $0.sequence <= last
            }
            #expect(entries.count == Int(last))
            for (left, right) in zip(entries, entries.dropFirst()) {
              let order = KeyOrder.compare(left.key, right.key)
              #expect(order < 0 || order == 0 && left.sequence > right.sequence)
            }
            if let entry = entries.randomElement() {
              let newest = entries.first { $0.key == entry.key }
              #expect(memtable.find(entry.key, last) == newest?.sequence)
            }
          }
        })
    }
    for thread in threads { thread.join() }
  }
}
