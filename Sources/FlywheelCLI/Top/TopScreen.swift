import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Told to stop by a signal. Lock-free, so that a handler may set it.
private let isStopRequested = Atomic<Bool>(false)

/// The terminal while pictures are drawn on it: another screen, raw input, no cursor. `leave` puts it back as it was.
struct TopScreen: ~Copyable {
  private let input: Terminal.RawInput

  /// Takes the terminal over; nil if there is none.
  init?() {
    guard Terminal.isInteractive, let input = Terminal.RawInput() else { return nil }
    self.input = input
    for number in [SIGTERM, SIGHUP, SIGINT] {
      _ = signal(number) { _ in isStopRequested.store(true, ordering: .relaxed) }
    }
    // What is lost here is lost again with the first picture.
    try? Terminal.write("\u{1B}[?1049h\u{1B}[?25l")
  }

  consuming func leave() {
    try? Terminal.write("\u{1B}[?25h\u{1B}[?1049l")
    input.restore()
  }

  /// Draws lines from the top, over what was there.
  func draw(_ lines: [String]) throws(OutputLost) {
    try Terminal.write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
  }

  /// Waits for so long; true as soon as the user wants to leave (q, Ctrl-C, a signal, the end of input).
  func wait(milliseconds: Int32) -> Bool {
    if isStopRequested.load(ordering: .relaxed) { return true }
    guard Terminal.waitForInput(milliseconds: milliseconds) else {
      return isStopRequested.load(ordering: .relaxed)
    }
    switch Terminal.readByte() {
    case nil, UInt8(ascii: "q"), UInt8(ascii: "Q"), 3: return true
    default: return false
    }
  }
}
