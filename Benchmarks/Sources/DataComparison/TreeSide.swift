import LSMTree

/// The storage engine by itself, with the keys and values that Flywheel keeps there.
struct TreeSide: Side {
  let name = "tree"
  private let tree: Tree
  private let keys: [[UInt8]]
  private let values: [[UInt8]]

  /// Copies a database's items, which lie behind what the database keeps about itself (ids from 256 on).
  init(copying directory: String, to copy: String) throws {
    var keys: [[UInt8]] = []
    var values: [[UInt8]] = []
    let source = try Tree.open(directory)
    var cursor = try source.cursor(in: source.view(), from: [0, 0, 1, 0])
    try cursor.seekToFirst()
    while cursor.isValid {
      keys.append(cursor.key.withUnsafeBytes { [UInt8]($0) })
      values.append(cursor.value.withUnsafeBytes { [UInt8]($0) })
      try cursor.next()
    }
    try source.close()
    var options = TreeOptions()
    options.durability = .none
    options.blockCacheBytesMax = 512 << 20
    tree = try Tree.open(copy, options: options)
    for (key, value) in zip(keys, values) {
      var batch = WriteBatch(capacityBytes: 1_024)
      batch.put(key, value)
      try tree.commit(batch)
    }
    try tree.flush()
    self.keys = keys
    self.values = values
  }

  func close() throws { try tree.close() }

  func perform(_ work: Work, on numbers: [Int]) throws {
    switch work {
    case .get:
      for number in numbers {
        let value = try tree.get(keys[number], in: tree.view())!
        sink(value.count &+ Int(value.bytes.unsafeLoad(as: UInt8.self)))
      }
    case .put:
      for number in numbers {
        let value = values[number]
        try put(keys[number], value.span.bytes)
      }
    case .update:
      for number in numbers {
        let value = try tree.get(keys[number], in: tree.view())!
        try put(keys[number], value.bytes)
      }
    case .query:
      for number in numbers {
        try scan(from: keys[number / Plan.partitionItems * Plan.partitionItems], Plan.partitionItems)
      }
    case .scan:
      try scan(from: [], .max)
    }
  }

  private func put(_ key: [UInt8], _ value: RawSpan) throws {
    var batch = WriteBatch(capacityBytes: 512)
    batch.put(key.span.bytes, value)
    try tree.commit(batch)
  }

  private func scan(from key: [UInt8], _ entriesMax: Int) throws {
    var cursor = try tree.cursor(in: tree.view())
    try cursor.seek(key.span.bytes)
    var entries = 0
    var touched = 0
    while cursor.isValid, entries < entriesMax {
      touched &+= cursor.key.byteCount + Int(cursor.value.unsafeLoad(as: UInt8.self))
      entries += 1
      try cursor.next()
    }
    sink(touched)
  }
}
