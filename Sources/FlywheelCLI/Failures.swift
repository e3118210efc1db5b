import ArgumentParser
import Flywheel

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The exit status that tells a script which kind of failure a database had.
func exitStatus(for error: DatabaseError) -> ExitCode {
  switch error {
  case .corruption, .catalogCorrupt, .unsupportedFormat: .badData
  case .locked: .locked
  case .encryptionKeyRequired, .encryptionKeyWrong: .keyRefused
  case .encryptionKeyUnusable: .keyUnusable
  case .invalidOption: .validationFailure
  case .io, .poisoned, .closed, .noThread: .systemFailure
  }
}

/// What went wrong with a database, for a person.
func describe(_ error: DatabaseError) -> String {
  switch error {
  case .io(let path, let operation, let errno):
    "\(operation) \(path): \(describe(errno: errno))"
  case .corruption(let file, let offset, let reason):
    "\(file) is damaged at byte \(offset): \(reason)"
  case .catalogCorrupt(let reason):
    "the catalog of tables is damaged: \(reason)"
  case .locked:
    "another process has it open"
  case .poisoned(let reason):
    "a write to the disk failed, so that nothing more was accepted: \(reason)"
  case .unsupportedFormat(let what, let found, let newestKnown):
    "\(what) has format \(found), which a newer release wrote; this one knows formats up to \(newestKnown)"
  case .encryptionKeyRequired:
    "it is encrypted, and no key was given; there is --encryption-key-file, and \(EncryptionOptions.variable)"
  case .encryptionKeyWrong:
    "it is encrypted with another key than the one given; nothing in it was touched"
  case .encryptionKeyUnusable(let source, let reason):
    "\(source) gives no key: \(reason)"
  case .invalidOption(let name, let reason):
    "\(name): \(reason)"
  case .closed:
    "it is closed"
  case .noThread:
    "the operating system gave no more threads"
  }
}

/// The operating system's words for an error number.
func describe(errno: Int32) -> String {
  String(cString: strerror(errno))
}
