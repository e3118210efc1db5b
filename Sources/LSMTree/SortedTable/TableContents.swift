/// What is read when a table is opened, checked.
struct TableContents {
  let properties: TableProperties
  let rangeDeletions: RangeDeletions
  let index: Block
  /// The stored form, checked; nil for a table without a filter.
  let filter: [UInt8]?

  /// Reads the parts from `tail`, which is the file from `tailOffset` to the key area or the footer.
  init(
    _ tail: ArraySlice<UInt8>, at tailOffset: Int, footer: TableFooter, codec: BlockCodec, file: String
  ) throws(TreeError) {
    let limit = tailOffset + tail.count
    /// The bytes of a part, checked, which is neither compressed nor a block of entries.
    func part(_ handle: BlockHandle) throws(TreeError) -> [UInt8] {
      var bytes = Array(try stored(handle))
      let opened = bytes.withUnsafeMutableBytes {
        codec.open($0.baseAddress!, handle.sizeBytes, at: handle.offset)
      }
      switch opened {
      case .success(let count):
        guard bytes[handle.sizeBytes] == Compression.none.rawValue else {
          throw damage(handle, "a part that is never compressed is")
        }
        return Array(bytes[..<count])
      case .failure(let found): throw damage(handle, found.reason)
      }
    }
    func stored(_ handle: BlockHandle) throws(TreeError) -> ArraySlice<UInt8> {
      guard handle.offset >= tailOffset, handle.end <= limit else {
        throw damage(handle, "a part lies outside the table's tail")
      }
      let start = tail.startIndex - tailOffset
      return tail[start + handle.offset..<start + handle.end]
    }
    func damage(_ handle: BlockHandle, _ reason: String) -> TreeError {
      .corruption(file: file, offset: handle.offset, reason: reason)
    }

    guard let properties = TableProperties.decode(try part(footer.properties), limit: limit) else {
      throw damage(footer.properties, "the properties are malformed")
    }
    self.properties = properties
    if let handle = properties.rangeDeletions {
      guard let deletions = RangeDeletions.decode(try part(handle)) else {
        throw damage(handle, "the range deletions are malformed")
      }
      rangeDeletions = deletions
    } else {
      rangeDeletions = .none
    }
    if let handle = properties.filter {
      let filter = try part(handle)
      guard BloomFilter.isWellFormed(filter) else { throw damage(handle, "the filter is malformed") }
      self.filter = filter
    } else {
      filter = nil
    }
    index = try Self.decodeIndex(try stored(properties.index), properties.index, codec, file)
  }

  private static func decodeIndex(
    _ bytes: ArraySlice<UInt8>, _ handle: BlockHandle, _ codec: BlockCodec, _ file: String
  ) throws(TreeError) -> Block {
    let copy = BlockMemory(bytes.count)
    bytes.withUnsafeBytes { copy.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    switch codec.decode(copy, handle.sizeBytes, at: handle.offset) {
    case .block(let block): return block
    case .damaged(let reason): throw .corruption(file: file, offset: handle.offset, reason: reason)
    }
  }
}

extension TableReader {
  /// Opens a table with two reads: its footer, and all from the end of the data to the footer.
  package static func open(
    _ number: UInt64, cache: BlockCache, files: OpenFiles, keys: DirectoryKeys = .none
  ) throws(TreeError) -> TableReader {
    let file = try files.file(number)
    let sizeBytes = try file.sizeBytes()
    guard sizeBytes >= TableFormat.footerBytes else {
      throw .corruption(file: file.path, offset: 0, reason: "\(sizeBytes) bytes are too few for a table")
    }
    let footerOffset = sizeBytes - TableFormat.footerBytes
    let footer = try TableFooter.decode(
      try file.readBytes(footerOffset..<sizeBytes), file: file.path, fileSizeBytes: sizeBytes)
    let tail = try file.readBytes(footer.tailOffset..<footerOffset)
    let codec = BlockCodec(
      cipher: try keys.key(
        from: Array(tail.suffix(footer.keyAreaBytes)), .table, number, path: file.path))
    let contents = try TableContents(
      tail.dropLast(footer.keyAreaBytes), at: footer.tailOffset, footer: footer, codec: codec, file: file.path
    )
    return TableReader(
      number: number, contents: contents, dataEnd: footer.tailOffset, cache: cache, files: files, codec: codec
    )
  }
}
