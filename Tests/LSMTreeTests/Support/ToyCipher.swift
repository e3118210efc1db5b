import CPlatform
import LSMTree
import Synchronization

/// A cipher that protects nothing and costs little, for tests of what the engine does with ciphers. It stops the program when
/// a place is sealed twice under one key, which would give a real one away.
struct ToyCiphers: BlockCipherProvider {
  var master: UInt64 = 1

  func open(_ directory: String, in fileSystem: any FileSystem) throws(TreeError) -> any DirectoryCipher {
    let path = directory + "/" + KeyFile.name
    let bytes = try fileSystem.readAll(path, limitBytes: 100)
    guard bytes.count == 40, Toy.word(bytes, 4) == Toy.hash(bytes[..<32]) else {
      throw .corruption(file: path, offset: 0, reason: "not a toy's keys")
    }
    guard Toy.word(bytes, 0) == Toy.mix(master) else { throw .encryptionKeyWrong(directory: directory) }
    return ToyDirectory(bytes, master)
  }

  func create(
    _ directory: String, in fileSystem: any FileSystem, plain: PlainFiles
  ) throws(TreeError) -> any DirectoryCipher {
    var bytes = Toy.bytes(Toy.mix(master)) + Toy.bytes(Toy.mix(master ^ 77))
    bytes += Toy.bytes(plain.filesThrough) + Toy.bytes(plain.segmentsThrough)
    bytes += Toy.bytes(Toy.hash(bytes[...]))
    try fileSystem.replaceAtomically(directory + "/" + KeyFile.name, with: bytes, inDirectory: directory)
    return ToyDirectory(bytes, master)
  }
}

private final class ToyDirectory: DirectoryCipher {
  let plain: PlainFiles
  let keyAreaBytes = 16
  let overheadBytes = 16
  private let key: UInt64
  private let stored: [UInt8]
  private static let count = Atomic<UInt64>(0)

  init(_ stored: [UInt8], _ master: UInt64) {
    self.stored = stored
    key = Toy.word(stored, 1) ^ master
    plain = PlainFiles(filesThrough: Toy.word(stored, 2), segmentsThrough: Toy.word(stored, 3))
  }

  func newKey(for file: CipherFile) throws(TreeError) -> (area: [UInt8], cipher: any BlockCipher) {
    let new = Toy.mix(Self.count.add(1, ordering: .relaxed).newValue)
    return (Toy.bytes(new ^ key) + Toy.bytes(check(new, file)), ToyCipher(new))
  }

  func key(
    from area: [UInt8], for file: CipherFile, path: String
  ) throws(TreeError) -> any BlockCipher {
    guard area.count == keyAreaBytes, Toy.word(area, 1) == check(Toy.word(area, 0) ^ key, file) else {
      throw .corruption(file: path, offset: 0, reason: "the file's key is damaged or belongs elsewhere")
    }
    return ToyCipher(Toy.word(area, 0) ^ key)
  }

  func copyKeys(to directory: String, in fileSystem: any FileSystem) throws(TreeError) {
    try fileSystem.replaceAtomically(directory + "/" + KeyFile.name, with: stored, inDirectory: directory)
  }

  private func check(_ fileKey: UInt64, _ file: CipherFile) -> UInt64 {
    Toy.mix(fileKey ^ Toy.mix(key ^ file.number &* 8 ^ UInt64(file.kind.rawValue)))
  }
}

private final class ToyCipher: BlockCipher {
  let overheadBytes = 16
  private let key: UInt64
  private let places = Mutex<Set<UInt64>>([])

  init(_ key: UInt64) { self.key = key }

  func seal(_ block: UnsafeMutableRawBufferPointer, at place: UInt64, context: RawSpan) {
    let isFirst = places.withLock { $0.insert(place).inserted }
    precondition(isFirst, "sealed twice at \(place)")
    let bytes = UnsafeMutableRawBufferPointer(rebasing: block.dropLast(overheadBytes))
    turn(bytes)
    let tag = tag(bytes, place, context)
    block.storeBytes(of: tag, toByteOffset: bytes.count, as: UInt64.self)
    block.storeBytes(of: ~tag, toByteOffset: bytes.count + 8, as: UInt64.self)
  }

  func open(_ block: UnsafeMutableRawBufferPointer, at place: UInt64, context: RawSpan) -> Bool {
    let bytes = UnsafeMutableRawBufferPointer(rebasing: block.dropLast(overheadBytes))
    let tag = tag(bytes, place, context)
    guard block.loadUnaligned(fromByteOffset: bytes.count, as: UInt64.self) == tag,
      block.loadUnaligned(fromByteOffset: bytes.count + 8, as: UInt64.self) == ~tag
    else { return false }
    turn(bytes)
    return true
  }

  /// Both ways. A word at a time, for the tests run unoptimised.
  private func turn(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    var index = 0
    while index < bytes.count, UInt(bitPattern: base + index) % 8 != 0 {
      bytes[index] ^= 0xA5
      index += 1
    }
    let words = (base + index).assumingMemoryBound(to: UInt64.self)
    let count = (bytes.count - index) / 8
    var word = 0
    while word < count {
      words[word] ^= 0xA5A5_A5A5_A5A5_A5A5
      word += 1
    }
    for index in index + 8 * count..<bytes.count { bytes[index] ^= 0xA5 }
  }

  private func tag(_ bytes: UnsafeMutableRawBufferPointer, _ place: UInt64, _ context: RawSpan) -> UInt64 {
    let check = context.withUnsafeBytes {
      platform_crc32c(UInt32(truncatingIfNeeded: key), $0.baseAddress, $0.count)
    }
    return Toy.mix(key ^ Toy.mix(place) ^ UInt64(platform_crc32c(check, bytes.baseAddress, bytes.count)))
  }
}

private enum Toy {
  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.withUnsafeBytes { mix(UInt64(platform_crc32c(0, $0.baseAddress, $0.count))) }
  }

  static func word(_ bytes: [UInt8], _ index: Int) -> UInt64 {
    bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }
  }

  static func bytes(_ word: UInt64) -> [UInt8] { withUnsafeBytes(of: word.littleEndian) { Array($0) } }
}
