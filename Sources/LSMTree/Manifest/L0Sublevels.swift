/// L0 as a stack of *sublevels*: runs of files that share no user key, the newest uppermost.
///
/// Every file lies on the first sublevel above all older files that it overlaps. So of two files that overlap the
/// newer one lies higher, a key is in at most one file of a sublevel, and a read asks as many files as there are
/// sublevels on its key, not as many as there are files. Memtables of a load in order, of separate tables, or outputs
/// of a compaction within L0 lie side by side; those of random keys pile up, one sublevel each. (As in Pebble. Its
/// intervals between all bounds, with the depth of each, are left out: a few dozen files are looked through in less
/// time than they take to keep.)
///
/// The depth is what reads pay for L0, so it is what starts compactions and slows writers down.
package struct L0Sublevels: Sendable {
  /// The uppermost first; in each, files in the order of their keys.
  package let sublevels: [[TableFile]]

  /// - Parameter files: of L0, newest first.
  package init(_ files: [TableFile]) {
    var lowestFirst: [[TableFile]] = []
    for file in files.reversed() {
      let covered = lowestFirst.lastIndex { sublevel in
        let place = Self.firstNotBefore(file.info.range, in: sublevel)
        return place < sublevel.count && sublevel[place].info.range.overlaps(file.info.range)
      }
      let target = covered.map { $0 + 1 } ?? 0
      if target == lowestFirst.count { lowestFirst.append([]) }
      lowestFirst[target].insert(file, at: Self.firstNotBefore(file.info.range, in: lowestFirst[target]))
    }
    sublevels = lowestFirst.reversed()
  }

  package var count: Int { sublevels.count }

  /// The place of the first file of a sublevel that is not wholly before `range`.
  private static func firstNotBefore(_ range: KeyRange, in sublevel: [TableFile]) -> Int {
    var low = 0
    var high = sublevel.count
    while low < high {
      let middle = (low + high) / 2
      if sublevel[middle].info.range.isBefore(range) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
