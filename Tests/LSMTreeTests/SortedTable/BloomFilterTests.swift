import LSMTree
import Testing

@Suite struct BloomFilterTests {
  @Test func noKeyIsMissedAndFewStrangersPass() throws {
    let fixture = TableFixture()
    let keys = (0..<10_000).map { Array("key-\($0 * 2)".utf8) }.sorted { KeyOrder.compare($0, $1) < 0 }
    try fixture.write(keys.map { Entry(key: $0, sequence: 1) })
    let table = try fixture.open()
    for key in keys { #expect(table.mayContain(KeyHash.hash(key))) }
    let passed = (0..<10_000).count { table.mayContain(KeyHash.hash(Array("key-\($0 * 2 + 1)".utf8))) }
    #expect(passed < 200, "ten bits a key let about one in a hundred through, not \(passed) in 10,000")
  }
}
