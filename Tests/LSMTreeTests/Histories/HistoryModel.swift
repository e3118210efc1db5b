/// A history done to sorted arrays: what every tree has to answer.
struct HistoryModel {
  /// A value or none for each key.
  private typealias Content = [[UInt8]?]

  private let keys: [[UInt8]]
  private var content: Content
  private var snapshots: [Content?] = Array(repeating: nil, count: History.snapshotSlots)
  private var cursor: (content: Content, place: Int)?

  /// The answers of a history's steps.
  static func answers(_ history: History) -> [Answer] {
    var model = HistoryModel(keys: history.keys, content: Array(repeating: nil, count: history.keys.count))
    return history.steps.map { model.run($0) }
  }

  private init(keys: [[UInt8]], content: Content) {
    self.keys = keys
    self.content = content
  }

  private mutating func run(_ step: History.Step) -> Answer {
    var answer = Answer()
    switch step {
    case .write(let writes, _): for write in writes { apply(write) }
    case .get(let asked): for key in asked { answer.add(keys[key], content[key]) }
    case .walk(let walk): self.walk(walk, content, &answer)
    case .readAll(let isReverse): readAll(isReverse, &answer)
    case .takeSnapshot(let slot): snapshots[slot] = content
    case .readSnapshot(let slot, let key, let walk):
      guard let snapshot = snapshots[slot] else { break }
      answer.add(keys[key], snapshot[key])
      self.walk(walk, snapshot, &answer)
    case .dropSnapshot(let slot): snapshots[slot] = nil
    case .openCursor(let key):
      cursor = (content, content[key...].firstIndex { $0 != nil } ?? keys.count)
      show(cursor!.place, content, &answer)
    case .moveCursor(let moves):
      guard let (content, place) = cursor else { break }
      cursor!.place = move(from: place, moves, content, content.indices, &answer)
    case .flush, .compact: break
    case .excise(let lower, let upper): apply(.deleteRange(from: lower, to: upper))
    case .ingest(let entries): for (key, value) in entries { content[key] = value }
    case .checkpoint: readAll(false, &answer)
    case .reopen:
      snapshots = snapshots.map { _ in nil }
      cursor = nil
    }
    return answer
  }

  private mutating func apply(_ write: History.Write) {
    switch write {
    case .put(let key, let value): content[key] = value
    case .delete(let key): content[key] = nil
    case .deleteRange(let lower, let upper):
      for key in lower..<max(lower, upper) { content[key] = nil }
    }
  }

  private func readAll(_ isReverse: Bool, _ answer: inout Answer) {
    let order = content.indices.filter { content[$0] != nil }
    for key in isReverse ? order.reversed() : order { show(key, content, &answer) }
    answer.addEnd()
  }

  private func walk(_ walk: History.Walk, _ content: Content, _ answer: inout Answer) {
    let lower = walk.lower ?? 0
    let bounds = lower..<max(lower, walk.upper ?? keys.count)
    let place =
      switch walk.start {
      case .first: next(bounds.lowerBound, content, bounds)
      case .last: previous(bounds.upperBound - 1, content, bounds)
      case .seek(let key): next(max(key, lower), content, bounds)
      case .seekForPrevious(let key): previous(min(key, bounds.upperBound - 1), content, bounds)
      }
    show(place, content, &answer)
    _ = move(from: place, walk.moves, content, bounds, &answer)
  }

  /// A cursor that has run off an end is at nothing, and moves no more.
  private func move(
    from start: Int, _ moves: [Bool], _ content: Content, _ bounds: Range<Int>, _ answer: inout Answer
  ) -> Int {
    var place = start
    for isForward in moves {
      guard bounds.contains(place) else { break }
      place = isForward ? next(place + 1, content, bounds) : previous(place - 1, content, bounds)
      show(place, content, &answer)
    }
    return place
  }

  private func next(_ key: Int, _ content: Content, _ bounds: Range<Int>) -> Int {
    guard key < bounds.upperBound else { return -1 }
    return content[key..<bounds.upperBound].firstIndex { $0 != nil } ?? -1
  }

  private func previous(_ key: Int, _ content: Content, _ bounds: Range<Int>) -> Int {
    guard key >= bounds.lowerBound else { return -1 }
    return content[bounds.lowerBound...key].lastIndex { $0 != nil } ?? -1
  }

  private func show(_ key: Int, _ content: Content, _ answer: inout Answer) {
    guard content.indices.contains(key) else { return answer.addEnd() }
    answer.add(keys[key], content[key])
  }
}
