extension TableFile {
  /// What a part of this table, a virtual table to be, refers to in value files. Of a small part it is counted, since a few
  /// blocks of pointers lead to many megabytes of values; of a large one it is the share of the table's that `estimate`
  /// takes.
  ///
  /// Every file that the table refers to is named, be it with a single byte, since a value file is removed when nobody
  /// refers to it, and what lies behind a virtual table's bounds can still be met by a check of its file.
  ///
  /// - Parameters:
  ///   - entries: the part's first and last internal key; nil if it has no entries.
  ///   - dataBytes: of the blocks that they lie in.
  func references(
    of entries: InternalBounds?, dataBytes: Int, estimate: (Int) -> Int
  ) throws(TreeError) -> ValueReferences {
    let whole = info.attributes.valueReferences
    guard let entries, !whole.isEmpty else { return whole.map { _ in (0, 0) } }
    guard dataBytes <= Self.countedBytesMax else {
      return whole.map { (estimate($0.bytes), estimate($0.count)) }
    }
    let counted = try countReferences(entries)
    return whole.map { share in
      let found = counted[share.file]
      return (found?.bytes ?? 0, found?.count ?? 0)
    }
  }

  private static let countedBytesMax = 1 << 20

  private func countReferences(_ entries: InternalBounds) throws(TreeError) -> ValueReferences {
    var references = ValueReferences()
    let cursor = RunCursor([self], CursorOptions(io: .blocking))
    try cursor.seek(entries.smallest.span.bytes)
    while cursor.isValid {
      let key = cursor.unsafeKey
      let isInside = entries.largest.withUnsafeBytes { largest in
        KeyOrder.compareInternal(key.baseAddress!, key.count, largest.baseAddress!, largest.count) <= 0
      }
      guard isInside else { break }
      if InternalKey.kind(ofTrailer: InternalKey.trailer(of: key.baseAddress!, key.count)) == .valuePointer {
        guard let pointer = ValuePointer(cursor.unsafeValue) else { throw ValuePointer.malformed }
        references.add(pointer)
      }
      try cursor.next()
    }
    return references
  }
}
