/// Where one entry of an open map or set lies in the builder's bytes, and what it sorts by.
struct Entry: BitwiseCopyable {
  /// The first eight bytes of the key, zeros behind a shorter one: most comparisons need no more.
  let prefix: UInt64
  /// Where the entry begins, and from where to where its key goes.
  let offset: UInt32
  let keyOffset: UInt32
  let keyLength: UInt32
  /// The size of what was written before the entry; once all are known, the entry's own.
  var sizeBytes: UInt32
  /// The entry's length; known when the next one begins.
  var length: UInt32 = 0

  init(offset: Int, key: Range<Int>, in bytes: RawSpan, sizeBytes: Int) {
    self.offset = UInt32(offset)
    keyOffset = UInt32(key.lowerBound)
    keyLength = UInt32(key.count)
    self.sizeBytes = UInt32(sizeBytes)
    let length = key.upperBound - key.lowerBound
    if length >= 8 {
      prefix = bytes.word(at: key.lowerBound)
    } else if key.upperBound >= 8, length > 0 {
      // The eight bytes that end with the key, what precedes it shifted out.
      prefix = bytes.word(at: key.upperBound - 8) << UInt64(8 * (8 - length))
    } else {
      var packed: UInt64 = 0
      for position in key { packed = packed << 8 | UInt64(bytes.byte(at: position)) }
      prefix = length == 0 ? 0 : packed << UInt64(8 * (8 - length))
    }
  }

  var range: Range<Int> { Int(offset)..<Int(offset + length) }
  var key: Range<Int> { Int(keyOffset)..<Int(keyOffset + keyLength) }

  /// Orders two entries by their keys.
  @inline(__always)
  func order(_ other: Entry, in bytes: RawSpan) -> Int {
    if prefix != other.prefix { return prefix < other.prefix ? -1 : 1 }
    return compareBytes(bytes.extracting(key), bytes.extracting(other.key))
  }
}

extension TrivialStack<Entry> {
  /// Sorts the entries from `first` on by their keys, and those of one key in the order in which they were
  /// written.
  mutating func sort(from first: Int, in store: borrowing ByteStore) {
    let bytes = store.bytes
    withElements(from: first) { run in
      // An item's attributes are few: insertion needs no memory and the fewest steps.
      let insertionEntriesMax = 24
      if run.count > insertionEntriesMax {
        run.sort { a, b in
          let order = a.order(b, in: store.bytes)
          return order != 0 ? order < 0 : a.offset < b.offset
        }
        return
      }
      for index in 1..<max(run.count, 1) {
        let entry = run[index]
        var position = index
        while position > 0, run[position - 1].order(entry, in: bytes) > 0 {
          run[position] = run[position - 1]
          position -= 1
        }
        run[position] = entry
      }
    }
  }
}

extension ItemBuilder {
  /// Notes an entry of the innermost map or set, and whether it comes in order.
  mutating func note(entryAt start: Int, key: Range<Int>) {
    let frame = frames.count - 1
    let entry = Entry(offset: start, key: key, in: out.bytes, sizeBytes: sizeBytes)
    if entries.count > frames[frame].entries, frames[frame].isAscending {
      frames[frame].isAscending = entries[entries.count - 1].order(entry, in: out.bytes) < 0
    }
    entries.append(entry)
  }

  /// Puts the entries of a map or set that ends in order, and forgets where they were.
  ///
  /// - Returns: how many entries the container has.
  mutating func arrangeEntries(of frame: Frame) throws(ItemError) -> Int {
    let noted = entries.count - frame.entries
    guard frame.isAscending else { return try rearrangeEntries(of: frame) }
    entries.truncate(to: frame.entries)
    return noted
  }

  private mutating func rearrangeEntries(of frame: Frame) throws(ItemError) -> Int {
    measureEntries(from: frame.entries)
    let end = out.count
    entries.sort(from: frame.entries, in: out)
    var kept = 0
    // The entries are copied in their order behind the last byte, then moved down over the disorder.
    for index in frame.entries..<entries.count {
      let entry = entries[index]
      if index + 1 < entries.count, entry.order(entries[index + 1], in: out.bytes) == 0 {
        if frame.kind == .set { throw duplicate(in: frame, end: end) }
        sizeBytes -= Int(entry.sizeBytes)
        continue
      }
      out.append(copyOf: entry.range)
      kept += 1
    }
    out.moveTail(from: end, to: frame.contentStart)
    entries.truncate(to: frame.entries)
    return kept
  }

  /// Fills in each entry's length and size, which the beginning of the next one tells.
  private mutating func measureEntries(from first: Int) {
    var end = UInt32(out.count)
    var endSize = UInt32(sizeBytes)
    for index in stride(from: entries.count - 1, through: first, by: -1) {
      let startSize = entries[index].sizeBytes
      entries[index].length = end - entries[index].offset
      entries[index].sizeBytes = endSize - startSize
      end = entries[index].offset
      endSize = startSize
    }
  }

  /// The error of a set that holds a value twice.
  private func duplicate(in frame: Frame, end: Int) -> ItemError {
    let type = ValueTag(rawValue: out.bytes.byte(at: frame.start))!.type
    guard type == .stringSet else { return .duplicateSetElement(type, elements: "") }
    var elements = ""
    var reader = ByteReader(out.bytes.extracting(frame.contentStart..<end))
    while !reader.isAtEnd {
      let length = reader.varint()
      elements += elements.isEmpty ? "[" : ", "
      elements += String(copyingUTF8: reader.take(length))
    }
    return .duplicateSetElement(type, elements: elements + "]")
  }
}
