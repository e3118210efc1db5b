#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes one line to standard error: what the command tells people, as opposed to programs.
func tell(_ line: String) {
  var bytes = Array(line.utf8)
  bytes.append(UInt8(ascii: "\n"))
  bytes.withUnsafeBytes { buffer in
    // A closed standard error is nobody's business but the one who closed it.
    _ = write(STDERR_FILENO, buffer.baseAddress, buffer.count)
  }
}

/// Writes one line to standard output at once, whatever it is connected to: scripts wait for it.
func announce(_ line: String) {
  print(line)
  fflush(nil)
}
