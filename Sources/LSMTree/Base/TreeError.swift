/// What can go wrong in the engine. Every throwing call of the module throws only this.
public enum TreeError: Error, Sendable, Equatable {
  /// The operating system refused `operation` on `path`; `errno` is its reason.
  case io(path: String, operation: String, errno: Int32)
  /// Bytes of `file` at `offset` are not what was written there: a checksum, a length or an order is wrong.
  /// `offset` is in bytes from the start of the file.
  case corruption(file: String, offset: Int, reason: String)
  /// A log write or sync failed earlier. What reached the disk is unknown, so nothing more is accepted
  /// until the tree is opened again; durable data stays readable.
  case poisoned(reason: String)
  /// Another process, or another tree of this process, has the directory open.
  case locked(path: String)
  /// The tree was closed.
  case closed
  /// `ReadIO.memoryOnly` was asked for and the answer is not in memory, or a commit that may not wait would have to.
  /// Ask again, allowed to wait, from a thread that may.
  case wouldBlock
  /// `file` was written by a newer release, in format `found`; this one reads up to `newestKnown`.
  case unsupportedFormat(file: String, found: Int, newestKnown: Int)
  /// The directory is encrypted, and no key was given. Nothing in it was touched.
  case encryptionKeyRequired(directory: String)
  /// The directory is encrypted with another master key than the one given. Nothing in it was touched.
  case encryptionKeyWrong(directory: String)
  /// There is no usable key where one should be: a file that can't be read, or bytes that are no key. `source` names
  /// the place and never the key.
  case encryptionKeyUnusable(source: String, reason: String)
  /// An option is out of its range.
  case invalidOption(name: String, reason: String)
  /// A batch of `bytes` is above the limit of `bytesMax`.
  case batchTooLarge(bytes: Int, bytesMax: Int)
  /// What a caller handed in can't be used: keys that don't ascend, a file that is not a table to ingest, a directory
  /// that is not empty.
  case invalidInput(what: String, reason: String)
}
