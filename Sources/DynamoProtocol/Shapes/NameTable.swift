/// Finds which of a few known names some bytes are, by comparing words, without making a `String`.
///
/// A name is told apart by its length and its first and last eight bytes; only names longer than sixteen
/// bytes are compared in full. A structure of the API has at most twenty members, so walking the list costs
/// less than any hash.
struct NameTable: Sendable {
  private struct Entry: Sendable {
    var head: UInt64
    var tail: UInt64
    /// Where the name starts in `text`.
    var start: Int
    var byteCount: Int
  }

  private let entries: [Entry]
  /// All names, one behind the other.
  private let text: [UInt8]

  init(_ names: [String]) {
    var entries: [Entry] = []
    var text: [UInt8] = []
    for name in names {
      let start = text.count
      text.append(contentsOf: name.utf8)
      let (head, tail) = Self.ends(of: text.span.bytes.extracting(start..<text.count))
      entries.append(Entry(head: head, tail: tail, start: start, byteCount: text.count - start))
    }
    self.entries = entries
    self.text = text
  }

  /// The position of `name` in the list that the table was made of; nil if it is not in it.
  @inline(__always)
  func index(of name: RawSpan) -> Int? {
    let (head, tail) = Self.ends(of: name)
    for index in entries.indices {
      let entry = entries[index]
      guard entry.head == head, entry.tail == tail, entry.byteCount == name.byteCount else { continue }
      if name.byteCount <= 16 { return index }
      let known = text.span.bytes.extracting(entry.start..<entry.start + entry.byteCount)
      if known.isEqual(to: name) { return index }
    }
    return nil
  }

  /// The first and the last eight bytes; a shorter name is its own head and has no tail.
  @inline(__always)
  private static func ends(of name: RawSpan) -> (head: UInt64, tail: UInt64) {
    let count = name.byteCount
    if count >= 8 { return (name.word(0), name.word(count - 8)) }
    return (name.tailWord(from: 0), 0)
  }
}
