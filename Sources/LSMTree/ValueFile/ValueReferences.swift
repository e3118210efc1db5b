/// What the entries of one table refer to in value files: for each file how many values, and how many bytes of records
/// they are. The manifest stores it with the table, so that the garbage of every value file is known without a read.
///
/// Those of a virtual table may be estimates: see `TableFile.references`.
package struct ValueReferences: Equatable, Sendable {
  package struct Share: Equatable, Sendable {
    package var file: UInt64
    package var bytes: Int
    package var count: Int

    package init(file: UInt64, bytes: Int, count: Int) {
      self.file = file
      self.bytes = bytes
      self.count = count
    }
  }

  /// In ascending order of files, each once.
  package private(set) var shares: [Share] = []

  package init() {}

  /// Nil unless the shares are in order.
  package init?(_ shares: [Share]) {
    guard zip(shares, shares.dropFirst()).allSatisfy({ $0.file < $1.file }) else { return nil }
    self.shares = shares
  }

  package var isEmpty: Bool { shares.isEmpty }

  /// Bytes of records in all files.
  package var bytes: Int { shares.reduce(0) { $0 + $1.bytes } }

  package subscript(file: UInt64) -> Share? {
    let place = place(of: file)
    return place < shares.count && shares[place].file == file ? shares[place] : nil
  }

  /// The same files with other numbers, but never nothing.
  func map(_ numbers: (Share) -> (bytes: Int, count: Int)) -> ValueReferences {
    var mapped = self
    for index in shares.indices {
      let (bytes, count) = numbers(shares[index])
      mapped.shares[index].bytes = max(1, bytes)
      mapped.shares[index].count = max(1, count)
    }
    return mapped
  }

  mutating func add(_ pointer: ValuePointer) {
    add(Share(file: pointer.file, bytes: pointer.recordBytes, count: 1))
  }

  mutating func add(_ share: Share) {
    let place = place(of: share.file)
    if place < shares.count, shares[place].file == share.file {
      shares[place].bytes += share.bytes
      shares[place].count += share.count
    } else {
      shares.insert(share, at: place)
    }
  }

  /// The first share whose file is not before `file`. Entries next to each other mostly refer to the newest files.
  private func place(of file: UInt64) -> Int {
    var low = 0
    var high = shares.count
    while low < high {
      let middle = (low + high) / 2
      if shares[middle].file < file { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

// MARK: Stored form

extension ValueReferences {
  /// For each share: file, bytes, count; all varints.
  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    for share in shares {
      for number in [share.file, UInt64(share.bytes), UInt64(share.count)] {
        Varint.append(number, to: &bytes)
      }
    }
    return bytes
  }

  /// Nil unless the bytes are shares in order, at least one, none of them of nothing.
  static func decode(_ bytes: [UInt8]) -> ValueReferences? {
    var reader = ByteReader(bytes)
    var shares: [Share] = []
    while !reader.isAtEnd {
      guard let file = reader.number(atMost: numberMax), let bytes = reader.number(atMost: numberMax),
        let count = reader.number(atMost: numberMax), bytes > 0, count > 0
      else { return nil }
      shares.append(Share(file: file, bytes: Int(bytes), count: Int(count)))
    }
    return shares.isEmpty ? nil : ValueReferences(shares)
  }

  private static let numberMax: UInt64 = 1 << 53
}
