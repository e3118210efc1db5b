import Crypto
import LSMTree

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A directory's keys, open: makes and unwraps the keys of files.
///
/// The key area of a file is the number of the directory's key, and the file's key sealed by that. What kind of file it is and
/// its number are sealed along: a file is of no use under another's name.
final class KeyRingCipher: DirectoryCipher {
  let keyAreaBytes = 4 + 12 + MasterKey.byteCount + AESGCMCipher.tagBytes
  let overheadBytes = AESGCMCipher.tagBytes
  private let ring: KeyRing
  /// The file, as it was read or written.
  private let stored: [UInt8]

  init(_ ring: KeyRing, stored: [UInt8]) {
    self.ring = ring
    self.stored = stored
  }

  var plain: PlainFiles { ring.plain }

  func newKey(for file: CipherFile) throws(TreeError) -> (area: [UInt8], cipher: any BlockCipher) {
    let fileKey = SymmetricKey(size: .bits256)
    let directoryKey = ring.newest
    var bytes = fileKey.withUnsafeBytes { Array($0) }
    defer { bytes.wipe() }
    var area: [UInt8] = []
    area.append(directoryKey.id)
    area += Seal.close(bytes, directoryKey.key, context: Self.context(directoryKey.id, file))
    return (area, AESGCMCipher(fileKey))
  }

  func key(
    from area: [UInt8], for file: CipherFile, path: String
  ) throws(TreeError) -> any BlockCipher {
    func damage(_ reason: String) -> TreeError { .corruption(file: path, offset: 0, reason: reason) }
    guard area.count == keyAreaBytes else { throw damage("the key area's size is wrong") }
    let id = area.number32(at: 0)
    guard let directoryKey = ring.key(id) else {
      throw damage("the file's key is under the directory's key \(id), which \(KeyFile.name) does not hold")
    }
    guard var bytes = Seal.open(area[4...], directoryKey, context: Self.context(id, file)),
      bytes.count == MasterKey.byteCount
    else { throw damage("the file's key can't be opened: it is damaged, or the file is another one's") }
    defer { bytes.wipe() }
    return AESGCMCipher(SymmetricKey(data: bytes))
  }

  func copyKeys(to directory: String, in fileSystem: any FileSystem) throws(TreeError) {
    try KeyRing.write(stored, directory, in: fileSystem)
  }

  private static func context(_ id: UInt32, _ file: CipherFile) -> [UInt8] {
    var context: [UInt8] = []
    context.append(id)
    context.append(UInt32(file.kind.rawValue))
    context.append(file.number)
    return context
  }
}
