/// Finds out whether a history could have happened one operation after another, each between its beginning and its end:
/// strict serialisability, after Kingsbury and Alvaro's Elle (VLDB 2020).
///
/// From what the lists say follows who must have come before whom: the writer of a value before the writer of the next
/// (ww), a writer before who saw its value (wr), who saw a list before the writer of what came behind (rw), and who had
/// ended before another began. If these agree with some order there is no cycle among them; a cycle is a proof that
/// there is none. What can be seen without a graph (a value that nobody appended, was refused, is there twice or has gone)
/// is told first, since then the lists tell no order.
struct IsolationChecker {
  private enum Edge: String { case ww, wr, rw, time }

  private let history: IsolationHistory
  private var anomalies: [String] = []
  /// Which event appended a value.
  private var writers: [Int: Int] = [:]
  /// The hash of each list's beginnings.
  private var hashes: [Int: [UInt64]] = [:]
  /// Events that took effect.
  private var isEffective: [Bool]

  private static let anomaliesToldMax = 20

  /// What is wrong with a history; nothing if it is as it should be.
  static func anomalies(of history: IsolationHistory) -> [String] {
    var checker = IsolationChecker(history)
    checker.checkLists()
    checker.checkSights()
    if checker.anomalies.isEmpty { checker.checkEachKey() }
    if checker.anomalies.isEmpty { checker.checkCycles() }
    return checker.anomalies
  }

  private init(_ history: IsolationHistory) {
    self.history = history
    isEffective = history.events.map { $0.outcome == .done }
  }

  private mutating func tell(_ anomaly: String) {
    if anomalies.count < Self.anomaliesToldMax { anomalies.append(anomaly) }
  }

  // MARK: Without a graph

  private mutating func checkLists() {
    var keyOfValue: [Int: Int] = [:]
    for (number, event) in history.events.enumerated() {
      for append in event.appends {
        writers[append.value] = number
        keyOfValue[append.value] = append.key
      }
    }
    var positions: [Int: Int] = [:]
    for (key, list) in history.lists {
      var all = [IsolationHistory.hashOfNothing]
      for (position, value) in list.enumerated() {
        all.append(IsolationHistory.extend(all[position], by: value))
        guard let writer = writers[value], keyOfValue[value] == key else {
          tell("\(value) is in list \(key), and nobody appended it")
          continue
        }
        if history.events[writer].outcome == .refused { tell("\(value) is in list \(key) and was refused") }
        if positions.updateValue(position, forKey: value) != nil {
          tell("\(value) is in list \(key) more than once")
        }
        isEffective[writer] = true
      }
      hashes[key] = all
    }
    for (number, event) in history.events.enumerated() where isEffective[number] {
      for append in event.appends where positions[append.value] == nil {
        tell("\(append.value) was appended to list \(append.key) by event \(number) and is not there")
      }
    }
  }

  private mutating func checkSights() {
    for (number, event) in history.events.enumerated() where isEffective[number] {
      for sight in event.sights {
        let known = hashes[sight.key] ?? [IsolationHistory.hashOfNothing]
        if sight.length >= known.count || known[sight.length] != sight.hash {
          tell("event \(number) saw list \(sight.key) with \(sight.length) values as it never was")
        }
      }
    }
  }

  // MARK: Key by key

  /// Linearizability of each list by itself: whoever begins after another has ended goes on from what that one left or saw.
  private mutating func checkEachKey() {
    struct Step {
      var began: Int
      var ended: Int
      var event: Int
      /// How many values there were, for the event, before it and after it.
      var before: Int
      var after: Int
    }
    var steps: [Int: [Step]] = [:]
    for (number, event) in history.events.enumerated() where isEffective[number] {
      let ended = event.outcome == .done ? event.ended : Int.max
      for sight in event.sights where !event.appends.contains(where: { $0.key == sight.key }) {
        steps[sight.key, default: []].append(
          Step(began: event.began, ended: ended, event: number, before: sight.length, after: sight.length))
      }
    }
    for (key, list) in history.lists {
      for (position, value) in list.enumerated() {
        let number = writers[value]!
        let event = history.events[number]
        let ended = event.outcome == .done ? event.ended : Int.max
        steps[key, default: []].append(
          Step(began: event.began, ended: ended, event: number, before: position, after: position + 1))
      }
    }
    for (key, ofKey) in steps {
      let byBeginning = ofKey.sorted { $0.began < $1.began }
      let byEnd = ofKey.sorted { $0.ended < $1.ended }
      var ended = 0
      var least = 0
      var last = -1
      for step in byBeginning {
        while byEnd[ended].ended < step.began {
          if byEnd[ended].after > least {
            least = byEnd[ended].after
            last = byEnd[ended].event
          }
          ended += 1
        }
        if step.before < least {
          tell(
            "list \(key) had \(least) values after event \(last), and \(step.before) for event \(step.event) later"
          )
        }
      }
    }
  }

  // MARK: The graph

  private mutating func checkCycles() {
    let events = history.events
    let ends = events.indices.filter { isEffective[$0] && events[$0].outcome == .done }.sorted {
      events[$0].ended < events[$1].ended
    }
    var graph = DirectedGraph(nodeCount: events.count + ends.count)
    var kinds: [Edge] = []
    func connect(_ source: Int, _ target: Int, _ kind: Edge, _ graph: inout DirectedGraph) {
      guard source != target else { return }
      graph.add(source, target)
      kinds.append(kind)
    }
    for list in history.lists.values {
      for (first, second) in zip(list, list.dropFirst()) {
        connect(writers[first]!, writers[second]!, .ww, &graph)
      }
    }
    for (number, event) in events.enumerated() where isEffective[number] {
      for sight in event.sights {
        let list = history.lists[sight.key] ?? []
        if sight.length > 0 { connect(writers[list[sight.length - 1]]!, number, .wr, &graph) }
        if sight.length < list.count { connect(number, writers[list[sight.length]]!, .rw, &graph) }
      }
    }
    // Time is a chain of nodes, one for each end: an event leads to its own, and comes behind the last one before it began.
    for (position, number) in ends.enumerated() {
      connect(number, events.count + position, .time, &graph)
      if position > 0 { connect(events.count + position - 1, events.count + position, .time, &graph) }
    }
    let times = ends.map { events[$0].ended }
    for (number, event) in events.enumerated() where isEffective[number] {
      var low = 0
      var high = times.count
      while low < high {
        let middle = (low + high) / 2
        if times[middle] < event.began { low = middle + 1 } else { high = middle }
      }
      if low > 0 { connect(events.count + low - 1, number, .time, &graph) }
    }
    for component in graph.components() {
      let way = graph.cycle(in: component).map { edge in
        "\(graph.sources[edge]) -\(kinds[edge].rawValue)-> \(graph.targets[edge])"
      }
      tell("a cycle: \(way.joined(separator: ", "))")
    }
  }
}
