import Synchronization

/// What point reads ask of tables, counted for one in 1,024.
///
/// Counting every get would have all threads write to the same few words, which costs more than a get from a memtable. So a get is
/// counted when ten bits of its key's hash are those of a salt that every superversion draws anew: deciding costs two
/// instructions and writes nothing, and no key is counted always or never, however hot it is.
final class ReadSamples: Sendable {
  /// What one get met.
  struct Sample {
    /// Tables that were asked.
    var tables = 0
    /// Those of them whose filter ruled the key out.
    var filtered = 0
    /// Those whose filter let it through, though they had nothing to show for it.
    var searchedInVain = 0
  }

  private let gets = Atomic<Int>(0)
  private let tables = Atomic<Int>(0)
  private let filtered = Atomic<Int>(0)
  private let searchedInVain = Atomic<Int>(0)
  private let salts = Atomic<UInt64>(0)

  /// Another salt with each call.
  func nextSalt() -> UInt64 {
    salts.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
  }

  @inline(__always)
  static func includes(hash: UInt64, salt: UInt64) -> Bool {
    (hash ^ salt) >> UInt64(64 - TreeMetrics.Reads.sampledBits) == 0
  }

  func add(_ sample: Sample) {
    gets.wrappingAdd(1, ordering: .relaxed)
    tables.wrappingAdd(sample.tables, ordering: .relaxed)
    filtered.wrappingAdd(sample.filtered, ordering: .relaxed)
    searchedInVain.wrappingAdd(sample.searchedInVain, ordering: .relaxed)
  }

  var metrics: TreeMetrics.Reads {
    TreeMetrics.Reads(
      getsSampled: gets.load(ordering: .relaxed), tables: tables.load(ordering: .relaxed),
      tablesFiltered: filtered.load(ordering: .relaxed),
      tablesSearchedInVain: searchedInVain.load(ordering: .relaxed))
  }
}
