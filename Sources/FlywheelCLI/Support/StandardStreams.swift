import ArgumentParser

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What was written has not arrived, and nothing behind it will.
package struct OutputLost: Error, Equatable {
  /// The operating system's words.
  package var reason: String

  package init(reason: String) {
    self.reason = reason
  }
}

/// Writes all of a text at once.
package func write(_ text: String, to descriptor: Int32) throws(OutputLost) {
  var text = text
  // The typed error does not go through the closure.
  let failure = text.withUTF8 { bytes -> Int32? in
    var rest = UnsafeRawBufferPointer(bytes)
    while !rest.isEmpty {
      let count = write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
    return nil
  }
  if let failure { throw OutputLost(reason: describe(errno: failure)) }
}

/// Writes to standard error what the command tells people, as opposed to programs: a line, or several.
func tell(_ text: String) {
  let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
    DisplayText.printable(String($0))
  }
  // A closed standard error is nobody's business but the one who closed it.
  try? write(lines.joined(separator: "\n") + "\n", to: STDERR_FILENO)
}

/// Writes one line to standard output at once, whatever it is connected to: scripts wait for it.
///
/// - Throws: the exit status for output that is lost, when that was told.
func announce(_ line: String) throws(ExitCode) {
  do throws(OutputLost) {
    try write(line + "\n", to: STDOUT_FILENO)
  } catch {
    throw failure(error)
  }
}

/// Tells that output is lost, and gives the exit status for it.
func failure(_ lost: OutputLost) -> ExitCode {
  tell("flywheel: can't write to standard output: \(lost.reason)")
  return .systemFailure
}
