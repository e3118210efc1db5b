/// The order in which the service meets the keys of a map.
///
/// Which of two wrong placeholders is named, and in what order unused ones are listed, follows the iteration
/// order of the hash map the service keeps them in: Java's, whose hash function and table sizes are part of that
/// language's documentation. Reproducing it makes our answers the service's, and the same on every run, which
/// Swift's own seeded hashing would not.
package enum ServiceOrder {
  /// `keys` as the service iterates them when they are all of a map's keys.
  package static func sorted(_ keys: some Collection<String>) -> [String] {
    let mask = UInt32(tableSize(for: keys.count) - 1)
    // Keys of one bucket keep the order they were sent in, which is not known here: their own order stands in.
    return keys.map { (bucket: spreadHash($0) & mask, key: $0) }
      .sorted {
        $0.bucket != $1.bucket ? $0.bucket < $1.bucket : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }
      .map(\.key)
  }

  /// `names`, all different, as the service iterates a set that was made with room for `sizeMin` of them and grew.
  /// Names of one bucket keep the order of the list.
  package static func sorted(_ names: [String], tableSizeMin sizeMin: Int) -> [String] {
    let mask = UInt32(tableSize(for: names.count, atLeast: sizeMin) - 1)
    return names.enumerated().map {
      (bucket: spreadHash($0.element) & mask, position: $0.offset, name: $0.element)
    }
    .sorted { $0.bucket != $1.bucket ? $0.bucket < $1.bucket : $0.position < $1.position }
    .map(\.name)
  }

  private static func tableSize(for count: Int, atLeast sizeMin: Int = 16) -> Int {
    var size = 1
    while size < sizeMin { size *= 2 }
    while count * 4 > size * 3 { size *= 2 }
    return size
  }

  private static func spreadHash(_ key: String) -> UInt32 {
    var hash: UInt32 = 0
    for unit in key.utf16 { hash = hash &* 31 &+ UInt32(unit) }
    return hash ^ (hash >> 16)
  }
}
