import Crypto
import LSMTree

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What `KEYS` holds: the directory's keys, oldest first, and which files are older than they are.
///
/// New files are sealed by the newest key. The others stay for as long as the directory does, since files that they sealed
/// may: a key is 36 bytes, and rotation is rare. The file is always written as a whole, under a nonce of its own.
/// `Docs/Formats/Encryption.md` draws it.
struct KeyRing {
  struct Generation {
    var id: UInt32
    var key: SymmetricKey
  }

  let plain: PlainFiles
  private(set) var generations: [Generation]

  /// A ring with one new key.
  init(plain: PlainFiles) {
    self.plain = plain
    generations = [Generation(id: 1, key: SymmetricKey(size: .bits256))]
  }

  var newest: Generation { generations[generations.count - 1] }

  func key(_ id: UInt32) -> SymmetricKey? { generations.last { $0.id == id }?.key }

  /// Throws `encryptionKeyUnusable` when there are as many as a ring can have.
  mutating func addGeneration(directory: String) throws(TreeError) {
    guard generations.count < Self.generationsMax else {
      throw .encryptionKeyUnusable(
        source: directory + "/" + KeyFile.name,
        reason: "it holds \(Self.generationsMax) keys, and can't hold more")
    }
    generations.append(Generation(id: newest.id + 1, key: SymmetricKey(size: .bits256)))
  }

  // MARK: Stored form

  /// "FLYWKEYS", and the format's version.
  private static let magic: [UInt8] = Array("FLYWKEYS".utf8)
  private static let version: UInt32 = 1
  /// Magic, version, bytes of the sealed part.
  private static let headerBytes = 16
  private static let digestBytes = 32
  private static let generationsMax = 1000
  /// Two numbers and a count.
  private static let bodyHeadBytes = 20
  private static let generationBytes = 4 + 32
  private static let sealBytes = 12 + 16
  private static let bytesMax =
    headerBytes + sealBytes + bodyHeadBytes + generationsMax * generationBytes + digestBytes

  /// The file's bytes.
  func sealed(by master: MasterKey) -> [UInt8] {
    var body: [UInt8] = []
    body.reserveCapacity(Self.bodyHeadBytes + generations.count * Self.generationBytes)
    defer { body.wipe() }
    body.append(plain.filesThrough)
    body.append(plain.segmentsThrough)
    body.append(UInt32(generations.count))
    for generation in generations {
      body.append(generation.id)
      generation.key.withUnsafeBytes { body.append(contentsOf: $0) }
    }
    var bytes = Self.magic
    bytes.append(Self.version)
    bytes.append(UInt32(body.count + Self.sealBytes))
    bytes += Seal.close(body, master.key, context: bytes)
    bytes += SHA256.hash(data: bytes)
    return bytes
  }

  /// Throws `encryptionKeyWrong` if the bytes are whole and `master` doesn't open them, `corruption` if they are not whole,
  /// `unsupportedFormat` if a newer release wrote them.
  init(_ bytes: [UInt8], _ master: MasterKey, directory: String) throws(TreeError) {
    let path = directory + "/" + KeyFile.name
    func damage(_ reason: String) -> TreeError { .corruption(file: path, offset: 0, reason: reason) }
    guard bytes.count > Self.headerBytes + Self.digestBytes, bytes.starts(with: Self.magic) else {
      throw damage("these are no keys")
    }
    let end = bytes.count - Self.digestBytes
    guard SHA256.hash(data: bytes[..<end]) == bytes[end...] else { throw damage("the checksum is wrong") }
    let version = bytes.number32(at: 8)
    guard version == Self.version else {
      throw .unsupportedFormat(file: path, found: Int(version), newestKnown: Int(Self.version))
    }
    guard Int(bytes.number32(at: 12)) == end - Self.headerBytes else { throw damage("a length is wrong") }
    let context = Array(bytes[..<Self.headerBytes])
    guard var body = Seal.open(bytes[Self.headerBytes..<end], master.key, context: context) else {
      throw .encryptionKeyWrong(directory: directory)
    }
    defer { body.wipe() }
    guard let (plain, generations) = Self.decode(body) else { throw damage("the keys are malformed") }
    self.plain = plain
    self.generations = generations
  }

  private static func decode(_ body: [UInt8]) -> (PlainFiles, [Generation])? {
    guard body.count >= bodyHeadBytes else { return nil }
    let count = Int(body.number32(at: 16))
    guard (1...generationsMax).contains(count), body.count == bodyHeadBytes + count * generationBytes else {
      return nil
    }
    var generations: [Generation] = []
    for index in 0..<count {
      let start = bodyHeadBytes + index * generationBytes
      let id = body.number32(at: start)
      guard id > generations.last?.id ?? 0 else { return nil }
      let key = body.withUnsafeBytes {
        SymmetricKey(data: UnsafeRawBufferPointer(rebasing: $0[start + 4..<start + generationBytes]))
      }
      generations.append(Generation(id: id, key: key))
    }
    return (
      PlainFiles(filesThrough: body.number64(at: 0), segmentsThrough: body.number64(at: 8)), generations
    )
  }

  // MARK: The file

  static func read(_ directory: String, in fileSystem: any FileSystem) throws(TreeError) -> [UInt8] {
    try fileSystem.readAll(directory + "/" + KeyFile.name, limitBytes: bytesMax)
  }

  /// Replaces `KEYS` so that after a crash it is the old or the new one.
  static func write(
    _ bytes: [UInt8], _ directory: String, in fileSystem: any FileSystem
  ) throws(TreeError) {
    try fileSystem.replaceAtomically(
      directory + "/" + KeyFile.name, with: bytes, inDirectory: directory)
  }
}

/// Sealing of something small under a random nonce, which comes first.
enum Seal {
  static func close(_ bytes: [UInt8], _ key: SymmetricKey, context: [UInt8]) -> [UInt8] {
    guard let box = try? AES.GCM.seal(bytes, using: key, authenticating: context), let all = box.combined
    else {
      preconditionFailure("a key of 32 bytes seals whatever there is")
    }
    return Array(all)
  }

  /// Nil if they are not what was sealed with that key and context.
  static func open(_ bytes: ArraySlice<UInt8>, _ key: SymmetricKey, context: [UInt8]) -> [UInt8]? {
    guard let box = try? AES.GCM.SealedBox(combined: bytes),
      let opened = try? AES.GCM.open(box, using: key, authenticating: context)
    else { return nil }
    return Array(opened)
  }
}

extension [UInt8] {
  mutating func append(_ number: UInt32) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  mutating func append(_ number: UInt64) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  func number32(at offset: Int) -> UInt32 {
    withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
  }

  func number64(at offset: Int) -> UInt64 {
    withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) }
  }
}
