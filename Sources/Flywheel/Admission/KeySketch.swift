/// Which keys a partition is asked for most, and how the latest are spread over its hashes, from a sample of what comes
/// and in a fixed amount of memory, none of it behind a reference.
///
/// The most frequent are found by the space-saving algorithm (Metwally, Agrawal, El Abbadi 2005): a counter for each of a few keys;
/// a key that has none takes over the smallest. Any key that makes up more than one part in `keysMax` of the sample has one.
/// The spread is a ring of the latest hashes, in the order in which they came.
package struct KeySketch: Sendable {
  /// Counters: so many keys at most.
  package static let keysMax = 16
  /// Hashes that the ring holds.
  package static let recentMax = 64

  package struct Counter: Sendable, Hashable {
    package var hash: UInt64
    package var count: Int
  }

  /// Keys that are counted, and how often each came: 0 where there is none.
  private var hashes = InlineArray<16, UInt64>(repeating: 0)
  private var counts = InlineArray<16, Int>(repeating: 0)
  /// The ring, and how many hashes came to it in all.
  private var ring = InlineArray<64, UInt64>(repeating: 0)
  private var added = 0
  /// Everything that was counted since it was last halved.
  package private(set) var total = 0

  package init() {}

  package mutating func add(_ hash: UInt64) {
    total += 1
    ring[added % Self.recentMax] = hash
    added += 1
    var least = 0
    for position in 0..<Self.keysMax {
      let count = counts[position]
      if count > 0, hashes[position] == hash {
        counts[position] = count + 1
        return
      }
      if count < counts[least] { least = position }
    }
    hashes[least] = hash
    counts[least] += 1
  }

  /// Has what came earlier count for half, or less if more than one minute went by.
  package mutating func age(minutes: Int64 = 1) {
    let shift = min(minutes, 63)
    total >>= shift
    for position in 0..<Self.keysMax { counts[position] >>= shift }
  }

  /// The most frequent first.
  package var top: [Counter] {
    let counters = (0..<Self.keysMax).map { Counter(hash: hashes[$0], count: counts[$0]) }
    return counters.filter { $0.count > 0 }.sorted { ($0.count, $0.hash) > ($1.count, $1.hash) }
  }

  /// The latest hashes, the oldest of them first.
  private var recent: [UInt64] {
    (max(0, added - Self.recentMax)..<added).map { ring[$0 % Self.recentMax] }
  }

  // MARK: Splitting

  /// What a split of the partition would do for the keys that were seen.
  package enum SplitAdvice: Sendable, Hashable {
    /// Half of what comes goes to either side, or nearly, if the right part begins with this hash.
    case split(at: UInt64)
    /// One key has nearly all of it: a split would leave that on one side.
    case oneKey
    /// What comes goes along the range: whatever part is hot now will not be for long.
    case sequential
    /// Too little was seen.
    case unknown
  }

  /// The least sample that says anything.
  private static let samplesMin = 32
  /// The least part of the sample, in percent, that must go to the lesser side for a split to be worth it.
  private static let lesserPercentMin = 10
  /// How many of a hundred steps from one hash to the next must go one way to be taken for a sequence.
  private static let sequencePercentMin = 90

  package var advice: SplitAdvice {
    let recent = recent
    guard recent.count >= Self.samplesMin else { return .unknown }
    if Self.isSequence(recent) { return .sequential }
    let sorted = recent.sorted()
    var best: (point: UInt64, lesser: Int)?
    for position in 1..<sorted.count where sorted[position] != sorted[position - 1] {
      let lesser = min(position, sorted.count - position)
      if lesser > best?.lesser ?? 0 { best = (sorted[position], lesser) }
    }
    guard let best, best.lesser * 100 >= sorted.count * Self.lesserPercentMin else { return .oneKey }
    return .split(at: best.point)
  }

  private static func isSequence(_ hashes: [UInt64]) -> Bool {
    var steps = 0
    var upward = 0
    for (from, to) in zip(hashes, hashes.dropFirst()) where from != to {
      steps += 1
      if to > from { upward += 1 }
    }
    guard steps * 2 >= hashes.count else { return false }
    return max(upward, steps - upward) * 100 >= steps * sequencePercentMin
  }
}
