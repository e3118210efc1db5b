/// Where one entry of an open map or set lies in the builder's bytes, and what it sorts by.
struct Entry {
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
    if key.count >= 8 {
      prefix = bytes.word(at: key.lowerBound)
    } else {
      var packed: UInt64 = 0
      for position in key { packed = packed << 8 | UInt64(bytes.byte(at: position)) }
      prefix = key.isEmpty ? 0 : packed << (8 * UInt64(8 - key.count))
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

/// The entries of all open maps and sets, as a stack.
///
/// Fenced as ``ByteStore`` is: one owner, `base` points to `capacity` entries of which the first `count` are
/// initialised, `Entry` is trivial, positions are checked.
struct EntryStore: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutablePointer<Entry>
  private var capacity = 32
  private(set) var count = 0

  init() {
    base = .allocate(capacity: capacity)
  }

  deinit { base.deallocate() }

  subscript(index: Int) -> Entry {
    @inline(__always) get {
      precondition(index >= 0 && index < count)
      return base[index]
    }
    @inline(__always) set {
      precondition(index >= 0 && index < count)
      base[index] = newValue
    }
  }

  @inline(__always)
  mutating func append(_ entry: Entry) {
    if count == capacity { grow() }
    (base + count).initialize(to: entry)
    count += 1
  }

  private mutating func grow() {
    let grown = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
    grown.moveInitialize(from: base, count: count)
    base.deallocate()
    base = grown
    capacity *= 2
  }

  mutating func removeAll() { count = 0 }

  mutating func truncate(to newCount: Int) {
    precondition(newCount >= 0 && newCount <= count)
    count = newCount
  }

  /// Sorts the entries from `first` on by their keys, and those of one key in the order in which they were written.
  mutating func sort(from first: Int, in store: borrowing ByteStore) {
    let bytes = store.bytes
    precondition(first >= 0 && first <= count)
    let length = count - first
    var run = UnsafeMutableBufferPointer(start: base + first, count: length)
    // An item's attributes are few: insertion needs no memory and the fewest steps.
    let insertionEntriesMax = 24
    if length > insertionEntriesMax {
      bytes.withUnsafeBytes { buffer in
        run.sort { a, b in
          let order = a.order(b, in: buffer.bytes)
          return order != 0 ? order < 0 : a.offset < b.offset
        }
      }
      return
    }
    for index in 1..<max(length, 1) {
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

extension ItemBuilder {
  /// Notes an entry of the innermost map or set, and whether it comes in order.
  mutating func note(entryAt start: Int, key: Range<Int>) {
    let frame = depth - 1
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
