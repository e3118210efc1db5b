#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The terminal that standard input and output are, if they are one.
enum Terminal {
  /// Whether someone types and looks on, as opposed to a script.
  static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  /// How many columns and lines it has; nil where output is no terminal.
  static var size: (width: Int, height: Int)? {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  // MARK: - Input

  /// Keys come one by one, Ctrl-C among them, and are not shown by themselves, until `restore`.
  struct RawInput: ~Copyable {
    private let before: termios

    /// Nil if standard input is no terminal.
    init?() {
      var attributes = termios()
      guard tcgetattr(STDIN_FILENO, &attributes) == 0 else { return nil }
      before = attributes
      attributes.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
      attributes.c_iflag &= ~tcflag_t(IXON | ICRNL | BRKINT | INPCK | ISTRIP)
      attributes.c_cflag |= tcflag_t(CS8)
      _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &attributes)
    }

    consuming func restore() {
      var attributes = before
      _ = tcsetattr(STDIN_FILENO, TCSADRAIN, &attributes)
    }
  }

  /// Does something with raw input.
  static func withRawInput<Result>(_ body: () -> Result) -> Result {
    guard let input = RawInput() else { return body() }
    let result = body()
    input.restore()
    return result
  }

  /// The next byte of standard input; nil at its end. Blocks.
  static func readByte() -> UInt8? {
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count == 1 { return byte }
      if count < 0, errno == EINTR { continue }
      return nil
    }
  }

  /// Waits until there is input or its end, at most for so long, and less if a signal comes.
  ///
  /// - Returns: whether `readByte` won't block.
  static func waitForInput(milliseconds: Int32) -> Bool {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, milliseconds) > 0
  }

  // MARK: - Output

  /// Writes to standard output at once.
  static func write(_ text: String) throws(OutputLost) {
    try FlywheelCLI.write(text, to: STDOUT_FILENO)
  }
}
