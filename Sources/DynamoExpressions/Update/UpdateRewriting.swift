import DynamoModel

/// Writes an item anew with the outcomes of an update in their places.
///
/// The item's entries and the update's sorted paths are walked beside each other. Attributes that no path touches
/// are copied as bytes; those that one does are rebuilt, and of them only the lists and maps on the way to what is
/// replaced. A rebuilt attribute is written aside first, because an item begins with its size and its count, which
/// are known only then.
struct UpdateRewriting {
  private let update: Update
  private let outcomes: UpdateOutcomes
  /// Rebuilt top-level attributes, one after the other.
  private var rebuilt: [UInt8] = []

  init(_ update: Update, _ outcomes: UpdateOutcomes) {
    self.update = update
    self.outcomes = outcomes
  }

  private var bindings: Bindings { update.bindings }
  private var paths: SortedPaths { update.sorted }

  /// What becomes of one top-level attribute.
  private struct Change {
    /// A path to it.
    var path: Int
    var result: Result
  }

  private enum Result {
    case keep, remove
    /// The value is these bytes of `rebuilt`.
    case replaced(Range<Int>)
  }

  mutating func rewrite(_ item: borrowing ItemView) throws(ExpressionError) -> Item {
    var changes: [Change] = []
    var size = item.sizeBytes
    var count = item.count
    var rest = paths.all
    while !rest.isEmpty {
      let group = paths.firstGroup(of: rest, at: 0, in: bindings)
      rest = group.upperBound..<rest.upperBound
      let name = bindings.nameBytes(paths.step(group.lowerBound, at: 0, in: bindings))
      let old = item.attribute(named: name)
      let start = rebuilt.count
      let result = try rebuild(group, below: 1, from: old)
      if case .keep = result { continue }
      if let old {
        count -= 1
        size -= name.byteCount + old.sizeBytes
      }
      if case .replaced = result {
        count += 1
        size +=
          name.byteCount + ValueView(trusting: rebuilt.span.bytes.extracting(droppingFirst: start)).sizeBytes
      }
      changes.append(Change(path: group.lowerBound, result: result))
    }
    return assemble(item, changes, sizeBytes: size, count: count)
  }

  /// Merges the item's entries with the changes.
  private func assemble(
    _ item: borrowing ItemView, _ changes: [Change], sizeBytes: Int, count: Int
  ) -> Item {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(item.bytes.byteCount + rebuilt.count + 64)
    bytes.append(Item.formatVersion)
    bytes.appendLength(sizeBytes)
    bytes.appendLength(count)

    let source = item.body
    var attributes = item.attributes
    // Entries are copied in runs: `copied` is where the run that is not copied yet begins.
    var copied = Varint.byteCount(item.count)
    var hasEntry = attributes.next()
    for change in changes {
      let name = bindings.nameBytes(paths.step(change.path, at: 0, in: bindings))
      while hasEntry, compareBytes(attributes.name, name) < 0 { hasEntry = attributes.next() }
      let place = hasEntry ? attributes.entryRange.lowerBound : source.byteCount
      bytes.append(encoded: source.extracting(copied..<place))
      copied = place
      if hasEntry, equalBytes(attributes.name, name) {
        copied = attributes.entryRange.upperBound
        hasEntry = attributes.next()
      }
      guard case .replaced(let range) = change.result else { continue }
      bytes.appendLength(name.byteCount)
      bytes.append(encoded: name)
      bytes.append(encoded: rebuilt.span.bytes.extracting(range))
    }
    bytes.append(encoded: source.extracting(droppingFirst: copied))
    return Item(trusting: bytes)
  }
}

// MARK: - Rebuilding one value

extension UpdateRewriting {
  /// Writes to `rebuilt` what becomes of a value under a run's paths. Nothing is written unless it is replaced.
  ///
  /// - Parameter old: what is there now; nil if nothing is.
  private mutating func rebuild(
    _ run: Range<Int>, below depth: Int, from old: ValueView?
  ) throws(ExpressionError) -> Result {
    let start = rebuilt.count
    guard !paths.isLeaf(run, at: depth) else { return try place(run.lowerBound, depth) }
    let goesOnByIndex = paths.step(run.lowerBound, at: depth, in: bindings).kind == .index
    guard let old, old.type == (goesOnByIndex ? .list : .map) else { throw UpdateFailure.invalidPath }
    let count =
      goesOnByIndex
      ? try rebuildElements(run, at: depth, from: old)
      : try rebuildEntries(run, at: depth, from: old)
    rebuilt.closeElements(ValueTag(old.type), from: start, count: count)
    return .replaced(start..<rebuilt.count)
  }

  /// Writes the value that an action puts at its path.
  private mutating func place(_ path: Int, _ depth: Int) throws(ExpressionError) -> Result {
    switch outcomes.outcomes[update.sortedActions[path]] {
    case .keep: return .keep
    case .remove: return .remove
    case .replace(let range):
      guard depth - 1 + outcomes.nestingLevels(of: range) <= ModelLimits.nestingLevelsMax else {
        throw UpdateFailure.nestedTooDeep
      }
      let start = rebuilt.count
      rebuilt.append(contentsOf: outcomes.values[range])
      return .replaced(start..<rebuilt.count)
    }
  }

  private mutating func rebuildEntries(
    _ run: Range<Int>, at depth: Int, from map: borrowing ValueView
  ) throws(ExpressionError) -> Int {
    var count = 0
    var rest = run
    let source = map.payload
    var entries = map.elements
    var hasEntry = entries.next()
    while !rest.isEmpty {
      let group = paths.firstGroup(of: rest, at: depth, in: bindings)
      rest = group.upperBound..<rest.upperBound
      let name = bindings.nameBytes(paths.step(group.lowerBound, at: depth, in: bindings))
      while hasEntry, compareBytes(entries.name, name) < 0 {
        rebuilt.append(encoded: entries.entry(in: source))
        count += 1
        hasEntry = entries.next()
      }
      let isThere = hasEntry && equalBytes(entries.name, name)
      let start = rebuilt.count
      rebuilt.appendLength(name.byteCount)
      rebuilt.append(encoded: name)
      let result = try rebuild(group, below: depth + 1, from: isThere ? entries.value : nil)
      count += finish(result, from: start, isThere ? entries.entry(in: source) : nil)
      if isThere { hasEntry = entries.next() }
    }
    while hasEntry {
      rebuilt.append(encoded: entries.entry(in: source))
      count += 1
      hasEntry = entries.next()
    }
    return count
  }

  /// Indices are those of the list as it was. What is set beyond its end is appended, in the order of the indices.
  private mutating func rebuildElements(
    _ run: Range<Int>, at depth: Int, from list: borrowing ValueView
  ) throws(ExpressionError) -> Int {
    var count = 0
    var rest = run
    var index = 0
    var elements = list.elements
    while elements.next() {
      let element = elements.value
      if !rest.isEmpty, Int(paths.step(rest.lowerBound, at: depth, in: bindings).offset) == index {
        let group = paths.firstGroup(of: rest, at: depth, in: bindings)
        rest = group.upperBound..<rest.upperBound
        let start = rebuilt.count
        let result = try rebuild(group, below: depth + 1, from: element)
        count += finish(result, from: start, element.encoded)
      } else {
        rebuilt.append(encoded: element.encoded)
        count += 1
      }
      index += 1
    }
    while !rest.isEmpty {
      let group = paths.firstGroup(of: rest, at: depth, in: bindings)
      rest = group.upperBound..<rest.upperBound
      let start = rebuilt.count
      count += finish(try rebuild(group, below: depth + 1, from: nil), from: start, nil)
    }
    return count
  }

  /// Leaves what was written for an entry or element if it is replaced, and otherwise what was there.
  ///
  /// - Returns: 1 if there is an entry now, 0 if there is none.
  private mutating func finish(_ result: Result, from start: Int, _ old: RawSpan?) -> Int {
    if case .replaced = result { return 1 }
    rebuilt.truncate(to: start)
    guard case .keep = result, let old else { return 0 }
    rebuilt.append(encoded: old)
    return 1
  }
}
