/// A value file in a version: what its tables refer to in it.
package struct ValueFileUse: Sendable {
  package let file: ValueFile
  /// The sum over all tables. More than there is if tables share entries.
  package let references: ValueReferences.Share

  package init(file: ValueFile, references: ValueReferences.Share) {
    self.file = file
    self.references = references
  }

  /// Bytes of records that some table refers to.
  package var liveBytes: Int { min(references.bytes, file.info.recordBytes) }
  package var garbageBytes: Int { file.info.recordBytes - liveBytes }

  /// Whether what is left of it should be moved to a new file: more than so many percent of its bytes are garbage, or it is not
  /// encrypted though it should be.
  func isToBeEmptied(above percent: Int) -> Bool {
    garbageBytes * 100 > file.info.recordBytes * percent || file.isPlainAmongSealed
  }
}

extension Version {
  package func valueFile(_ number: UInt64) -> ValueFile? {
    var low = 0
    var high = valueFiles.count
    while low < high {
      let middle = (low + high) / 2
      if valueFiles[middle].file.number < number { low = middle + 1 } else { high = middle }
    }
    return low < valueFiles.count && valueFiles[low].file.number == number ? valueFiles[low].file : nil
  }

  /// The value that an entry of one of the version's tables points at.
  ///
  /// Throws `corruption` if there is none that can be it.
  @inline(never)
  package func largeValue(
    _ stored: UnsafeRawBufferPointer, ofKey userKey: UnsafeRawBufferPointer, _ io: ReadIO
  ) throws(TreeError) -> LargeValue {
    let (pointer, file) = try resolve(stored)
    return try file.value(at: pointer, keyHash: ValueFileFormat.keyHash(userKey), io)
  }

  /// The same past the cache, for whoever goes through everything once.
  func largeValueUncached(
    _ stored: UnsafeRawBufferPointer, ofKey userKey: UnsafeRawBufferPointer
  ) throws(TreeError) -> LargeValue {
    let (pointer, file) = try resolve(stored)
    return try file.read(pointer, keyHash: ValueFileFormat.keyHash(userKey))
  }

  /// What an entry's pointer says, and the file it is of.
  func resolve(
    _ stored: UnsafeRawBufferPointer
  ) throws(TreeError) -> (pointer: ValuePointer, file: ValueFile) {
    guard let pointer = ValuePointer(stored) else { throw ValuePointer.malformed }
    guard let file = valueFile(pointer.file) else {
      throw .corruption(
        file: FileNames.values(pointer.file), offset: pointer.offset,
        reason: "an entry points into this file, which is not part of the tree")
    }
    return (pointer, file)
  }
}
