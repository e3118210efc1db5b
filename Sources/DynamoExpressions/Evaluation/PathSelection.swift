import DynamoModel

/// Copies what sorted paths lead to out of an item.
struct PathSelection {
  let paths: SortedPaths
  let bindings: Bindings

  func select(from item: borrowing ItemView) -> Item {
    var body: [UInt8] = []
    var size = 0
    var count = 0
    var rest = paths.all
    let source = item.body
    var attributes = item.attributes
    while !rest.isEmpty, attributes.next() {
      guard let group = takeGroup(named: attributes.name, from: &rest, at: 0) else { continue }
      let start = body.count
      body.append(
        encoded: attributes.entry(in: source).extracting(droppingLast: attributes.value.encoded.byteCount))
      let valueStart = body.count
      if select(group, below: 1, from: attributes.value, into: &body) {
        count += 1
        size +=
          attributes.name.byteCount
          + ValueView(trusting: body.span.bytes.extracting(droppingFirst: valueStart)).sizeBytes
      } else {
        body.truncate(to: start)
      }
    }
    return Item(sizeBytes: size, count: count, entries: body)
  }

  /// Writes what a run's paths lead to within a value. False, and nothing written, if that is nothing.
  private func select(
    _ run: Range<Int>, below depth: Int, from value: borrowing ValueView, into body: inout [UInt8]
  ) -> Bool {
    if paths.isLeaf(run, at: depth) {
      body.append(encoded: value.encoded)
      return true
    }
    // Paths that agree so far and pass the checks all go on by name, or all by index.
    let goesOnByIndex = paths.step(run.lowerBound, at: depth, in: bindings).kind == .index
    guard value.type == (goesOnByIndex ? .list : .map) else { return false }
    let start = body.count
    let count =
      goesOnByIndex
      ? selectElements(run, at: depth, from: value, into: &body)
      : selectEntries(run, at: depth, from: value, into: &body)
    guard count > 0 else { return false }
    body.closeElements(ValueTag(value.type), from: start, count: count)
    return true
  }

  private func selectEntries(
    _ run: Range<Int>, at depth: Int, from map: borrowing ValueView, into body: inout [UInt8]
  ) -> Int {
    var count = 0
    var rest = run
    let source = map.payload
    var entries = map.elements
    while !rest.isEmpty, entries.next() {
      guard let group = takeGroup(named: entries.name, from: &rest, at: depth) else { continue }
      let start = body.count
      body.append(
        encoded: entries.entry(in: source).extracting(droppingLast: entries.value.encoded.byteCount))
      if select(group, below: depth + 1, from: entries.value, into: &body) {
        count += 1
      } else {
        body.truncate(to: start)
      }
    }
    return count
  }

  private func selectElements(
    _ run: Range<Int>, at depth: Int, from list: borrowing ValueView, into body: inout [UInt8]
  ) -> Int {
    var count = 0
    var rest = run
    var index = 0
    var elements = list.elements
    while !rest.isEmpty, elements.next() {
      if Int(paths.step(rest.lowerBound, at: depth, in: bindings).offset) == index {
        let group = paths.firstGroup(of: rest, at: depth, in: bindings)
        rest = group.upperBound..<rest.upperBound
        if select(group, below: depth + 1, from: elements.value, into: &body) { count += 1 }
      }
      index += 1
    }
    return count
  }

  /// The paths that go on with a name, out of `rest`, which is left with those after it. Entries come in the
  /// order of their names, so paths with earlier names lead nowhere.
  private func takeGroup(named name: RawSpan, from rest: inout Range<Int>, at depth: Int) -> Range<Int>? {
    while !rest.isEmpty {
      let order = compareBytes(bindings.nameBytes(paths.step(rest.lowerBound, at: depth, in: bindings)), name)
      if order > 0 { return nil }
      let group = paths.firstGroup(of: rest, at: depth, in: bindings)
      rest = group.upperBound..<rest.upperBound
      if order == 0 { return group }
    }
    return nil
  }
}

extension Item {
  /// An item of entries that are already encoded and in order.
  init(sizeBytes: Int, count: Int, entries: borrowing [UInt8]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(entries.count + 1 + 2 * Varint.bytesMax)
    bytes.append(Item.formatVersion)
    bytes.appendLength(sizeBytes)
    bytes.appendLength(count)
    bytes.append(encoded: entries.span.bytes)
    self.init(trusting: bytes)
  }
}
