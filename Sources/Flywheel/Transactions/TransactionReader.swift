import DynamoExpressions
package import DynamoModel
import LSMTree

/// Reads the items of a transaction, all of them as they are at one moment: one view of the tree, without a latch and
/// without anything that could conflict. What it sees is durable.
///
///     let outcome = try TransactionReader.read(reads, in: database, &context)
///
/// Throws a TransactionCanceledException if a key does not go with its table, or a table has no units left.
package enum TransactionReader {
  package struct Outcome: Sendable {
    /// The items, or what the projections leave of them; nil where there is none.
    package var items: [Item?] = []
    package var consumption = TransactionConsumption(as: .reads)

    package func report(_ wanted: ReturnConsumedCapacity?) -> [ConsumedCapacity]? {
      consumption.report(wanted)
    }
  }

  package static func read(
    _ reads: [TransactionRead], in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    let keys = try TransactionKeys.keys(of: reads, cancelsForAll: true) { read, key throws(Interruption) in
      try KeyChecks.append(read.key.view, in: read.table, to: &key)
      try KeyChecks.checkScalar(nestedNames: read.projection?.nestedAttributeNames ?? [], of: read.table)
    }
    // All are asked for before any is charged: what one of them costs does not refuse another.
    try TransactionKeys.admitReads(of: keys, in: database) { reads[$0].table }
    let view = database.view(of: nil, isConsistent: true)
    var outcome = Outcome()
    var bytes = 0
    var ledger = ChargeLedger()
    for (read, key) in zip(reads, keys) {
      let reader = ItemReader(io: context.io, projection: read.projection, isConsistent: true)
      let item = try outcome.consumption.add(read.table, named: read.tableName) {
        tally throws(Interruption) in
        let unitsBefore = tally.totalUnits
        let item = try reader.item(key.span.bytes, in: view, of: database, &tally, sizeBytes: &bytes)
        database.charge(
          reading: tally.totalUnits - unitsBefore, at: key.span.bytes, of: read.table, to: &ledger)
        return item
      }
      guard bytes <= TransactionWriter.itemsBytesMax else { throw TransactionWriter.tooLarge }
      outcome.items.append(item)
    }
    ledger.settle()
    return outcome
  }
}
