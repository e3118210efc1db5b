import DynamoModel

/// Writes an item anew with the outcomes of an update in their places.
///
/// The item's entries and the update's sorted paths are walked beside each other. Attributes that no path touches
/// are copied as bytes; those that one does are rebuilt, and of them only the lists and maps on the way to what is
/// replaced. A rebuilt attribute is written aside first, because an item begins with its size and its count, which
/// are known only then.
struct UpdateRewriting {
  let update: Update
  let outcomes: UpdateOutcomes

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

  /// What an item begins with.
  private struct Totals {
    var sizeBytes: Int
    var count: Int

    init(of item: borrowing ItemView) {
      sizeBytes = item.sizeBytes
      count = item.count
    }

    /// Counts what becomes of an attribute; it is not kept.
    mutating func replace(_ name: RawSpan, _ old: ValueView?, by result: Result, in values: [UInt8]) {
      if let old {
        count -= 1
        sizeBytes -= name.byteCount + old.sizeBytes
      }
      if case .replaced(let range) = result {
        count += 1
        sizeBytes += name.byteCount + ValueView(trusting: values.span.bytes.extracting(range)).sizeBytes
      }
    }
  }

  func rewrite(_ item: borrowing ItemView) throws(ExpressionError) -> Item {
    if update.sorted.isLeaf(update.sorted.all, at: 1) { return try rewriteOne(item) }
    return try rewriteAll(item)
  }

  /// The usual update is of one whole attribute: what it becomes is what its action came to, without anything to rebuild.
  private func rewriteOne(_ item: borrowing ItemView) throws(ExpressionError) -> Item {
    let result: Result
    switch outcomes.outcomes[0] {
    case .keep: return Item(item)
    case .remove: result = .remove
    case .replace(let range):
      guard outcomes.nestingLevels(of: range) <= ModelLimits.nestingLevelsMax else {
        throw UpdateFailure.nestedTooDeep
      }
      result = .replaced(range)
    }
    var totals = Totals(of: item)
    let name = update.bindings.nameBytes(update.sorted.step(0, at: 0, in: update.bindings))
    totals.replace(name, item.attribute(named: name), by: result, in: outcomes.values)
    return assemble(item, CollectionOfOne(Change(path: 0, result: result)), outcomes.values, totals)
  }

  private func rewriteAll(_ item: borrowing ItemView) throws(ExpressionError) -> Item {
    // Rebuilt top-level attributes, one after the other.
    var rebuilt: [UInt8] = []
    rebuilt.reserveCapacity(outcomes.values.count + 32)
    var changes: [Change] = []
    changes.reserveCapacity(update.syntax.actions.count)
    var totals = Totals(of: item)
    var rest = update.sorted.all
    while !rest.isEmpty {
      let group = update.sorted.firstGroup(of: rest, at: 0, in: update.bindings)
      rest = group.upperBound..<rest.upperBound
      let name = update.bindings.nameBytes(update.sorted.step(group.lowerBound, at: 0, in: update.bindings))
      let old = item.attribute(named: name)
      let result = try rebuild(group, below: 1, from: old, into: &rebuilt)
      if case .keep = result { continue }
      totals.replace(name, old, by: result, in: rebuilt)
      changes.append(Change(path: group.lowerBound, result: result))
    }
    return assemble(item, changes, rebuilt, totals)
  }

  /// Merges the item's entries with the changes.
  private func assemble(
    _ item: borrowing ItemView, _ changes: some Collection<Change>, _ rebuilt: [UInt8], _ totals: Totals
  ) -> Item {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(item.bytes.byteCount + rebuilt.count + 64)
    bytes.append(Item.formatVersion)
    bytes.appendLength(totals.sizeBytes)
    bytes.appendLength(totals.count)

    let source = item.body
    var attributes = item.attributes
    // Entries are copied in runs: `copied` is where the run that is not copied yet begins.
    var copied = Varint.byteCount(item.count)
    var hasEntry = attributes.next()
    for change in changes {
      let name = update.bindings.nameBytes(update.sorted.step(change.path, at: 0, in: update.bindings))
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
  /// Writes to `rebuilt` what becomes of a value under a run's update.sorted. Nothing is written unless it is replaced.
  ///
  /// - Parameter old: what is there now; nil if nothing is.
  private func rebuild(
    _ run: Range<Int>, below depth: Int, from old: ValueView?, into rebuilt: inout [UInt8]
  ) throws(ExpressionError) -> Result {
    let start = rebuilt.count
    guard !update.sorted.isLeaf(run, at: depth) else {
      return try place(run.lowerBound, depth, into: &rebuilt)
    }
    let goesOnByIndex = update.sorted.step(run.lowerBound, at: depth, in: update.bindings).kind == .index
    guard let old, old.type == (goesOnByIndex ? .list : .map) else { throw UpdateFailure.invalidPath }
    let count =
      goesOnByIndex
      ? try rebuildElements(run, at: depth, from: old, into: &rebuilt)
      : try rebuildEntries(run, at: depth, from: old, into: &rebuilt)
    rebuilt.closeElements(ValueTag(old.type), from: start, count: count)
    return .replaced(start..<rebuilt.count)
  }

  /// Writes the value that an action puts at its path.
  private func place(
    _ path: Int, _ depth: Int, into rebuilt: inout [UInt8]
  ) throws(ExpressionError) -> Result {
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

  private func rebuildEntries(
    _ run: Range<Int>, at depth: Int, from map: borrowing ValueView, into rebuilt: inout [UInt8]
  ) throws(ExpressionError) -> Int {
    var count = 0
    var rest = run
    let source = map.payload
    var entries = map.elements
    var hasEntry = entries.next()
    while !rest.isEmpty {
      let group = update.sorted.firstGroup(of: rest, at: depth, in: update.bindings)
      rest = group.upperBound..<rest.upperBound
      let name = update.bindings.nameBytes(
        update.sorted.step(group.lowerBound, at: depth, in: update.bindings))
      while hasEntry, compareBytes(entries.name, name) < 0 {
        rebuilt.append(encoded: entries.entry(in: source))
        count += 1
        hasEntry = entries.next()
      }
      let isThere = hasEntry && equalBytes(entries.name, name)
      let start = rebuilt.count
      rebuilt.appendLength(name.byteCount)
      rebuilt.append(encoded: name)
      let result = try rebuild(group, below: depth + 1, from: isThere ? entries.value : nil, into: &rebuilt)
      count += finish(result, from: start, isThere ? entries.entry(in: source) : nil, in: &rebuilt)
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
  private func rebuildElements(
    _ run: Range<Int>, at depth: Int, from list: borrowing ValueView, into rebuilt: inout [UInt8]
  ) throws(ExpressionError) -> Int {
    var count = 0
    var rest = run
    var index = 0
    var elements = list.elements
    while elements.next() {
      let element = elements.value
      if !rest.isEmpty,
        Int(update.sorted.step(rest.lowerBound, at: depth, in: update.bindings).offset) == index
      {
        let group = update.sorted.firstGroup(of: rest, at: depth, in: update.bindings)
        rest = group.upperBound..<rest.upperBound
        let start = rebuilt.count
        let result = try rebuild(group, below: depth + 1, from: element, into: &rebuilt)
        count += finish(result, from: start, element.encoded, in: &rebuilt)
      } else {
        rebuilt.append(encoded: element.encoded)
        count += 1
      }
      index += 1
    }
    while !rest.isEmpty {
      let group = update.sorted.firstGroup(of: rest, at: depth, in: update.bindings)
      rest = group.upperBound..<rest.upperBound
      let start = rebuilt.count
      let result = try rebuild(group, below: depth + 1, from: nil, into: &rebuilt)
      count += finish(result, from: start, nil, in: &rebuilt)
    }
    return count
  }

  /// Leaves what was written for an entry or element if it is replaced, and otherwise what was there.
  ///
  /// - Returns: 1 if there is an entry now, 0 if there is none.
  private func finish(
    _ result: Result, from start: Int, _ old: RawSpan?, in rebuilt: inout [UInt8]
  ) -> Int {
    if case .replaced = result { return 1 }
    rebuilt.truncate(to: start)
    guard case .keep = result, let old else { return 0 }
    rebuilt.append(encoded: old)
    return 1
  }
}
