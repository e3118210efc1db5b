/// The keys of a directory as the engine's files see them: those of its cipher, or none.
///
/// All decisions about plain and sealed files are here. Without a cipher every file is plain, and one that has a key is
/// refused. With one, every new file is sealed, and a plain one is read only if it may be older than the keys.
package struct DirectoryKeys: Sendable {
  private let cipher: (any DirectoryCipher)?

  package static let none = DirectoryKeys(nil)

  package init(_ cipher: (any DirectoryCipher)?) {
    self.cipher = cipher
  }

  package var isSealing: Bool { cipher != nil }
  /// Bytes of the key area of a new file.
  package var keyAreaBytes: Int { cipher?.keyAreaBytes ?? 0 }
  /// Bytes that a block or record of a new file grows by.
  package var overheadBytes: Int { cipher?.overheadBytes ?? 0 }

  /// Whether a file of an encrypted directory is one of those from before.
  package func isPlain(_ kind: CipherFile.Kind, _ number: UInt64) -> Bool {
    cipher?.plain.contains(CipherFile(kind, number)) ?? false
  }

  /// The key of a file that is begun now.
  package func newKey(_ kind: CipherFile.Kind, _ number: UInt64) throws(TreeError) -> FileKey {
    guard let cipher else { return .none }
    let (area, key) = try cipher.newKey(for: CipherFile(kind, number))
    precondition(area.count == cipher.keyAreaBytes, "a key area is as long as its cipher says")
    return FileKey(area: area, cipher: key)
  }

  /// What opens the file at `path`, whose key area is `area`; nil for a plain file.
  ///
  /// Throws `corruption` if the key is of another file or directory, if a file of an encrypted directory should have one and
  /// has not, or if a file has one though there is no `KEYS`.
  package func key(
    from area: [UInt8], _ kind: CipherFile.Kind, _ number: UInt64, path: String
  ) throws(TreeError) -> (any BlockCipher)? {
    guard !area.isEmpty else {
      guard !isSealing || isPlain(kind, number) else {
        throw .corruption(
          file: path, offset: 0,
          reason: "the file is not encrypted, though it is newer than the directory's keys")
      }
      return nil
    }
    guard let cipher else {
      throw .corruption(
        file: path, offset: 0, reason: "the file is encrypted, but the directory has no \(KeyFile.name)")
    }
    return try cipher.key(from: area, for: CipherFile(kind, number), path: path)
  }

  /// Gives a copy of the directory the same keys. Does nothing without any.
  package func copy(to directory: String, in fileSystem: any FileSystem) throws(TreeError) {
    try cipher?.copyKeys(to: directory, in: fileSystem)
  }
}

/// The key of a file that is being written.
package struct FileKey: Sendable {
  /// What the file stores so that its key is found again; empty for a plain file.
  package let area: [UInt8]
  package let cipher: (any BlockCipher)?

  package static let none = FileKey(area: [], cipher: nil)
}

// MARK: Opening

extension DirectoryKeys {
  /// Finds out whether `open` would succeed, without touching anything: to be asked before the directory is made and locked,
  /// since a wrong key must leave no trace.
  package static func check(
    _ directory: String, in fileSystem: any FileSystem, _ provider: (any BlockCipherProvider)?
  ) throws(TreeError) {
    let hasKeys = fileSystem.exists(directory + "/" + KeyFile.name)
    switch (provider, hasKeys) {
    case (nil, true): throw .encryptionKeyRequired(directory: directory)
    case (let provider?, true): _ = try provider.open(directory, in: fileSystem)
    case (nil, false), (_?, false): break
    }
  }

  /// Opens a directory's keys, and makes them if a provider is given and there are none. Called with the directory locked.
  package static func open(
    _ directory: String, in fileSystem: any FileSystem, _ provider: (any BlockCipherProvider)?
  ) throws(TreeError) -> DirectoryKeys {
    try check(directory, in: fileSystem, provider)
    guard let provider else { return .none }
    if fileSystem.exists(directory + "/" + KeyFile.name) {
      return DirectoryKeys(try provider.open(directory, in: fileSystem))
    }
    try checkNothingIsSealed(directory, fileSystem)
    return DirectoryKeys(
      try provider.create(directory, in: fileSystem, plain: try plainFiles(directory, fileSystem)))
  }

  /// New keys would seal what can't be read any more: a lost `KEYS` must be found, not replaced.
  private static func checkNothingIsSealed(
    _ directory: String, _ fileSystem: any FileSystem
  ) throws(TreeError) {
    guard fileSystem.exists(directory + "/" + FileNames.current) else { return }
    let path = directory + "/" + (try FileNames.currentManifest(directory, fileSystem)).name
    guard try ManifestReader.keyArea(path, in: fileSystem).isEmpty else {
      throw .corruption(
        file: directory + "/" + KeyFile.name, offset: 0, reason: "missing, though the directory is encrypted")
    }
  }

  private static func plainFiles(
    _ directory: String, _ fileSystem: any FileSystem
  ) throws(TreeError) -> PlainFiles {
    var plain = PlainFiles()
    let log = directory + "/" + FileNames.log
    plain.filesThrough = try fileSystem.list(directory).compactMap(FileNames.number(of:)).max() ?? 0
    guard fileSystem.exists(log) else { return plain }
    plain.segmentsThrough = try fileSystem.list(log).compactMap(LogFormat.number(ofFileName:)).max() ?? 0
    return plain
  }
}
