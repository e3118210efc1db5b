import ArgumentParser

/// How the command exits when it fails, so that scripts can tell failures apart. The numbers are those of
/// `sysexits.h`; 64, for options that make no sense, is the argument parser's own.
extension ExitCode {
  /// The data is damaged, or of a newer release; or a script has a statement that is too long.
  static let badData = ExitCode(65)
  /// There is no usable key where one should be.
  static let keyUnusable = ExitCode(66)
  /// The address can't be listened on.
  static let unavailable = ExitCode(69)
  /// The operating system refused a file, a thread, or what was written to standard output.
  static let systemFailure = ExitCode(74)
  /// Someone else has the directory open: it may work later.
  static let locked = ExitCode(75)
  /// The data is encrypted, and the key is missing or another one.
  static let keyRefused = ExitCode(77)
}
