package import LSMTree

/// What operations ask the database for.
extension Database {
  /// The table that an item operation is about: it has to be there and to be usable.
  ///
  /// Notes in `context` that the answer depends on the table's definition being durable.
  package func table(_ nameOrARN: String, _ context: inout OperationContext) throws(Interruption) -> Table {
    guard let table = catalog.table(nameOrARN, &context), table.status == .active || table.status == .updating
    else {
      try checkOpen()
      throw .service(ServiceError(.resourceNotFound, "Requested resource not found"))
    }
    if context.meter == nil { context.meter = table.meter }
    return table
  }

  /// The table that a table operation is about: it has to be there.
  package func anyTable(_ nameOrARN: String, _ context: inout OperationContext) throws(Interruption) -> Table
  {
    guard let table = catalog.table(nameOrARN, &context) else {
      try checkOpen()
      throw .service(.tableNotFound(TableName.resolve(nameOrARN)))
    }
    return table
  }

  func checkOpen() throws(Interruption) {
    if !isOpen { throw .service(ServiceError(.serviceUnavailable, "The database is closed.")) }
  }

  /// Latches the key of one item of `table`, so that nobody else changes it until the latch is given up.
  ///
  /// - Throws: `.wouldBlock` if somebody holds it and `io` does not allow to wait, `.restart` if the table
  ///   was changed since it was looked up.
  package func latch(_ key: RawSpan, of table: Table, io: ReadIO) throws(Interruption) -> KeyLatch {
    let latch = try latches.acquire(key, io: io)
    guard table.isCurrent else { throw .restart }
    return latch
  }

  /// Latches the keys of several items, given as their stripes (`KeyLatches.stripe(of:)`), in `tables`.
  ///
  /// - Throws: as `latch(_:of:io:)`.
  package func latch(
    stripes: [Int], of tables: [Table], io: ReadIO
  ) throws(Interruption) -> KeyLatchSet {
    let latches = try latches.acquire(stripes: stripes, io: io)
    guard tables.allSatisfy({ $0.isCurrent }) else { throw .restart }
    return latches
  }

  /// The same for work that no request waits for, which waits for as long as it takes.
  ///
  /// - Throws: `.restart` only.
  package func latchPatiently(stripes: [Int], of table: Table) throws(Interruption) -> KeyLatchSet {
    let latches = latches.acquirePatiently(stripes: stripes)
    guard table.isCurrent else { throw .restart }
    return latches
  }

  /// Commits a batch under the latches of what it changes and notes what the answer depends on. An attempt that may
  /// not wait ends with `wouldBlock` if the engine has fallen behind with its work and would make it wait.
  package func commit(_ batch: borrowing WriteBatch, _ context: inout OperationContext) throws(Interruption) {
    if let pastOfIndexes {
      pastOfIndexes.willWrite(to: tree)
      if let pastOfItems, pastOfItems !== pastOfIndexes { pastOfItems.willWrite(to: tree) }
    }
    do throws(TreeError) {
      context.observe(try tree.commit(batch, mayWait: context.io == .blocking))
    } catch {
      throw Interruption(error)
    }
  }
}

extension ServiceError {
  /// What table operations answer when there is no such table.
  package static func tableNotFound(_ name: String) -> ServiceError {
    ServiceError(.resourceNotFound, "Requested resource not found: Table: \(name) not found")
  }

  /// What is answered when the table is at something that the request does not go with.
  package static func inUse(_ detail: String) -> ServiceError {
    ServiceError(.resourceInUse, "Attempt to change a resource which is still in use: \(detail)")
  }
}
