/// What a flush or a compaction needs of the tree around it to write value files.
package struct ValueOutputEnvironment: Sendable {
  /// Values of at least so many bytes go to a value file.
  package var thresholdBytes = Int.max
  /// Bytes of a value file at which the next one is begun.
  package var fileBytesMax = 256 << 20
  package var newFileNumber: @Sendable () -> UInt64
  package var newFile: @Sendable (UInt64) throws(TreeError) -> ValueFileWriter
  package var removeFile: @Sendable (UInt64) throws(TreeError) -> Void

  /// The environment of a tree's own flushes and compactions.
  package init(_ versions: VersionSet) {
    let store = versions.store
    let threshold = store.options.valueFileThresholdBytes
    thresholdBytes = threshold == 0 ? .max : threshold
    fileBytesMax = store.options.valueFileBytesMax
    newFileNumber = { versions.newFileNumber() }
    newFile = { number throws(TreeError) in try store.newValueFile(number) }
    removeFile = { number throws(TreeError) in
      try store.fileSystem.remove(store.files.path(of: number, .values))
    }
  }
}

/// The value files that one flush or compaction writes, one after the other. None is begun before there is a value for it.
struct ValueOutputs: ~Copyable {
  private let environment: ValueOutputEnvironment
  private var writer: ValueFileWriter?
  private var begun: [UInt64] = []
  private var pointer = RawBuffer(capacity: 4 * Varint.bytesMax)
  private(set) var files: [ValueFileInfo] = []

  init(_ environment: ValueOutputEnvironment) {
    self.environment = environment
  }

  /// Whether a value of so many bytes goes to a value file.
  @inline(__always)
  func isLarge(_ valueBytes: Int) -> Bool { valueBytes >= environment.thresholdBytes }

  /// Writes a value and returns what its entry holds in its place, until the next call.
  mutating func add(
    _ value: UnsafeRawBufferPointer, userKey: UnsafeRawBufferPointer
  ) throws(TreeError) -> UnsafeRawBufferPointer {
    if writer == nil {
      let number = environment.newFileNumber()
      begun.append(number)
      writer = try environment.newFile(number)
    }
    guard let added = try writer?.add(value, keyHash: ValueFileFormat.keyHash(userKey)) else {
      preconditionFailure("a writer was just begun")
    }
    if let sizeBytes = writer?.sizeBytes, sizeBytes >= environment.fileBytesMax { try finish() }
    pointer.truncate(to: 0)
    added.append(to: &pointer)
    return UnsafeRawBufferPointer(start: pointer.base, count: pointer.count)
  }

  /// Ends the last file: all of them are complete and synced.
  mutating func finish() throws(TreeError) {
    guard let writer = writer.take() else { return }
    files.append(try writer.finish())
  }

  var bytesWritten: Int { files.reduce(0) { $0 + $1.sizeBytes } }

  /// Removes what was written. What can't be removed is found at the next opening.
  mutating func removeAll() {
    writer = nil
    for number in begun { try? environment.removeFile(number) }
  }
}
