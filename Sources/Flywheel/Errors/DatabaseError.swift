package import LSMTree

/// Why a database could not be opened or closed, or what failed in its engine.
///
/// What an operation answers is a `ServiceError`; this is what happens to the database itself.
public enum DatabaseError: Error, Sendable, Equatable {
  /// The operating system refused `operation` on `path`; `errno` is its reason.
  case io(path: String, operation: String, errno: Int32)
  /// Bytes of `file` at `offset` are not what was written there.
  case corruption(file: String, offset: Int, reason: String)
  /// The catalog can't be read, though the bytes below it are whole.
  case catalogCorrupt(reason: String)
  /// Another process, or another `Database` of this one, has the directory open.
  case locked(path: String)
  /// A write or sync of the log failed; nothing more is accepted until the database is opened again.
  case poisoned(reason: String)
  /// What was found was written by a newer release.
  case unsupportedFormat(what: String, found: Int, newestKnown: Int)
  /// The directory is encrypted, and no key was given. Nothing in it was touched.
  case encryptionKeyRequired(directory: String)
  /// The directory is encrypted with another master key than the one given. Nothing in it was touched.
  case encryptionKeyWrong(directory: String)
  /// There is no usable key where one should be. `source` names the place and never the key.
  case encryptionKeyUnusable(source: String, reason: String)
  /// An option is out of its range.
  case invalidOption(name: String, reason: String)
  /// The database is closed.
  case closed
  /// The operating system gave no more threads.
  case noThread

  package init(_ error: TreeError) {
    switch error {
    case .io(let path, let operation, let errno):
      self = .io(path: path, operation: operation, errno: errno)
    case .corruption(let file, let offset, let reason):
      self = .corruption(file: file, offset: offset, reason: reason)
    case .poisoned(let reason): self = .poisoned(reason: reason)
    case .locked(let path): self = .locked(path: path)
    case .closed: self = .closed
    case .unsupportedFormat(let file, let found, let newestKnown):
      self = .unsupportedFormat(what: file, found: found, newestKnown: newestKnown)
    case .encryptionKeyRequired(let directory): self = .encryptionKeyRequired(directory: directory)
    case .encryptionKeyWrong(let directory): self = .encryptionKeyWrong(directory: directory)
    case .encryptionKeyUnusable(let source, let reason):
      self = .encryptionKeyUnusable(source: source, reason: reason)
    case .invalidOption(let name, let reason): self = .invalidOption(name: name, reason: reason)
    case .wouldBlock, .batchTooLarge, .invalidInput:
      // The database asks with `.blocking` wherever it reports engine errors, and bounds its own batches.
      self = .corruption(file: "", offset: 0, reason: "unexpected answer of the engine: \(error)")
    }
  }
}
