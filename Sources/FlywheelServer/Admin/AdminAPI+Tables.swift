import DynamoProtocol
import Flywheel

/// The tables over the admin port.
extension AdminAPI {
  func listTables() -> AdminResponse {
    let snapshot = database.catalog.snapshot
    return .json { json in
      json.name("tables")
      json.beginArray()
      for name in snapshot.names {
        guard let table = snapshot.tables[name] else { continue }
        json.beginObject()
        json.summary(of: table)
        json.endObject()
      }
      json.endArray()
    }
  }

  func describeTable(_ call: AdminCall) throws(AdminFault) -> AdminResponse {
    let table = try table(call.path[1])
    return .json { json in
      json.summary(of: table)
      json.name("indexes")
      json.beginArray()
      for index in table.indexes {
        json.beginObject()
        json.member("name", index.name)
        json.member("kind", index.kind == .global ? "global" : "local")
        json.member("status", index.status.rawValue)
        json.totals(of: index.counters)
        if let throughput = table.definition.globalIndex(named: index.name)?.throughput {
          json.provisioned(throughput, table.definition.billingMode)
        }
        json.endObject()
      }
      json.endArray()
    }
  }

  func table(_ name: String) throws(AdminFault) -> Table {
    guard let table = database.catalog.snapshot.tables[name] else {
      throw .notFound("there is no table \(name)")
    }
    return table
  }
}

extension JSONWriter {
  fileprivate mutating func summary(of table: Table) {
    member("name", table.name)
    member("status", table.status.rawValue)
    member("billingMode", table.definition.billingMode.rawValue)
    provisioned(table.definition.throughput, table.definition.billingMode)
    totals(of: table.counters)
  }

  fileprivate mutating func totals(of counters: ItemCounters) {
    let totals = counters.totals
    member("items", max(0, totals.items))
    member("bytes", max(0, totals.bytes))
  }

  fileprivate mutating func provisioned(_ throughput: ThroughputHistory, _ mode: BillingMode) {
    guard mode == .provisioned else { return }
    member("provisionedReadUnits", throughput.readCapacityUnits)
    member("provisionedWriteUnits", throughput.writeCapacityUnits)
  }
}
