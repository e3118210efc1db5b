/// One range deletion: keys from `lower` (inclusive) to `upper` (exclusive) that are older than `sequence` are gone.
package struct RangeDeletion: Equatable, Sendable {
  package var lower: [UInt8]
  package var upper: [UInt8]
  package var sequence: SequenceNumber

  package init(lower: [UInt8], upper: [UInt8], sequence: SequenceNumber) {
    self.lower = lower
    self.upper = upper
    self.sequence = sequence
  }
}

/// Range deletions cut where any of them begins or ends, so that they lie side by side: each fragment has one range and
/// the sequences of all deletions that cover it, newest first. Finding what covers a key is then one binary search.
///
/// Immutable and shared by reference inside; a table file has one, and a version one for all of its files. A deletion
/// is a fact about history wherever it is stored, so sets may be joined, cut and looked at in any combination.
package struct RangeDeletions: Sendable {
  package struct Fragment: Equatable, Sendable {
    package var lower: [UInt8]
    package var upper: [UInt8]
    /// Descending.
    package var sequences: [SequenceNumber]

    package init(lower: [UInt8], upper: [UInt8], sequences: [SequenceNumber]) {
      self.lower = lower
      self.upper = upper
      self.sequences = sequences
    }
  }

  package let fragments: [Fragment]

  package static let none = RangeDeletions(fragments: [])

  private init(fragments: [Fragment]) {
    self.fragments = fragments
  }

  package var isEmpty: Bool { fragments.isEmpty }

  package var memoryBytes: Int {
    fragments.reduce(0) { $0 + $1.lower.count + $1.upper.count + 8 * $1.sequences.count + 128 }
  }

  /// Fragments any number of deletions, in any order. Empty ranges are left out.
  ///
  /// A sweep over all ends: n log n and one entry per fragment and covering deletion.
  package init(_ deletions: [RangeDeletion]) {
    let deletions = deletions.filter { KeyOrder.compare($0.lower, $0.upper) < 0 }
      .sorted { KeyOrder.compare($0.lower, $1.lower) < 0 }
    guard !deletions.isEmpty else {
      self = .none
      return
    }
    var cuts = deletions.flatMap { [$0.lower, $0.upper] }.sorted { KeyOrder.compare($0, $1) < 0 }
    cuts = cuts.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    var fragments: [Fragment] = []
    var open: [RangeDeletion] = []
    var next = 0
    for (lower, upper) in zip(cuts, cuts.dropFirst()) {
      open.removeAll { KeyOrder.compare($0.upper, lower) <= 0 }
      while next < deletions.count, deletions[next].lower == lower {
        open.append(deletions[next])
        next += 1
      }
      guard !open.isEmpty else { continue }
      let sequences = Set(open.map(\.sequence)).sorted(by: >)
      if let last = fragments.last, last.upper == lower, last.sequences == sequences {
        fragments[fragments.count - 1].upper = upper
      } else {
        fragments.append(Fragment(lower: lower, upper: upper, sequences: sequences))
      }
    }
    self.fragments = fragments
  }

  /// All deletions of several sets, fragmented anew.
  package init(joining sets: [RangeDeletions]) {
    let sets = sets.filter { !$0.isEmpty }
    self = sets.count == 1 ? sets[0] : RangeDeletions(sets.flatMap(\.deletions))
  }

  /// One deletion for each fragment and sequence.
  package var deletions: [RangeDeletion] {
    fragments.flatMap { fragment in
      fragment.sequences.map { RangeDeletion(lower: fragment.lower, upper: fragment.upper, sequence: $0) }
    }
  }

  /// The newest deletion at or below `sequence` that covers a user key, or 0. An entry is deleted if its own
  /// sequence is below that.
  package func newestCovering(_ userKey: UnsafeRawBufferPointer, atOrBelow sequence: SequenceNumber)
    -> SequenceNumber
  {
    guard let index = indexCovering(userKey) else { return 0 }
    return fragments[index].sequences.first { $0 <= sequence } ?? 0
  }

  package func newestCovering(_ userKey: RawSpan, atOrBelow sequence: SequenceNumber) -> SequenceNumber {
    userKey.withUnsafeBytes { newestCovering($0, atOrBelow: sequence) }
  }

  /// What a table's smallest and largest key have to take in: a deletion begins at its lower key, and ends just before the
  /// first entry there could be for its upper key. Nil if there is none.
  var internalBounds: InternalBounds? {
    guard let first = fragments.first, let last = fragments.last else { return nil }
    return InternalBounds(
      smallest: InternalKey.make(first.lower, first.sequences[0], .rangeDeletion),
      largest: InternalKey.make(last.upper, sequenceNumberMax, .rangeDeletion))
  }

  private func indexCovering(_ userKey: UnsafeRawBufferPointer) -> Int? {
    let index = firstEnding(after: userKey)
    guard index < fragments.count else { return nil }
    let starts = fragments[index].lower.withUnsafeBytes { KeyOrder.compare($0, userKey) <= 0 }
    return starts ? index : nil
  }

  /// The first fragment whose upper end is above the key. A cursor that moves keeps this index and moves it along.
  package func firstEnding(after userKey: UnsafeRawBufferPointer) -> Int {
    var low = 0
    var high = fragments.count
    while low < high {
      let middle = (low + high) / 2
      let endsAfter = fragments[middle].upper.withUnsafeBytes { KeyOrder.compare($0, userKey) > 0 }
      if endsAfter { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// What of it lies from `lower` (inclusive; nil: from the first key) to `upper` (exclusive; nil: to the last).
  package func clipped(from lower: [UInt8]?, to upper: [UInt8]?) -> RangeDeletions {
    let clipped = fragments.compactMap { fragment -> Fragment? in
      var fragment = fragment
      if let lower, KeyOrder.compare(fragment.lower, lower) < 0 { fragment.lower = lower }
      if let upper, KeyOrder.compare(fragment.upper, upper) > 0 { fragment.upper = upper }
      return KeyOrder.compare(fragment.lower, fragment.upper) < 0 ? fragment : nil
    }
    return RangeDeletions(fragments: clipped)
  }

  /// The same ranges with the sequences for which `isKept` is true.
  package func keeping(_ isKept: (Fragment, SequenceNumber) -> Bool) -> RangeDeletions {
    let kept = fragments.compactMap { fragment -> Fragment? in
      let sequences = fragment.sequences.filter { isKept(fragment, $0) }
      return sequences.isEmpty
        ? nil : Fragment(lower: fragment.lower, upper: fragment.upper, sequences: sequences)
    }
    return RangeDeletions(fragments: kept)
  }
}

// MARK: Stored form

extension RangeDeletions {
  /// Fragments in order: lower, upper and the sequences, each with its length before it.
  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    Varint.append(UInt64(fragments.count), to: &bytes)
    for fragment in fragments {
      Varint.append(UInt64(fragment.lower.count), to: &bytes)
      bytes.append(contentsOf: fragment.lower)
      Varint.append(UInt64(fragment.upper.count), to: &bytes)
      bytes.append(contentsOf: fragment.upper)
      Varint.append(UInt64(fragment.sequences.count), to: &bytes)
      for sequence in fragment.sequences { Varint.append(sequence, to: &bytes) }
    }
    return bytes
  }

  /// Nil unless the bytes are fragments that are in order and don't overlap.
  static func decode(_ bytes: [UInt8]) -> RangeDeletions? {
    var reader = ByteReader(bytes)
    guard let count = reader.number(), count <= UInt64(bytes.count) else { return nil }
    var fragments: [Fragment] = []
    for _ in 0..<count {
      guard let lower = reader.string(), let upper = reader.string(), KeyOrder.compare(lower, upper) < 0,
        fragments.last.map({ KeyOrder.compare($0.upper, lower) <= 0 }) ?? true,
        let sequenceCount = reader.number(), sequenceCount > 0, sequenceCount <= UInt64(bytes.count)
      else { return nil }
      var sequences: [SequenceNumber] = []
      for _ in 0..<sequenceCount {
        guard let sequence = reader.number(), sequence <= sequenceNumberMax,
          sequences.last.map({ $0 > sequence }) ?? true
        else { return nil }
        sequences.append(sequence)
      }
      fragments.append(Fragment(lower: lower, upper: upper, sequences: sequences))
    }
    return reader.isAtEnd ? RangeDeletions(fragments: fragments) : nil
  }
}
