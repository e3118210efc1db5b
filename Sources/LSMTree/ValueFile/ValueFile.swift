/// One value file of one or more versions.
///
/// As with tables, reference counting is the counting of its users: versions hold their value files, readers hold
/// versions, and when the last is gone after an edit removed the file, its number goes to the list of files to remove.
/// There is nothing to open: a pointer says where its value lies, and the header is looked at once.
package final class ValueFile: Sendable {
  package let info: ValueFileInfo
  private let store: TableStore
  /// Whether the header was read and is right.
  private let isChecked = AtomicFlag()
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
    let file = try openFile()
    let memory = BlockMemory(pointer.recordBytes)
    let buffer = UnsafeMutableRawBufferPointer(start: memory.base, count: pointer.recordBytes)
    let count = try file.read(into: buffer, at: pointer.offset)
    guard count == buffer.count else { throw damage(pointer.offset + count, "the file ends here, too soon") }
    try check(ValueRecordHeader(memory.base), against: pointer, keyHash)
    switch BlockCodec.unpack(memory, at: ValueFileFormat.recordHeaderBytes, pointer.storedBytes) {
    case .bytes(let memory, let start, let count):
      guard count == pointer.rawBytes else { throw mismatch(pointer) }
      return LargeValue(memory, start: start, count: count, keyHash: keyHash)
    case .damaged(let reason): throw damage(pointer.offset, reason)
    }
  }

  /// The file, open, its header checked.
  func openFile() throws(TreeError) -> any ReadableFile {
    let file = try store.files.file(number, .values)
    if !isChecked.isSet {
      let bytes = try file.readBytes(0..<ValueFileFormat.headerBytes)
      try ValueFileFormat.checkHeader(bytes, number: number, file: file.path)
      _ = isChecked.setFirst()
    }
    return file
  }

  func checkBounds(_ pointer: ValuePointer) throws(TreeError) {
    guard pointer.offset >= ValueFileFormat.headerBytes, pointer.end <= info.sizeBytes else {
      throw damage(pointer.offset, "an entry points outside the file")
    }
  }

  func check(
    _ header: ValueRecordHeader, against pointer: ValuePointer, _ keyHash: UInt32
  ) throws(TreeError) {
    let expected = ValueRecordHeader(
      storedBytes: pointer.storedBytes, rawBytes: pointer.rawBytes, keyHash: keyHash)
    guard header == expected else { throw mismatch(pointer) }
  }

  private func mismatch(_ pointer: ValuePointer) -> TreeError {
    damage(pointer.offset, "an entry points at what is not its value")
  }

  func damage(_ offset: Int, _ reason: String) -> TreeError {
    .corruption(file: path, offset: offset, reason: reason)
  }
}
