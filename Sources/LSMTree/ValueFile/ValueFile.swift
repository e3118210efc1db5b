import Synchronization

/// One value file of one or more versions.
///
/// As with tables, reference counting is the counting of its users: versions hold their value files, readers hold
/// versions, and when the last is gone after an edit removed the file, its number goes to the list of files to remove.
/// There is little to open: a pointer says where its value lies; the header is looked at once, and its key found.
package final class ValueFile: Sendable {
  package let info: ValueFileInfo
  private let store: TableStore
  /// How values are stored in it. Nil until the header was read and is right.
  private let knownCodec = Mutex<BlockCodec?>(nil)
  /// Set when an edit removed the file from the newest version.
  let wasRemoved = AtomicFlag()

  package init(_ info: ValueFileInfo, in store: TableStore) {
    self.info = info
    self.store = store
  }

  deinit {
    if wasRemoved.isSet { store.noteUnused(info.number, .values) }
  }

  package var number: UInt64 { info.number }
  package var path: String { store.files.path(of: number, .values) }

  /// A value, from the cache or from the file and into the cache.
  package func value(at pointer: ValuePointer, keyHash: UInt32, _ io: ReadIO) throws(TreeError) -> LargeValue
  {
    if let value = store.cache.lookupValue(file: number, offset: pointer.offset) {
      guard value.count == pointer.rawBytes, value.keyHash == keyHash else { throw mismatch(pointer) }
      return value
    }
    if case .memoryOnly = io { throw .wouldBlock }
    return store.cache.insert(try read(pointer, keyHash: keyHash), file: number, offset: pointer.offset)
  }

  /// A value straight from the file, past the cache.
  package func read(_ pointer: ValuePointer, keyHash: UInt32) throws(TreeError) -> LargeValue {
    try checkBounds(pointer)
    let (file, codec) = try openFile()
    let memory = BlockMemory(pointer.recordBytes)
    let buffer = UnsafeMutableRawBufferPointer(start: memory.base, count: pointer.recordBytes)
    let count = try file.read(into: buffer, at: pointer.offset)
    guard count == buffer.count else { throw damage(pointer.offset + count, "the file ends here, too soon") }
    try check(ValueRecordHeader(memory.base), against: pointer, codec.storedHash(keyHash))
    let unpacked = codec.unpack(
      memory, at: ValueFileFormat.recordHeaderBytes, pointer.storedBytes, fileOffset: pointer.offset,
      label: UInt64(keyHash))
    switch consume unpacked {
    case .bytes(let memory, let start, let count):
      guard count == pointer.rawBytes else { throw mismatch(pointer) }
      return LargeValue(memory, start: start, count: count, keyHash: keyHash)
    case .damaged(let reason): throw damage(pointer.offset, reason)
    }
  }

  /// Whether it is to be emptied because it is older than the keys of its directory.
  var isPlainAmongSealed: Bool { store.keys.isPlain(.valueFile, number) }

  /// The file, open, its header checked, and how values are stored in it.
  func openFile() throws(TreeError) -> (file: any ReadableFile, codec: BlockCodec) {
    let file = try store.files.file(number, .values)
    if let codec = knownCodec.withLock({ $0 }) { return (file, codec) }
    let codec = BlockCodec(
      cipher: try store.keys.key(from: try keyArea(file), .valueFile, number, path: file.path))
    knownCodec.withLock { $0 = codec }
    return (file, codec)
  }

  private func keyArea(_ file: any ReadableFile) throws(TreeError) -> [UInt8] {
    let start = ValueFileFormat.headerBytes
    let count = try ValueFileFormat.checkHeader(
      try file.readBytes(0..<start), number: number, file: file.path)
    return try file.readBytes(start..<start + count)
  }

  /// Where the first record begins.
  func firstRecordOffset(_ file: any ReadableFile) throws(TreeError) -> Int {
    ValueFileFormat.headerBytes + (try keyArea(file)).count
  }

  func checkBounds(_ pointer: ValuePointer) throws(TreeError) {
    guard pointer.offset >= ValueFileFormat.headerBytes, pointer.end <= info.sizeBytes else {
      throw damage(pointer.offset, "an entry points outside the file")
    }
  }

  func check(
    _ header: ValueRecordHeader, against pointer: ValuePointer, _ storedHash: UInt32
  ) throws(TreeError) {
    let expected = ValueRecordHeader(
      storedBytes: pointer.storedBytes, rawBytes: pointer.rawBytes, keyHash: storedHash)
    guard header == expected else { throw mismatch(pointer) }
  }

  private func mismatch(_ pointer: ValuePointer) -> TreeError {
    damage(pointer.offset, "an entry points at what is not its value")
  }

  func damage(_ offset: Int, _ reason: String) -> TreeError {
    .corruption(file: path, offset: offset, reason: reason)
  }
}

extension BlockCodec {
  /// What a record says of its key's hash. An encrypted file must not: whoever can guess a key could tell whether it is there.
  func storedHash(_ keyHash: UInt32) -> UInt32 { cipher == nil ? keyHash : 0 }
}
