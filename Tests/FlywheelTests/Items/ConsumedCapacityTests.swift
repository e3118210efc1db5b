import Flywheel
import Testing

/// A report of capacity is a value, though it is one reference.
@Suite struct ConsumedCapacityTests {
  @Test func copiesAreTheirOwn() {
    let first = ConsumedCapacity(tableName: "t", capacityUnits: 2, table: Capacity(capacityUnits: 2))
    var second = first
    #expect(second == first)
    second.capacityUnits = 3
    second.table?.capacityUnits = 3
    second.globalSecondaryIndexes = ["g": Capacity(capacityUnits: 1)]
    #expect(first.capacityUnits == 2)
    #expect(first.table == Capacity(capacityUnits: 2))
    #expect(first.globalSecondaryIndexes == nil)
    #expect(second.table?.capacityUnits == 3)
    #expect(second != first)
  }

  @Test func equalOnesAreOneInASet() {
    func report() -> ConsumedCapacity { ConsumedCapacity(tableName: "t", capacityUnits: 2) }
    #expect(Set([report(), report()]).count == 1)
    #expect(MemoryLayout<ConsumedCapacity?>.size == MemoryLayout<Int>.size)
  }
}
