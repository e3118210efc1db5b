import CPlatform

/// The numbers that make a file a sorted table. Docs/Formats/SortedTable.md draws them byte by byte.
package enum TableFormat {
  /// "FLYTABLE", read as a little-endian number.
  package static let magic: UInt64 = 0x454C_4241_5459_4C46
  /// Raised by one when a reader of the version before could not read a new file.
  package static let version: UInt32 = 2
  package static let footerBytes = 40
  /// Behind every block: how its bytes are stored, and the CRC-32C of the bytes and that.
  package static let blockTrailerBytes = 5
  /// A block above this, as stored or as it was, is taken as damage and no memory is asked for it. One entry never
  /// spans blocks, so this also bounds an entry.
  package static let blockBytesMax = 1 << 30

  package static func checksum(_ base: UnsafeRawPointer, _ count: Int) -> UInt32 {
    platform_crc32c(0, base, count)
  }
}

/// Where a block lies in its file. The size is without the block's trailer.
package struct BlockHandle: Equatable, Sendable {
  package var offset: Int
  package var sizeBytes: Int

  package init(offset: Int, sizeBytes: Int) {
    self.offset = offset
    self.sizeBytes = sizeBytes
  }

  /// Where the next block begins.
  package var end: Int { offset + sizeBytes + TableFormat.blockTrailerBytes }
}

/// The last bytes of a table.
///
/// `tailOffset` is where the data ends and everything that a reader keeps in memory begins, so that opening a table
/// takes two reads: the footer, and all from there to the footer. The last of that is the key area, whose size is said here.
struct TableFooter: Equatable {
  var tailOffset: Int
  var properties: BlockHandle
  /// 0 for a table that is not encrypted.
  var keyAreaBytes = 0

  func encode() -> [UInt8] {
    var buffer = RawBuffer(capacity: TableFormat.footerBytes)
    buffer.appendZeros(TableFormat.footerBytes)
    buffer.store(UInt64(tailOffset).littleEndian, at: 0)
    buffer.store(UInt64(properties.offset).littleEndian, at: 8)
    buffer.store(UInt32(properties.sizeBytes).littleEndian, at: 16)
    buffer.store(TableFormat.version.littleEndian, at: 20)
    buffer.store(UInt32(keyAreaBytes).littleEndian, at: 24)
    buffer.store(TableFormat.checksum(buffer.base, 28).littleEndian, at: 28)
    buffer.store(TableFormat.magic.littleEndian, at: 32)
    return buffer.bytes.withUnsafeBytes { Array($0) }
  }

  /// Checks everything a footer can be checked for: magic, version, checksum, and that what it names lies in the file.
  static func decode(_ bytes: [UInt8], file: String, fileSizeBytes: Int) throws(TreeError) -> TableFooter {
    let offset = fileSizeBytes - TableFormat.footerBytes
    func damage(_ reason: String) -> TreeError { .corruption(file: file, offset: offset, reason: reason) }
    guard bytes.count == TableFormat.footerBytes else { throw damage("the footer is cut off") }
    let (tail, start, size, version, keyArea, checksum, magic) = bytes.withUnsafeBytes { bytes in
      (
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)),
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self)),
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt32.self)),
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 28, as: UInt32.self)),
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
      )
    }
    guard magic == TableFormat.magic else { throw damage("this is not a sorted table") }
    guard bytes.withUnsafeBytes({ TableFormat.checksum($0.baseAddress!, 28) }) == checksum else {
      throw damage("the footer's checksum is wrong")
    }
    guard version <= TableFormat.version else {
      throw .unsupportedFormat(file: file, found: Int(version), newestKnown: Int(TableFormat.version))
    }
    // In version 1 there is no key area, and 0 where its size is said.
    let keyAreaBytes = version == 1 ? 0 : Int(keyArea)
    guard keyAreaBytes <= KeyFile.areaBytesMax else { throw damage("the key area's size can't be true") }
    let end = UInt64(max(0, offset - keyAreaBytes))
    guard version >= 1, tail <= start, start <= end,
      UInt64(size) + UInt64(TableFormat.blockTrailerBytes) <= end - start
    else { throw damage("the footer points outside the file") }
    return TableFooter(
      tailOffset: Int(tail), properties: BlockHandle(offset: Int(start), sizeBytes: Int(size)),
      keyAreaBytes: keyAreaBytes)
  }
}
