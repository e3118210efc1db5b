/// Which keys a partition is asked for most, and how the latest are spread over its hashes, from a sample of what comes
/// and in a fixed amount of memory.
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

  private var counters: [Counter] = []
  private var recent: [UInt64] = []
  private var oldest = 0
  /// Everything that was counted since it was last halved.
  package private(set) var total = 0

  package init() {}

  package mutating func add(_ hash: UInt64) {
    total += 1
    if recent.count < Self.recentMax {
      recent.append(hash)
    } else {
      recent[oldest] = hash
      oldest = (oldest + 1) % Self.recentMax
    }
    if let position = counters.firstIndex(where: { $0.hash == hash }) {
      counters[position].count += 1
    } else if counters.count < Self.keysMax {
      counters.append(Counter(hash: hash, count: 1))
    } else {
      let least = counters.indices.min { counters[$0].count < counters[$1].count }!
      counters[least] = Counter(hash: hash, count: counters[least].count + 1)
    }
  }

  /// Has what came earlier count for half, or less if more than one minute went by.
  package mutating func age(minutes: Int64 = 1) {
    let shift = min(minutes, 63)
    total >>= shift
    for position in counters.indices { counters[position].count >>= shift }
    counters.removeAll { $0.count == 0 }
  }

  /// The most frequent first.
  package var top: [Counter] { counters.sorted { ($0.count, $0.hash) > ($1.count, $1.hash) } }

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
    guard recent.count >= Self.samplesMin else { return .unknown }
    if isSequential { return .sequential }
    let sorted = recent.sorted()
    var best: (point: UInt64, lesser: Int)?
    for position in 1..<sorted.count where sorted[position] != sorted[position - 1] {
      let lesser = min(position, sorted.count - position)
      if lesser > best?.lesser ?? 0 { best = (sorted[position], lesser) }
    }
    guard let best, best.lesser * 100 >= sorted.count * Self.lesserPercentMin else { return .oneKey }
    return .split(at: best.point)
  }

  private var isSequential: Bool {
    var steps = 0
    var upward = 0
    for position in 1..<recent.count {
      let from = recent[(oldest + position - 1) % recent.count]
      let to = recent[(oldest + position) % recent.count]
      guard from != to else { continue }
      steps += 1
      if to > from { upward += 1 }
    }
    guard steps * 2 >= recent.count else { return false }
    return max(upward, steps - upward) * 100 >= steps * Self.sequencePercentMin
  }
}
