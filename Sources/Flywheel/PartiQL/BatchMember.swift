import DynamoModel
import PartiQL

/// One statement of a batch, read as far as it can be without its table.
struct BatchMember {
  private let request: BatchStatement
  /// The statement, or why it is none.
  private let statement: Result<Statement, Interruption>

  init(_ request: BatchStatement) {
    self.request = request
    do throws(Interruption) {
      statement = .success(try PreparedStatements.shared.bound(request.statement, request.parameters))
    } catch {
      statement = .failure(error)
    }
  }

  var isRead: Bool {
    if case .success(.select) = statement { true } else { false }
  }

  var isWrite: Bool {
    switch statement {
    case .success(.insert), .success(.update), .success(.delete): true
    case .success(.select), .success(.exists), .failure: false
    }
  }

  /// The key of the item that the statement names; nil if it names none, of which it is told when it is run.
  func target(in database: Database, _ context: inout OperationContext) throws(Interruption) -> [UInt8]? {
    guard case .success(let statement) = statement else { return nil }
    var key = KeyBuffer()
    do throws(Interruption) {
      switch statement {
      case .select(let select):
        guard select.source.index == nil else { return nil }
        let table = try database.table(select.source.table, &context)
        guard let named = select.keyNamed(in: table) else { return nil }
        try KeyChecks.append(named.view, in: table, to: &key)
      case .insert, .update, .delete:
        try StatementWrite(statement, in: database, &context).append(to: &key)
      case .exists:
        return nil
      }
    } catch {
      guard case .service = error else { throw error }
      return nil
    }
    return [UInt8](copying: key.bytes)
  }

  struct Outcome {
    var answer: BatchStatementResponse
    /// What the statement used of its table; nil if it did not come to that.
    var tally: CapacityTally?
    /// What it read, which is still to be charged.
    var page: StatementRead.Page?
    /// Why it was refused for its rate, which is still to be counted.
    var refusal: AdmissionRefusal?
    /// The units that it would have used of its table if its condition had held.
    var failedUnits: Double?
  }

  /// Runs the statement.
  ///
  /// - Throws: what ends the whole batch: the engine's errors, and `.wouldBlock` of one that reads.
  func run(in database: Database, _ context: inout OperationContext) throws(Interruption) -> Outcome {
    for _ in 0..<Database.restartsMax {
      do throws(Interruption) {
        return try attempt(in: database, &context)
      } catch {
        switch error {
        case .restart: continue
        case .service(let failure): return Outcome(answer: answer(failure))
        case .refused(let refusal): return Outcome(answer: answer(refusal.error), refusal: refusal)
        case .wouldBlock, .engine: throw error
        }
      }
    }
    return Outcome(answer: answer(ServiceError(.internalServerError, "The table changed too often.")))
  }

  private func attempt(
    in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Outcome {
    let statement = try statement.get()
    var answer = BatchStatementResponse(tableName: statement.tableName)
    switch statement {
    case .select(let select):
      guard select.source.index == nil else { throw Self.keyMissing }
      var parameters = StatementRead.Parameters()
      parameters.isConsistent = request.consistentRead ?? false
      let read = try StatementRead(select, parameters, in: database, &context)
      guard read.namesOnlyTheKey else { throw Self.keyMissing }
      let page = try read.page(in: database, context)
      answer.item = page.items.first
      return Outcome(answer: answer, tally: page.tally, page: page)
    case .insert, .update, .delete:
      let write = try StatementWrite(statement, in: database, &context)
      let tellsItem = request.returnValuesOnConditionCheckFailure == .allOld
      switch try write.runInBatch(in: database, tellsItemOnFailure: tellsItem, &context) {
      case .success(let outcome):
        answer.item = outcome.item
        return Outcome(answer: answer, tally: outcome.tally)
      case .failure(let failure):
        return Outcome(answer: self.answer(failure.error), failedUnits: failure.units)
      }
    case .exists:
      throw ExecuteStatement.existsOutsideTransaction
    }
  }

  private static let keyMissing = Interruption.validation(
    "Select statements within BatchExecuteStatement must specify the primary key in the where clause.")

  /// A failure names its table only if the statement came so far as to look at the item.
  private func answer(_ failure: ServiceError) -> BatchStatementResponse {
    var answer = BatchStatementResponse(
      error: BatchStatementError(code: failure.code, message: failure.message, item: failure.item))
    if failure.code == .conditionalCheckFailed || failure.code == .duplicateItem,
      case .success(let statement) = statement
    {
      answer.tableName = statement.tableName
    }
    return answer
  }
}
