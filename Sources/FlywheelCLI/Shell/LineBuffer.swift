/// The line that is being typed, and where in it the cursor stands: what keys do to it, and nothing of the terminal.
package struct LineBuffer: Equatable {
  package private(set) var characters: [Character]
  package private(set) var cursor: Int

  /// How long a line may become; what is typed beyond is not taken.
  package static let charactersMax = 8_192

  package init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  package var text: String { String(characters) }
  package var beforeCursor: String { String(characters[..<cursor]) }

  package mutating func insert(_ text: String) {
    let room = max(0, Self.charactersMax - characters.count)
    let taken = Array(text.prefix(room))
    characters.insert(contentsOf: taken, at: cursor)
    cursor += taken.count
  }

  package mutating func deleteBackward() {
    guard cursor > 0 else { return }
    cursor -= 1
    characters.remove(at: cursor)
  }

  package mutating func deleteForward() {
    guard cursor < characters.count else { return }
    characters.remove(at: cursor)
  }

  /// Deletes so many characters in front of the cursor.
  package mutating func deleteBackward(_ count: Int) {
    let start = max(0, cursor - count)
    characters.removeSubrange(start..<cursor)
    cursor = start
  }

  /// Deletes the word in front of the cursor and the blanks behind it.
  package mutating func deleteWord() {
    var start = cursor
    while start > 0, characters[start - 1].isWhitespace { start -= 1 }
    while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
    characters.removeSubrange(start..<cursor)
    cursor = start
  }

  package mutating func deleteToStart() {
    characters.removeSubrange(..<cursor)
    cursor = 0
  }

  package mutating func deleteToEnd() {
    characters.removeSubrange(cursor...)
  }

  package mutating func moveLeft() { cursor = max(0, cursor - 1) }
  package mutating func moveRight() { cursor = min(characters.count, cursor + 1) }
  package mutating func moveToStart() { cursor = 0 }
  package mutating func moveToEnd() { cursor = characters.count }

  package mutating func moveWordLeft() {
    while cursor > 0, characters[cursor - 1].isWhitespace { cursor -= 1 }
    while cursor > 0, !characters[cursor - 1].isWhitespace { cursor -= 1 }
  }

  package mutating func moveWordRight() {
    while cursor < characters.count, characters[cursor].isWhitespace { cursor += 1 }
    while cursor < characters.count, !characters[cursor].isWhitespace { cursor += 1 }
  }
}
