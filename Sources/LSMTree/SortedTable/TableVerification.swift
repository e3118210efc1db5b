extension TableReader {
  /// What a check of a whole table counted.
  package struct Verification: Equatable, Sendable {
    package var entryCount = 0
    package var dataBlockCount = 0
    package var valueReferences = ValueReferences()
  }

  /// Reads every block of the table past the cache and checks all that can be checked: checksums, order within and
  /// between blocks, keys against the index, the filter and the table's bounds, counts against the properties.
  ///
  /// - Parameters:
  ///   - version: where the value files are that pointers must lead into. Nil: they are not followed.
  ///   - check: says what is wrong with an internal key besides, or nil.
  ///   - note: called with each thing that is wrong, `TreeError.corruption`. The check goes on behind the block that it is in, if
  ///     this returns; it throws what was found unless another is given.
  package func verify(
    valuesIn version: Version? = nil, each check: (UnsafeRawBufferPointer) -> String? = { _ in nil },
    damage note: (TreeError) throws(TreeError) -> Void = { error throws(TreeError) in throw error }
  ) throws(TreeError) -> Verification {
    var found = Verification()
    var index = IndexCursor()
    var data = BlockCursor()
    var lastKey: [UInt8] = []
    var isDamaged = false
    index.enter(self)
    do throws(TreeError) {
      try index.seekToFirst(self, .blocking)
      while index.isValid {
        do throws(TreeError) {
          try verifyBlock(index.key, index.value, &data, &lastKey, &found, version, check)
        } catch {
          isDamaged = true
          try note(error)
        }
        found.dataBlockCount += 1
        try index.next(self, .blocking)
      }
    } catch {
      // An index block: what is behind it can't be found.
      isDamaged = true
      try note(error)
    }
    let isComplete =
      found.entryCount == properties.entryCount && found.dataBlockCount == properties.dataBlockCount
    if !isDamaged, !isComplete {
      try note(damage(0, "the table holds other numbers of entries and blocks than its properties say"))
    }
    return found
  }

  private func verifyBlock(
    _ separator: UnsafeRawBufferPointer, _ indexValue: UnsafeRawBufferPointer, _ data: inout BlockCursor,
    _ lastKey: inout [UInt8], _ found: inout Verification, _ version: Version?,
    _ check: (UnsafeRawBufferPointer) -> String?
  ) throws(TreeError) {
    let handle = try handle(indexValue)
    let facts = try facts(indexValue)
    data.enter(try readBlock(handle))
    data.seekToFirst()
    while data.isValid {
      if let reason = fault(in: data, after: lastKey, facts, separator) ?? check(data.key) {
        throw damage(handle.offset, reason)
      }
      lastKey.removeAll(keepingCapacity: true)
      lastKey.append(contentsOf: data.key)
      if InternalKey.kind(of: lastKey.span.bytes) == .valuePointer {
        guard let pointer = ValuePointer(data.value) else {
          throw damage(handle.offset, "a pointer is malformed")
        }
        found.valueReferences.add(pointer)
        let userKey = UnsafeRawBufferPointer(rebasing: data.key.dropLast(InternalKey.trailerBytes))
        let keyHash = ValueFileFormat.keyHash(userKey)
        try version?.resolve(data.value).file.verify(pointer, keyHash: keyHash)
      }
      found.entryCount += 1
      data.next()
    }
  }

  private func fault(
    in data: borrowing BlockCursor, after lastKey: [UInt8], _ facts: BlockFacts,
    _ separator: UnsafeRawBufferPointer
  ) -> String? {
    let key = data.key
    let isAscending = lastKey.isEmpty || lastKey.withUnsafeBytes { Self.compare($0, key) < 0 }
    guard isAscending else { return "keys are out of order" }
    guard Self.compare(key, separator) <= 0 else { return "a key is behind what the index says of its block" }
    let isInBounds =
      properties.smallest.withUnsafeBytes { Self.compare($0, key) <= 0 }
      && properties.largest.withUnsafeBytes { Self.compare(key, $0) <= 0 }
    guard isInBounds else { return "a key is outside the table's bounds" }
    let sequence = InternalKey.sequence(ofTrailer: InternalKey.trailer(of: key.baseAddress!, key.count))
    guard facts.sequenceMin <= sequence, sequence <= facts.sequenceMax else {
      return "a sequence number is outside its block's bounds"
    }
    let hash = KeyHash.hash(key.baseAddress!, key.count - InternalKey.trailerBytes)
    guard mayContain(hash) else { return "the filter misses a key" }
    let prefixBytes = properties.filterPrefixBytes
    guard prefixBytes > 0, key.count - InternalKey.trailerBytes >= prefixBytes else { return nil }
    return mayContain(KeyHash.hash(key.baseAddress!, prefixBytes))
      ? nil : "the filter misses a key's beginning"
  }

  private static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    guard left.count >= InternalKey.trailerBytes, right.count >= InternalKey.trailerBytes else {
      return left.count - right.count
    }
    return KeyOrder.compareInternal(left.baseAddress!, left.count, right.baseAddress!, right.count)
  }
}
