import FlywheelCLI
import FlywheelServer
import Testing

/// What `flywheel top` draws of two moments.
@Suite struct TopTests {
  private func activity(seconds: Double, reads: Double, throttled: Double) -> Activity {
    var table = Activity.Resource(table: "users", isProvisioned: true)
    table.provisionedReadUnits = 5_000
    table.provisionedWriteUnits = 100
    table.items = 12_345
    table.readUnits = reads
    table.throttledReads = throttled
    table.requests = reads + throttled
    var hot = Activity.Partition()
    hot.readUnits = reads
    hot.throttled = throttled
    hot.hotKeys = [.init(key: "{\"id\":{\"S\":\"u1\"}}", share: 0.75), .init(key: "#ab", share: 0)]
    table.partitions = [Activity.Partition(), hot]
    let index = Activity.Resource(table: "users", index: "byG", isProvisioned: true)
    return Activity(seconds: seconds, time: 1_800_000_000, resources: [table, index])
  }

  @Test func showsRatesHeatAndHotKeys() throws {
    let frame = TopFrame(
      activity(seconds: 12, reads: 7_000, throttled: 11),
      since: activity(seconds: 10, reads: 1_000, throttled: 1),
      source: "here", width: 120, isColoured: false)
    let lines = frame.lines(height: 100)
    #expect(
      lines[0].contains("08:00:00 UTC") && lines[0].contains("1 table ") && lines[0].contains("3k requests/s")
    )
    #expect(
      lines[3].split(separator: " ").prefix(8) == ["users", "3k", "5k", "0", "100", "5", "0", "12.3k"])
    #expect(lines[3].hasSuffix("| █| 2"))
    #expect(lines[4].hasPrefix("  byG"))
    #expect(lines.last == "  75% of partition 1 of users  {\"id\":{\"S\":\"u1\"}}")
    #expect(!lines.contains { $0.contains("#ab") || $0.contains("\u{1B}") })
  }

  @Test func dataDoesNotSteerTheTerminal() {
    var table = Activity.Resource(table: "t\u{9B}2J", isProvisioned: false)
    var partition = Activity.Partition()
    partition.hotKeys = [.init(key: "{\"id\":{\"S\":\"\u{9B}2J\u{202E}\u{1B}\"}}", share: 0.5)]
    table.partitions = [partition]
    let now = Activity(seconds: 1, time: 0, resources: [table])
    let frame = TopFrame(now, since: nil, source: "\u{1B}", width: 120, isColoured: false)
    let text = frame.lines(height: 9).joined()
    #expect(text.contains(#"{"id":{"S":"\u{9b}2J\u{202e}\u{1b}"}}"#) && text.contains(#"t\u{9b}2J"#))
    #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control || $0.value == 0x202E })
  }

  @Test func theFirstPictureHasNoRates() {
    let now = activity(seconds: 12, reads: 7_000, throttled: 11)
    let lines = TopFrame(now, since: nil, source: "here", width: 120, isColoured: false).lines(height: 100)
    #expect(lines[3].split(separator: " ")[1] == "0")
    // Nor one after the server was started again.
    let later = activity(seconds: 2, reads: 10, throttled: 0)
    let restarted = TopFrame(later, since: now, source: "here", width: 120, isColoured: false).lines(
      height: 100)
    #expect(restarted[3].split(separator: " ")[1] == "0")
  }

  @Test func redIsWhatThrottles() {
    let frame = TopFrame(
      activity(seconds: 12, reads: 7_000, throttled: 11),
      since: activity(seconds: 10, reads: 1_000, throttled: 1),
      source: "here", width: 120, isColoured: true)
    #expect(frame.lines(height: 100)[3].contains("\u{1B}[41m█\u{1B}[0m"))
  }

  @Test(arguments: [10, 24, 30, 40, 41, 60, 79, 80, 100, 120, 200])
  func keepsToItsSize(width: Int) {
    var many = (0..<50).map {
      Activity.Resource(table: "table-with-a-name-longer-than-its-column-\($0)", isProvisioned: false)
    }
    var wide = Activity.Resource(table: "wide", isProvisioned: true)
    wide.partitions = [Activity.Partition](repeating: Activity.Partition(), count: 4_096)
    wide.provisionedReadUnits = 999_949
    wide.items = 999_949_999
    wide.partitions[7].hotKeys = [
      .init(key: "{\"id\":{\"S\":\"\(String(repeating: "日本", count: 200))\"}}", share: 1)
    ]
    many.insert(wide, at: 0)
    let frame = TopFrame(
      Activity(seconds: 1, time: 0, resources: many), since: nil, source: "http://a-host-of-some-name:8001",
      width: width, isColoured: false)
    for line in frame.lines(height: 1_000) {
      #expect(DisplayText.width(line) <= max(24, width), "\(line)")
    }
    #expect(frame.lines(height: 24).count == 24)
    #expect(frame.lines(height: 24).last == "… 34 more lines")
    #expect(frame.lines(height: 24)[3].hasSuffix("| 4096"))
  }

  @Test(arguments: [
    (40, ["READ/s", "WRITE/s"]), (60, ["READ/s", "WRITE/s", "THR", "R/s", "THR", "W/s"]),
    (80, ["READ/s", "WRITE/s", "THR", "R/s", "THR", "W/s", "ITEMS"]),
    (100, ["READ/s", "OF", "WRITE/s", "OF", "THR", "R/s", "THR", "W/s", "ITEMS"]),
  ])
  func whatTellsLeastGivesWay(width: Int, heads: [String]) {
    let frame = TopFrame(
      activity(seconds: 1, reads: 0, throttled: 0), since: nil, source: "", width: width, isColoured: false)
    #expect(
      frame.lines(height: 9)[2].split(separator: " ").map(String.init) == ["TABLE"] + heads + ["PARTITIONS"])
  }

  @Test(arguments: [1e30, .infinity, -.infinity, .nan, -1e30, .greatestFiniteMagnitude])
  func anyNumbersAreDrawn(number: Double) {
    func activity(_ seconds: Double, _ number: Double) -> Activity {
      var table = Activity.Resource(table: "t", isProvisioned: true)
      (table.readUnits, table.writeUnits, table.throttledReads) = (number, number, number)
      (table.throttledWrites, table.requests) = (number, number)
      var partition = Activity.Partition()
      (partition.readUnits, partition.writeUnits, partition.throttled) = (number, number, number)
      partition.hotKeys = [.init(key: "k", share: number)]
      table.partitions = [partition]
      return Activity(seconds: seconds, time: number, resources: [table])
    }
    for (now, before) in [(2, 1), (number, 1), (2, number)] as [(Double, Double)] {
      let frame = TopFrame(
        activity(now, number), since: activity(before, 0), source: "", width: 80, isColoured: false)
      #expect(frame.lines(height: 9).allSatisfy { DisplayText.width($0) <= 80 })
    }
  }

  @Test func numbersAreShort() {
    for (number, text) in [
      (0, "0"), (0.5, "0.5"), (12.34, "12.3"), (99.96, "100"), (999.4, "999"), (999.6, "1k"), (1_234, "1.2k"),
      (123_456, "123k"), (999_999, "1M"), (2.5e9, "2.5G"), (7e12, "7T"),
      (1e30, "999T"), (.infinity, "999T"), (.nan, "0"), (-1, "0"),
    ] as [(Double, String)] {
      #expect(TopFrame.short(number) == text)
    }
  }
}
