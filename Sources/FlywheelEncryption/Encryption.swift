public import LSMTree

/// Encryption at rest: AES-256-GCM under keys that a master key protects.
///
/// Give it to a database or a tree when it is opened:
///
/// ```swift
/// var options = DatabaseOptions()
/// options.cipher = Encryption(masterKey: try MasterKey(contentsOfFile: "/run/secrets/flywheel"))
/// let database = try Database.open(at: directory, options: options)
/// ```
///
/// **Three kinds of keys.** Each file has a random key of its own, stored in the file under the directory's newest key.
/// The directory's keys are in its file `KEYS`, under the master key, which is nowhere in the directory. So another master
/// key means writing one small file, and no file key is ever used for more than one file.
///
/// **What is protected:** whoever has the directory but not the master key learns no key and no value, and can't change
/// either unnoticed. **What is not:** names and sizes of files, how many records there are and when they came;
/// and nobody is told when the whole directory is exchanged for an older state of itself. What is in memory, and what is sent
/// over a network, is not encrypted. `Docs/Formats/Encryption.md` says it in full.
public struct Encryption: BlockCipherProvider {
  private let masterKey: MasterKey

  public init(masterKey: MasterKey) {
    self.masterKey = masterKey
  }

  public func open(
    _ directory: String, in fileSystem: any FileSystem
  ) throws(TreeError) -> any DirectoryCipher {
    let stored = try KeyRing.read(directory, in: fileSystem)
    return KeyRingCipher(try KeyRing(stored, masterKey, directory: directory), stored: stored)
  }

  public func create(
    _ directory: String, in fileSystem: any FileSystem, plain: PlainFiles
  ) throws(TreeError) -> any DirectoryCipher {
    let ring = KeyRing(plain: plain)
    let stored = ring.sealed(by: masterKey)
    try KeyRing.write(stored, directory, in: fileSystem)
    return KeyRingCipher(ring, stored: stored)
  }

  // MARK: Rotation

  /// Puts a directory under another master key, and gives it a new key for all files from now on. No file but `KEYS` is
  /// touched, so it takes milliseconds; files that exist keep their keys until compaction rewrites them. Interrupted at any
  /// time, the directory opens with one of the two master keys.
  ///
  /// Nobody may have the directory open. The same key may be given twice: then only the directory's key is new.
  ///
  /// Throws `encryptionKeyWrong` if `old` is not the directory's master key, and then has touched nothing; `locked` if
  /// it is open; `io` if it is not encrypted or can't be written.
  public static func rotateMasterKey(
    of directory: String, from old: MasterKey, to new: MasterKey,
    in fileSystem: any FileSystem = RealFileSystem()
  ) throws(TreeError) {
    // Before the lock is taken, which makes a file if there is none.
    _ = try KeyRing(try KeyRing.read(directory, in: fileSystem), old, directory: directory)
    let lock = try fileSystem.lockExclusively(directory + "/LOCK")
    var ring = try KeyRing(try KeyRing.read(directory, in: fileSystem), old, directory: directory)
    try ring.addGeneration(directory: directory)
    try KeyRing.write(ring.sealed(by: new), directory, in: fileSystem)
    withExtendedLifetime(lock) {}
  }
}
