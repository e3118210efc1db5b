/// Counts of durations in buckets that are 1/32 of their power of two wide: the error is at most 3%.
struct LatencyHistogram: Sendable {
  private static let bitsBelow = 5
  private var counts = [UInt64](repeating: 0, count: (64 - bitsBelow + 1) << bitsBelow)
  private(set) var longestNanoseconds: UInt64 = 0

  mutating func record(_ nanoseconds: UInt64) {
    counts[Self.bucket(nanoseconds)] += 1
    longestNanoseconds = max(longestNanoseconds, nanoseconds)
  }

  mutating func add(_ other: LatencyHistogram) {
    for index in counts.indices { counts[index] += other.counts[index] }
    longestNanoseconds = max(longestNanoseconds, other.longestNanoseconds)
  }

  /// The least duration that `fraction` of all don't exceed, to a bucket's width.
  func nanoseconds(at fraction: Double) -> UInt64 {
    let wanted = fraction * Double(counts.reduce(0, +))
    var sum = 0.0
    for (index, count) in counts.enumerated() where count > 0 {
      sum += Double(count)
      if sum >= wanted { return min(Self.lowest(ofBucket: index + 1), longestNanoseconds) }
    }
    return 0
  }

  private static func bucket(_ value: UInt64) -> Int {
    let shift = max(0, 63 - bitsBelow - (value | 1).leadingZeroBitCount)
    return shift << bitsBelow + Int(value >> UInt64(shift))
  }

  private static func lowest(ofBucket index: Int) -> UInt64 {
    let shift = max(0, index >> bitsBelow - 1)
    return UInt64(index - shift << bitsBelow) << UInt64(shift)
  }
}
