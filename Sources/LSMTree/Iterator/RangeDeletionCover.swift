/// The range deletions a cursor has to mind: a few sets, one a memtable and one for all tables. Remembers where in each it
/// is, since a cursor's next key is nearly always in the same fragment, or the same gap, as its last.
struct RangeDeletionCover {
  private var sets: [RangeDeletions] = []
  private var places: [Int] = []

  var isEmpty: Bool { sets.isEmpty }

  mutating func add(_ set: RangeDeletions) {
    if set.isEmpty { return }
    sets.append(set)
    places.append(0)
  }

  /// Whether an entry of this key with sequence `own` is deleted for a reader at `sequence`.
  mutating func covers(
    _ key: UnsafeRawBufferPointer, _ own: SequenceNumber, readingAt sequence: SequenceNumber
  ) -> Bool {
    for index in sets.indices {
      let fragments = sets[index].fragments
      let place = self.place(key, in: index)
      guard place < fragments.count, Self.isAtOrBefore(fragments[place].lower, key) else { continue }
      if let newest = fragments[place].sequences.first(where: { $0 <= sequence }), newest > own {
        return true
      }
    }
    return false
  }

  /// Whether any deletes a key from `first` to `last`, for whatever reader.
  mutating func touches(from first: UnsafeRawBufferPointer, to last: UnsafeRawBufferPointer) -> Bool {
    for index in sets.indices {
      let fragments = sets[index].fragments
      let place = self.place(first, in: index)
      if place < fragments.count, Self.isAtOrBefore(fragments[place].lower, last) { return true }
    }
    return false
  }

  /// The first fragment that ends behind the key.
  private mutating func place(_ key: UnsafeRawBufferPointer, in index: Int) -> Int {
    let fragments = sets[index].fragments
    let place = places[index]
    let endsBehind = place == fragments.count || !Self.isAtOrBefore(fragments[place].upper, key)
    let othersEnd = place == 0 || Self.isAtOrBefore(fragments[place - 1].upper, key)
    if !(endsBehind && othersEnd) { places[index] = sets[index].firstEnding(after: key) }
    return places[index]
  }

  private static func isAtOrBefore(_ left: [UInt8], _ key: UnsafeRawBufferPointer) -> Bool {
    left.withUnsafeBytes { KeyOrder.compare($0, key) <= 0 }
  }
}
