import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Told to stop by a signal. Lock-free, so that a handler may set it.
private let isStopRequested = Atomic<Bool>(false)

/// The terminal while something is drawn on it: another screen, keys one by one and unseen, no cursor. `leave` puts it
/// back as it was.
struct TerminalSession: ~Copyable {
  private let original: termios

  /// Takes the terminal over; nil if standard input or output is none.
  init?() {
    var attributes = termios()
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, tcgetattr(STDIN_FILENO, &attributes) == 0
    else {
      return nil
    }
    original = attributes
    // Ctrl-C comes as a key, so that it can't end the process between two pictures.
    attributes.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    for signal in [SIGTERM, SIGHUP, SIGINT] {
      Self.handle(signal)
    }
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &attributes)
    Self.write("\u{1B}[?1049h\u{1B}[?25l")
  }

  private static func handle(_ number: Int32) {
    _ = signal(number) { _ in isStopRequested.store(true, ordering: .relaxed) }
  }

  consuming func leave() {
    var attributes = original
    Self.write("\u{1B}[?25h\u{1B}[?1049l")
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &attributes)
  }

  /// Columns and lines.
  var size: (width: Int, height: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Draws lines from the top, over what was there.
  func draw(_ lines: [String]) {
    Self.write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
  }

  /// Waits for so long; true as soon as the user wants to leave (q, Ctrl-C, a signal, the end of input).
  func wait(milliseconds: Int) -> Bool {
    if isStopRequested.load(ordering: .relaxed) { return true }
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard poll(&input, 1, Int32(milliseconds)) > 0 else { return isStopRequested.load(ordering: .relaxed) }
    var key: UInt8 = 0
    let count = read(STDIN_FILENO, &key, 1)
    return count <= 0 || key == UInt8(ascii: "q") || key == UInt8(ascii: "Q") || key == 3
  }

  private static func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      #if canImport(Darwin)
        let count = rest.withUnsafeBytes { Darwin.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      #else
        let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      #endif
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }
}
