/// What a change asks of the units of its table and of the global indexes that it changes.
extension ItemChange {
  /// Why a global index that this changes refuses it now; nil if all admit it. An index that has no units left so
  /// holds up writes to its table, which is what keeps it from falling behind.
  package func refusalOfIndexes(at now: Int64) -> AdmissionRefusal? {
    guard table.limitsIndexWrites else { return nil }
    for position in effects.indices where effects[position] != .unchanged {
      guard let admission = table.indexes[position].admission else { continue }
      if let refusal = admission.refusalOfWrite(entryHashes[position], at: now) { return refusal }
    }
    return nil
  }

  /// Charges the change: the item and its entries in local indexes to the table, those in global indexes to these.
  ///
  /// - Parameter factor: how many times its price the item costs. Entries cost theirs once (`CapacityTally`).
  func charge(to ledger: inout ChargeLedger, factor: Double, at now: Int64) {
    guard let admission = table.admission else { return }
    var tableUnits = units * factor
    for position in effects.indices where effects[position] != .unchanged {
      let units = CapacityUnits.write(effects[position])
      if let admission = table.indexes[position].admission {
        ledger.charge(admission, entryHashes[position], .write, units, at: now)
      } else {
        tableUnits += units
      }
    }
    ledger.charge(admission, hash, .write, tableUnits, at: now)
  }
}
