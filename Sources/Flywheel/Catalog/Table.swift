package import LSMTree
import Synchronization

/// A table as the request path sees it: the digest of its definition. Immutable; the catalog makes a new one
/// for every change and marks the old one as outdated.
///
/// Requests have copies of it, one for each stripe of threads; see `CatalogStripe`.
///
/// A writer looks its table up, latches its key and then asks `isCurrent`: see `KeyLatches` for why that is
/// enough for no write to be made by a schema that has gone.
package final class Table: Sendable {
  package let definition: TableDefinition
  package let arn: String
  /// The name as requests are compared with it.
  let nameBytes: [UInt8]
  /// The names of the key's attributes.
  let keyNames: [String]
  package let key: KeyShape
  /// All indexes that a write has to keep: the local ones, then the global ones, those still being filled
  /// included and those being deleted not.
  package let indexes: [Index]
  package let counters: ItemCounters
  /// Counts what becomes of requests.
  package let meter: RequestMeter
  /// What admits reads and writes by their rate; nil if nothing is limited or counted.
  package let admission: ResourceAdmission?
  /// Where requests find it, without counting a reference.
  let admissionAddress: OwnAddress<AdmissionPath>?
  /// Whether a write can be refused for what it does to a global index.
  package let limitsIndexWrites: Bool
  /// The sequence of the batch that made the definition what it is; 0 for one that was read at open.
  /// Whatever is answered by this table depends on that batch being durable.
  package let sequence: SequenceNumber
  private let currency: Currency

  /// Digests `definition`. Counters of the table and of its indexes are taken over from `counters`, by id, and the
  /// units that are left to them from `previous`, the table as it was until now.
  package init(
    _ definition: TableDefinition, arn: String, counters: [UInt32: ItemCounters], sequence: SequenceNumber,
    admission settings: AdmissionSettings? = nil, previous: Table? = nil
  ) {
    self.definition = definition
    self.arn = arn
    currency = Currency()
    nameBytes = Array(definition.name.utf8)
    self.sequence = sequence
    self.counters = counters[definition.id] ?? ItemCounters()
    // A table that was made again under its old name begins afresh, as do its indexes.
    let previous = previous?.id == definition.id ? previous : nil
    meter = previous?.meter ?? RequestMeter(operationCount: MeteredOperations.itemCount)
    admission = settings?.admission(
      of: definition, arn: arn, counters: self.counters, previous: previous?.admission)
    admissionAddress = admission?.address
    let key = KeyShape(definition.keySchema, types: definition.attributeDefinitions)
    self.key = key
    keyNames = key.parts.map(\.name)
    let types = definition.attributeDefinitions
    let locals = definition.localIndexes.map { local in
      Index(
        id: local.id, name: local.specification.indexName, kind: .local, status: .active,
        key: KeyShape(local.specification.keySchema, types: types), tableKey: key,
        projection: local.specification.projection, counters: counters[local.id] ?? ItemCounters(),
        admission: nil)
    }
    let globals = definition.globalIndexes.filter { $0.status != .deleting }.map { global in
      let indexCounters = counters[global.id] ?? ItemCounters()
      return Index(
        id: global.id, name: global.specification.indexName, kind: .global, status: global.status,
        key: KeyShape(global.specification.keySchema, types: types), tableKey: key,
        projection: global.specification.projection, counters: indexCounters,
        admission: settings?.admission(
          of: global, in: definition, tableARN: arn, counters: indexCounters,
          previous: previous?.indexes.first { $0.id == global.id }?.admission))
    }
    indexes = locals + globals
    limitsIndexWrites = globals.contains { $0.admission?.limitsWrites ?? false }
  }

  /// A copy for the threads of a stripe, which alone count references of it and of what requests go through in it. It is current
  /// for as long as this table is, and counts and admits where this one does.
  func copy() -> Table { Table(copying: self) }

  private init(copying table: Table) {
    definition = table.definition
    arn = table.arn
    nameBytes = table.nameBytes.map { $0 }
    keyNames = table.keyNames.map { $0.copy() }
    key = table.key.copy()
    indexes = table.indexes.map { $0.copy() }
    counters = table.counters
    meter = table.meter.copy()
    admission = table.admission
    admissionAddress = table.admissionAddress
    limitsIndexWrites = table.limitsIndexWrites
    sequence = table.sequence
    currency = table.currency
  }

  package var id: UInt32 { definition.id }
  package var name: String { definition.name }
  package var status: TableStatus { definition.status }

  /// The index of this name; nil if the table has none, or if it is being deleted.
  package func index(named name: String) -> Index? {
    indexes.first { $0.name == name }
  }

  /// Whether a global index is not there any more, or on its way out, by a later definition.
  func losesIndex(by later: TableDefinition) -> Bool {
    indexes.contains { index in
      index.kind == .global
        && !later.globalIndexes.contains { $0.id == index.id && $0.status != .deleting }
    }
  }

  /// Whether this is still what the catalog says of the table. Means something only while a latch is held.
  package var isCurrent: Bool { !currency.isOver.load(ordering: .acquiring) }

  /// Says that the catalog has something newer. Called while every latch is held.
  package func markOutdated() { currency.isOver.store(true, ordering: .releasing) }

  /// The counters of the table and of its indexes, by id.
  package var countersByID: [UInt32: ItemCounters] {
    var all = [id: counters]
    for index in indexes { all[index.id] = index.counters }
    return all
  }
}

/// Whether a table is what the catalog says, for all copies of it.
private final class Currency: Sendable {
  let isOver = Atomic<Bool>(false)
}
