import CPlatform

/// The manifest's file: a header, then records of one version edit each. Docs/Formats/Manifest.md draws it.
enum ManifestFormat {
  /// "FLYMANIF", read as a little-endian number.
  static let magic: UInt64 = 0x4649_4E41_4D59_4C46
  /// Raised by one when a reader of the version before could not read a new manifest, or what it names.
  static let version: UInt32 = 2
  /// Magic, version, and the CRC-32C of both: all of a header of version 1, and the first bytes of every other, so that
  /// each release can tell whose a manifest is.
  static let headerBytes = 16
  /// Before a record, and from version 2 on before the key area that follows the header: length, and the CRC-32C of the
  /// length and what follows.
  static let recordHeaderBytes = 8
  /// A manifest above this is taken as damage. It is rewritten long before.
  static let bytesMax = 1 << 30

  /// A record as it is stored at `offset`: framed, and sealed if there is a cipher.
  static func record(_ edit: VersionEdit, at offset: Int, _ cipher: (any BlockCipher)?) -> [UInt8] {
    var payload = edit.encode()
    guard let cipher else { return frame(payload) }
    payload.append(contentsOf: repeatElement(0, count: cipher.overheadBytes))
    payload.withUnsafeMutableBytes { cipher.seal($0, at: UInt64(offset), context: RawSpan()) }
    return frame(payload)
  }

  static var header: [UInt8] {
    var bytes: [UInt8] = []
    withUnsafeBytes(of: magic.littleEndian) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: version.littleEndian) { bytes.append(contentsOf: $0) }
    let checksum = checksum(bytes[...])
    withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// A record or a key area as it is stored.
  static func frame(_ payload: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(payload.count + recordHeaderBytes)
    withUnsafeBytes(of: UInt32(payload.count).littleEndian) { bytes.append(contentsOf: $0) }
    let checksum = payload.withUnsafeBytes {
      platform_crc32c(Self.checksum(bytes[...]), $0.baseAddress, $0.count)
    }
    withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: payload)
    return bytes
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBytes { platform_crc32c(0, $0.baseAddress, $0.count) }
  }

  static func number32(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
  }
}

/// Appends edits to a manifest.
struct ManifestWriter {
  private let file: any WritableFile
  private let cipher: (any BlockCipher)?
  private(set) var sizeBytes: Int

  /// Begins a manifest with `snapshot`, an edit that makes the whole of a version out of nothing, and syncs it.
  init(
    creating path: String, in fileSystem: any FileSystem, snapshot: VersionEdit, key: FileKey = .none
  ) throws(TreeError) {
    cipher = key.cipher
    file = try fileSystem.createFile(path)
    var bytes = ManifestFormat.header + ManifestFormat.frame(key.area)
    bytes += ManifestFormat.record(snapshot, at: bytes.count, cipher)
    try file.write(bytes.span.bytes, at: 0)
    try file.sync()
    sizeBytes = bytes.count
  }

  /// Returns when the edit survives a crash. When it throws, nobody knows whether it does.
  mutating func append(_ edit: VersionEdit) throws(TreeError) {
    let record = ManifestFormat.record(edit, at: sizeBytes, cipher)
    try file.write(record.span.bytes, at: sizeBytes)
    try file.sync()
    sizeBytes += record.count
  }

  func close() throws(TreeError) {
    try file.close()
  }
}

/// Reads a manifest's edits.
enum ManifestReader {
  /// All edits that were written whole.
  ///
  /// A crash can cut the last record off, and then it was acknowledged to nobody: reading stops before it. A record that
  /// is wrong with a right one anywhere behind it is damage of what was once synced, and so is a first record that is
  /// wrong, since no name leads to a manifest before it is synced.
  ///
  /// - Parameter number: the one in the manifest's name, which its key is bound to.
  static func readEdits(
    _ path: String, number: UInt64, in fileSystem: any FileSystem, keys: DirectoryKeys = .none
  ) throws(TreeError) -> [VersionEdit] {
    let bytes = try fileSystem.readAll(path, limitBytes: ManifestFormat.bytesMax)
    let (keyArea, start) = try readHeader(bytes, path)
    let cipher = try keys.key(from: keyArea, .manifest, number, path: path)
    var offset = start
    var edits: [VersionEdit] = []
    while offset < bytes.count {
      guard let payload = record(bytes, at: offset) else {
        let isTail = !edits.isEmpty && !hasRecord(bytes, after: offset)
        guard isTail else { throw .corruption(file: path, offset: offset, reason: "a record is damaged") }
        break
      }
      guard let opened = open(payload, at: offset, cipher) else {
        // Its checksum is right, so no crash has cut it off.
        throw .corruption(file: path, offset: offset, reason: "a record's seal is broken")
      }
      guard let edit = VersionEdit.decode(opened) else {
        throw .corruption(file: path, offset: offset, reason: "a record is no version edit")
      }
      edits.append(edit)
      offset += ManifestFormat.recordHeaderBytes + payload.count
    }
    guard !edits.isEmpty else { throw .corruption(file: path, offset: offset, reason: "there is no record") }
    return edits
  }

  /// What a manifest's key is found by; empty if it is not encrypted.
  static func keyArea(_ path: String, in fileSystem: any FileSystem) throws(TreeError) -> [UInt8] {
    try readHeader(try fileSystem.readAll(path, limitBytes: ManifestFormat.bytesMax), path).keyArea
  }

  private static func open(
    _ payload: ArraySlice<UInt8>, at offset: Int, _ cipher: (any BlockCipher)?
  ) -> [UInt8]? {
    var bytes = Array(payload)
    guard let cipher else { return bytes }
    guard bytes.count >= cipher.overheadBytes,
      bytes.withUnsafeMutableBytes({ cipher.open($0, at: UInt64(offset), context: RawSpan()) })
    else { return nil }
    bytes.removeLast(cipher.overheadBytes)
    return bytes
  }

  /// The key area, and where the records begin.
  private static func readHeader(
    _ bytes: [UInt8], _ path: String
  ) throws(TreeError) -> (keyArea: [UInt8], end: Int) {
    guard bytes.count >= ManifestFormat.headerBytes, Array(bytes[..<8]) == Array(ManifestFormat.header[..<8])
    else {
      throw .corruption(file: path, offset: 0, reason: "this is not a manifest")
    }
    guard ManifestFormat.checksum(bytes[..<12]) == ManifestFormat.number32(bytes, at: 12) else {
      throw .corruption(file: path, offset: 0, reason: "the header's checksum is wrong")
    }
    let version = ManifestFormat.number32(bytes, at: 8)
    guard version >= 1, version <= ManifestFormat.version else {
      throw .unsupportedFormat(file: path, found: Int(version), newestKnown: Int(ManifestFormat.version))
    }
    if version == 1 { return ([], ManifestFormat.headerBytes) }
    guard let keyArea = frame(bytes, at: ManifestFormat.headerBytes), keyArea.count <= KeyFile.areaBytesMax
    else {
      throw .corruption(file: path, offset: ManifestFormat.headerBytes, reason: "the key area is damaged")
    }
    return (Array(keyArea), keyArea.endIndex)
  }

  /// The payload of the record at `offset`, or nil if there is none whose checksum is right. A record is never empty.
  private static func record(_ bytes: [UInt8], at offset: Int) -> ArraySlice<UInt8>? {
    frame(bytes, at: offset).flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func frame(_ bytes: [UInt8], at offset: Int) -> ArraySlice<UInt8>? {
    let start = offset + ManifestFormat.recordHeaderBytes
    guard start <= bytes.count else { return nil }
    let count = Int(ManifestFormat.number32(bytes, at: offset))
    guard count <= bytes.count - start else { return nil }
    let payload = bytes[start..<start + count]
    let checksum = payload.withUnsafeBytes {
      platform_crc32c(ManifestFormat.checksum(bytes[offset..<offset + 4]), $0.baseAddress, $0.count)
    }
    return checksum == ManifestFormat.number32(bytes, at: offset + 4) ? payload : nil
  }

  private static func hasRecord(_ bytes: [UInt8], after offset: Int) -> Bool {
    (offset + 1..<max(offset + 1, bytes.count)).contains { record(bytes, at: $0) != nil }
  }
}
