import LSMTree

/// The storage engine by itself, on a copy of Flywheel's own files.
struct TreeSide: Side {
  let name = "tree"
  private let tree: Tree
  private let keys: [[UInt8]]
  private let values: [[UInt8]]
  /// Where an item's entry stands among them, by the item's number.
  private let places: [Int]

  /// What a database opens its tree with, as far as it matters here.
  static var options: TreeOptions {
    var options = TreeOptions()
    options.durability = .none
    options.blockCacheBytesMax = 512 << 20
    options.filterPrefixBytes = 12
    return options
  }

  /// Opens a database's files, whose items lie behind what the database keeps about itself (ids from 256 on). Items are in order of
  /// their partitions' hashes, those of a partition together.
  init(at directory: String) throws {
    tree = try Tree.open(directory, options: Self.options)
    var keys: [[UInt8]] = []
    var values: [[UInt8]] = []
    var cursor = try tree.cursor(in: tree.view(), from: [0, 0, 1, 0])
    try cursor.seekToFirst()
    while cursor.isValid {
      keys.append(cursor.key.withUnsafeBytes { [UInt8]($0) })
      values.append(cursor.value.withUnsafeBytes { [UInt8]($0) })
      try cursor.next()
    }
    self.keys = keys
    self.values = values
    places = Self.places(of: keys)
  }

  /// The number of an item is in its key, whose partition key stands behind an id and a hash; those of a partition are in order.
  private static func places(of keys: [[UInt8]]) -> [Int] {
    var places = [Int](repeating: 0, count: keys.count)
    for (place, key) in keys.enumerated() {
      let digits = key[(12 + "customer-".utf8.count)...].prefix(6)
      let partition = digits.reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
      places[partition * Plan.partitionItems + place % Plan.partitionItems] = place
    }
    return places
  }

  func close() throws { try tree.close() }

  func perform(_ action: Action, on numbers: [Int]) throws {
    switch action {
    case .get:
      for number in numbers {
        let value = try tree.get(keys[places[number]], in: tree.view())!
        sink(value.count &+ Int(value.bytes.unsafeLoad(as: UInt8.self)))
      }
    case .put:
      for number in numbers {
        let place = places[number]
        let value = values[place]
        try put(keys[place], value.span.bytes)
      }
    case .update:
      for number in numbers {
        let key = keys[places[number]]
        let value = try tree.get(key, in: tree.view())!
        try put(key, value.bytes)
      }
    case .query:
      for number in numbers { try scan(places[number] / Plan.partitionItems) }
    case .scan: try scan(from: keys[0], to: nil, keys.count)
    }
  }

  /// The entries of one partition, between the bounds that a query has.
  private func scan(_ partition: Int) throws {
    let first = partition * Plan.partitionItems
    let last = first + Plan.partitionItems
    try scan(from: keys[first], to: last < keys.count ? keys[last] : nil, Plan.partitionItems)
  }

  private func put(_ key: [UInt8], _ value: RawSpan) throws {
    var batch = WriteBatch(capacityBytes: 512)
    batch.put(key.span.bytes, value)
    try tree.commit(batch)
  }

  private func scan(from lower: [UInt8], to upper: [UInt8]?, _ expected: Int) throws {
    var cursor = try tree.cursor(in: tree.view(), from: lower, to: upper)
    try cursor.seekToFirst()
    var entries = 0
    var touched = 0
    while cursor.isValid {
      touched &+= cursor.key.byteCount + Int(cursor.value.unsafeLoad(as: UInt8.self))
      entries += 1
      try cursor.next()
    }
    if entries != expected { fail("a scan of the tree found \(entries) entries") }
    sink(touched)
  }
}
