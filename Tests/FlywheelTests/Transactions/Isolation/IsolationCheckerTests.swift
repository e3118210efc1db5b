import Testing

/// The checker finds each kind of anomaly in a history of a few events, and nothing in histories that are as they should be.
@Suite struct IsolationCheckerTests {
  private typealias Event = IsolationHistory.Event

  private func event(
    _ began: Int, _ ended: Int, saw: [Int: [Int]] = [:], appended: [Int: Int] = [:],
    _ outcome: IsolationHistory.Outcome = .done
  ) -> IsolationHistory.Event {
    Event(
      began: began, ended: ended, outcome: outcome,
      sights: saw.map { .init(key: $0, length: $1.count, hash: IsolationHistory.hash(of: $1)) },
      appends: appended.map { .init(key: $0, value: $1) })
  }

  private func anomalies(_ lists: [Int: [Int]], _ events: IsolationHistory.Event...) -> [String] {
    IsolationChecker.anomalies(of: IsolationHistory(events: events, lists: lists))
  }

  @Test func oneAfterAnotherIsFine() {
    #expect(
      anomalies(
        [1: [10, 11], 2: [20]], event(0, 1, appended: [1: 10]), event(2, 3, saw: [1: [10], 2: []]),
        event(4, 5, saw: [1: [10]], appended: [1: 11, 2: 20]), event(6, 7, saw: [1: [10, 11], 2: [20]])) == []
    )
  }

  @Test func overlappingIsFineInSomeOrder() {
    #expect(
      anomalies(
        [1: [10, 11]], event(0, 9, appended: [1: 11]), event(1, 8, appended: [1: 10]),
        event(2, 7, saw: [1: [10]]),
        event(3, 6, saw: [1: []])) == [])
  }

  @Test func whatIsUnknownMayHaveHappenedOrNot() {
    #expect(anomalies([1: [10]], event(0, 0, appended: [1: 10], .unknown), event(5, 6, saw: [1: []])) == [])
    #expect(anomalies([1: []], event(0, 0, appended: [1: 10], .unknown), event(5, 6, saw: [1: []])) == [])
  }

  @Test func lostUpdate() {
    #expect(anomalies([1: [11]], event(0, 1, appended: [1: 10]), event(0, 1, appended: [1: 11])).count == 1)
  }

  @Test func abortedRead() {
    #expect(anomalies([1: [10]], event(0, 1, appended: [1: 10], .refused)).count == 1)
  }

  @Test func readOfNothingThatWasWritten() {
    #expect(anomalies([1: [10]], event(0, 3, appended: [1: 10]), event(1, 2, saw: [1: [7]])).count == 1)
    #expect(anomalies([1: [10, 9]], event(0, 3, appended: [1: 10])).count == 1)
    #expect(anomalies([1: [10, 10]], event(0, 3, appended: [1: 10])).count == 1)
  }

  @Test func staleRead() {
    let found = anomalies([1: [10]], event(0, 1, appended: [1: 10]), event(2, 3, saw: [1: []]))
    #expect(found.count == 1 && found[0].contains("list 1 had 1 values"))
  }

  @Test func aReadThatGoesBack() {
    #expect(
      anomalies(
        [1: [10]], event(0, 9, appended: [1: 10]), event(1, 2, saw: [1: [10]]), event(3, 4, saw: [1: []])
      )
      .count == 1)
  }

  @Test func writeSkew() {
    let found = anomalies(
      [1: [10], 2: [20]], event(0, 9, saw: [1: [], 2: []], appended: [1: 10]),
      event(0, 9, saw: [1: [], 2: []], appended: [2: 20]))
    #expect(found.count == 1 && found[0].contains("rw"))
  }

  @Test func fracturedRead() {
    // Half of a transaction.
    #expect(
      anomalies(
        [1: [10], 2: [20]], event(0, 9, appended: [1: 10, 2: 20]), event(0, 9, saw: [1: [10], 2: []])
      ).count
        == 1)
  }

  @Test func twoReadersWhoSeeTwoWritersInDifferentOrder() {
    #expect(
      anomalies(
        [1: [10], 2: [20]], event(0, 9, appended: [1: 10]), event(0, 9, appended: [2: 20]),
        event(0, 9, saw: [1: [10], 2: []]), event(0, 9, saw: [1: [], 2: [20]])
      ).count == 1)
  }

  @Test func anOrderThatTimeForbids() {
    // Serialisable, but only with the third event before the first.
    #expect(
      anomalies(
        [1: [10], 2: [20]], event(0, 1, appended: [1: 10]), event(2, 3, appended: [2: 20]),
        event(0, 9, saw: [1: [], 2: [20]])
      ).count == 1)
  }

  @Test func writesInTwoOrders() {
    #expect(
      anomalies(
        [1: [10, 11], 2: [21, 20]], event(0, 9, appended: [1: 10, 2: 20]),
        event(0, 9, appended: [1: 11, 2: 21])
      )
      .count == 1)
  }

  @Test func componentsOfALargeRing() {
    var graph = DirectedGraph(nodeCount: 300_000)
    for node in 0..<299_999 { graph.add(node, node + 1) }
    #expect(graph.components().isEmpty)
    graph.add(299_999, 100_000)
    #expect(graph.components().map(\.count) == [200_000])
  }
}
