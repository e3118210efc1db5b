/// Encryption at rest, as far as the engine knows of it.
///
/// The engine decides what is sealed, when, and where the keys' bytes lie in its files; whoever implements these three
/// protocols decides how. They follow the life of a key: a *provider* is given to a tree and opens a directory's keys
/// once (`DirectoryCipher`); a directory's keys make and unwrap the key of each file (`BlockCipher`); and that seals
/// blocks.
///
/// **A key a file, made when the file is begun.** So the place of a block in its file is all that a nonce needs: under one
/// key each place is sealed once. Blocks are never changed; a log segment that is recycled gets another key; a record of the
/// log that is written a second time after a crash is written as it was read, sealed. And a file is bound to its
/// number by how its key is wrapped, so that nothing need be said of that in each block.
///
/// **Nothing here is on the way of a read that finds its block in memory.** Ciphers are met where blocks are read from a
/// file or written to one, and there the call through an existential is lost beside the sealing itself.
///
/// Rejected: encrypting below, in `FileSystem`. It would need no change of formats, but a file system knows neither blocks
/// nor records: it would have to seal pages of its own, read them whole to change a byte, and keep tags somewhere;
/// and a torn page could not be told from a forged one.
public protocol BlockCipherProvider: Sendable {
  /// Opens the keys of a directory that has the file `KEYS` (`KeyFile.name`). Changes nothing. Called when a tree is opened,
  /// before anything of the directory is touched.
  ///
  /// Throws `encryptionKeyWrong` if the keys are sealed by another master key, `corruption` if the file is damaged.
  func open(_ directory: String, in fileSystem: any FileSystem) throws(TreeError) -> any DirectoryCipher

  /// Makes the keys of a directory that has none, durably: `KEYS` and its name survive a power cut when this returns. Called
  /// with the directory locked.
  ///
  /// - Parameter plain: the files that are there already, unsealed. To be remembered, sealed.
  func create(
    _ directory: String, in fileSystem: any FileSystem, plain: PlainFiles
  ) throws(TreeError) -> any DirectoryCipher
}

/// The keys of one directory.
public protocol DirectoryCipher: AnyObject, Sendable {
  /// The files that were there before the keys were.
  var plain: PlainFiles { get }

  /// Bytes of every key area that `newKey` returns. 1 to `KeyFile.areaBytesMax`.
  var keyAreaBytes: Int { get }

  /// Bytes that sealing adds to a block. 0 to 64.
  var overheadBytes: Int { get }

  /// Makes a new random key for a file that is begun now, and the bytes that are stored in the file so that `key` finds it
  /// again.
  func newKey(for file: CipherFile) throws(TreeError) -> (area: [UInt8], cipher: any BlockCipher)

  /// The key of a file, from the bytes that are stored in it.
  ///
  /// Throws `corruption` of `path` if they are not what `newKey` returned for a file of this kind and number in this
  /// directory.
  func key(
    from area: [UInt8], for file: CipherFile, path: String
  ) throws(TreeError) -> any BlockCipher

  /// Gives another directory, which will hold the same files under the same numbers, the same keys, durably.
  func copyKeys(to directory: String, in fileSystem: any FileSystem) throws(TreeError)
}

/// The key of one file. Used by many threads at once.
public protocol BlockCipher: AnyObject, Sendable {
  /// The same as its directory's.
  var overheadBytes: Int { get }

  /// Seals a block in place. The last `overheadBytes` of the buffer are room for what sealing adds.
  ///
  /// - Parameters:
  ///   - place: where the block lies in its file, in bytes. The engine never seals twice at one place of one key.
  ///   - context: what is not encrypted but must come back the same.
  func seal(_ block: UnsafeMutableRawBufferPointer, at place: UInt64, context: RawSpan)

  /// Opens a block in place; false if it is not what was sealed at that place with that context, and then its bytes stay as
  /// they were. When it is true, the buffer but for its last `overheadBytes` is the block.
  func open(_ block: UnsafeMutableRawBufferPointer, at place: UInt64, context: RawSpan) -> Bool
}

/// What a key is for.
public struct CipherFile: Hashable, Sendable {
  /// Stored in key areas' seals: numbers keep their meaning.
  public enum Kind: UInt8, Sendable {
    case manifest = 1
    case table = 2
    case logSegment = 3
    case valueFile = 4
  }

  public var kind: Kind
  /// As in the file's name.
  public var number: UInt64

  public init(_ kind: Kind, _ number: UInt64) {
    self.kind = kind
    self.number = number
  }
}

/// Which files of a directory may be unsealed: those that were there when its keys were made. Every other one must have a
/// key, so nobody without one can put a file of his own in a sealed one's place.
public struct PlainFiles: Hashable, Sendable {
  /// The greatest number of a manifest, table or value file; 0 if there was none.
  public var filesThrough: UInt64
  /// The greatest number of a log segment; 0 if there was none.
  public var segmentsThrough: UInt64

  public init(filesThrough: UInt64 = 0, segmentsThrough: UInt64 = 0) {
    self.filesThrough = filesThrough
    self.segmentsThrough = segmentsThrough
  }

  func contains(_ file: CipherFile) -> Bool {
    file.number <= (file.kind == .logSegment ? segmentsThrough : filesThrough)
  }
}

/// The file that holds a directory's keys. Its presence says that the directory is encrypted; its content is the
/// provider's business.
public enum KeyFile {
  public static let name = "KEYS"
  /// Bytes that the key area of a file can have.
  public static let areaBytesMax = 4096
}
