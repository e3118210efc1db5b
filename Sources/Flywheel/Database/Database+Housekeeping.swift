import LSMTree

/// What the database does beside requests to move tables on.
extension Database {
  /// Has a table that is being made, changed or deleted go on to what it is on its way to, after the delay
  /// that the options ask for.
  func scheduleSettling(ofTable name: String, tableId: String) {
    housekeeper.schedule(afterMilliseconds: options.tableDelayMilliseconds) { [self] in
      doHousework("settle table \(name)") { () throws(Interruption) in
        var context = OperationContext(io: .blocking)
        try catalog.change(&context) { draft throws(ServiceError) in
          guard let table = draft.table(name), table.definition.tableId == tableId else { return }
          guard let settled = table.definition.settled else { return draft.remove(table) }
          for id in settled.droppedIDs { draft.dropIndex(id) }
          draft.put(settled.definition)
        }
      }
    }
  }

  /// Runs a job of the housekeeper; what goes wrong is told to whoever listens.
  func doHousework(_ task: String, _ body: () throws(Interruption) -> Void) {
    do throws(Interruption) {
      try body()
    } catch {
      guard isOpen else { return }
      switch error {
      case .engine(let error): options.onEvent?(.housekeepingFailed(task: task, error: DatabaseError(error)))
      case .service, .refused, .wouldBlock, .restart:
        preconditionFailure("housekeeping asked for what it may not: \(error)")
      }
    }
  }
}
