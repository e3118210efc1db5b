/// Has a line typed: shows it as it grows, walks the history, completes names.
///
/// It knows keys and writes escape sequences and nothing else of the terminal, so a test can type into it. A line
/// that is wider than the terminal scrolls sideways around the cursor.
package struct LineEditor {
  package enum Outcome: Equatable {
    case line(String)
    /// Ctrl-C: whatever was begun is given up.
    case cancelled
    /// Ctrl-D in an empty line, or the input's end.
    case endOfInput
  }

  private let prompt: String
  private let width: Int
  private let history: [String]
  private let tables: [String]
  private let write: (String) -> Void

  private var buffer = LineBuffer()
  /// Where in the history the line is from; behind its end for the one that is being typed.
  private var historyPosition: Int
  private var typed = LineBuffer()

  package init(
    prompt: String, width: Int, history: [String], tables: [String], write: @escaping (String) -> Void
  ) {
    self.prompt = prompt
    self.width = max(width, prompt.count + 8)
    self.history = history
    self.tables = tables
    self.write = write
    historyPosition = history.count
  }

  /// Reads keys until the line is done.
  package mutating func run(_ keys: KeyReader) -> Outcome {
    show()
    while let key = keys.key() {
      switch key {
      case .enter:
        buffer.moveToEnd()
        show()
        write("\r\n")
        return .line(buffer.text)
      case .cancel:
        write("^C\r\n")
        return .cancelled
      case .endOfInput where buffer.text.isEmpty:
        write("\r\n")
        return .endOfInput
      default:
        apply(key)
        show()
      }
    }
    return .endOfInput
  }

  private mutating func apply(_ key: Key) {
    switch key {
    case .text(let text): buffer.insert(text)
    case .backspace: buffer.deleteBackward()
    case .delete, .endOfInput: buffer.deleteForward()
    case .left: buffer.moveLeft()
    case .right: buffer.moveRight()
    case .home: buffer.moveToStart()
    case .end: buffer.moveToEnd()
    case .wordLeft: buffer.moveWordLeft()
    case .wordRight: buffer.moveWordRight()
    case .deleteWord: buffer.deleteWord()
    case .deleteToStart: buffer.deleteToStart()
    case .deleteToEnd: buffer.deleteToEnd()
    case .clearScreen: write("\u{1B}[H\u{1B}[2J")
    case .up: walk(to: historyPosition - 1)
    case .down: walk(to: historyPosition + 1)
    case .tab: complete()
    case .enter, .cancel, .unknown: break
    }
  }

  private mutating func walk(to position: Int) {
    guard (0...history.count).contains(position), position != historyPosition else { return }
    if historyPosition == history.count { typed = buffer }
    historyPosition = position
    buffer = position == history.count ? typed : LineBuffer(history[position].replacing("\n", with: " "))
  }

  private mutating func complete() {
    guard let completion = Completion(before: buffer.beforeCursor, tables: tables) else { return }
    buffer.deleteBackward(completion.replacing)
    buffer.insert(completion.text)
    guard !completion.candidates.isEmpty else { return }
    write("\r\n" + completion.candidates.map(DisplayText.printable).joined(separator: "  ") + "\r\n")
  }

  /// Draws the line anew and puts the cursor where it belongs.
  private func show() {
    let room = width - prompt.count - 1
    var shownBefore: [String] = []
    var used = 0
    var position = buffer.cursor
    while position > 0 {
      let piece = DisplayText.printable(String(buffer.characters[position - 1]))
      let next = DisplayText.width(piece)
      guard used + next <= room else { break }
      shownBefore.append(piece)
      used += next
      position -= 1
    }
    var shownAfter = ""
    var usedAfter = 0
    position = buffer.cursor
    while position < buffer.characters.count {
      let piece = DisplayText.printable(String(buffer.characters[position]))
      let next = DisplayText.width(piece)
      guard used + usedAfter + next <= room else { break }
      shownAfter += piece
      usedAfter += next
      position += 1
    }
    var text = "\r\(prompt)\(shownBefore.reversed().joined())\(shownAfter)\u{1B}[K"
    if usedAfter > 0 { text += "\u{1B}[\(usedAfter)D" }
    write(text)
  }
}
