import DynamoExpressions
import DynamoModel
import PartiQL

/// The statements of a transaction, read, and what they are as actions on items.
///
/// A statement that makes no sense fails the request, and the text says which one it is. One whose table is
/// missing, or whose key is none of its table's, cancels the transaction as a failed condition does: the
/// reasons tell of all of them. (The service's behaviour as projects that test against it have written it down
/// in 2026.)
struct StatementMembers {
  private struct Member {
    var statement: Statement
    var tellsItemOnFailure: Bool
  }

  private let members: [Member]

  /// Reads the statements.
  ///
  /// - Throws: what the service says of the first that is none, and of reads beside writes.
  init(_ statements: [ParameterizedStatement]) throws(Interruption) {
    var members: [Member] = []
    members.reserveCapacity(statements.count)
    for (position, request) in statements.enumerated() {
      do throws(Interruption) {
        let statement = try PreparedStatements.shared.bound(request.statement, request.parameters)
        members.append(
          Member(
            statement: statement,
            tellsItemOnFailure: request.returnValuesOnConditionCheckFailure == .allOld))
      } catch {
        throw Self.refusal(error, position)
      }
    }
    let reads = members.count { $0.statement.isRead }
    guard reads == 0 || reads == members.count else {
      throw .validation(
        "ExecuteTransaction API does not support both read and write operations in the same request.")
    }
    self.members = members
  }

  /// The statements if they read; nil if they write.
  var selects: [SelectStatement]? {
    let selects = members.compactMap { member -> SelectStatement? in
      if case .select(let select) = member.statement { select } else { nil }
    }
    return selects.count == members.count ? selects : nil
  }

  // MARK: - Writing

  /// The actions of statements that write.
  func actions(
    in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> [TransactionAction] {
    var actions: [TransactionAction] = []
    var reasons = CancellationReasons(count: members.count)
    for (position, member) in members.enumerated() {
      do throws(Interruption) {
        actions.append(try Self.action(member, in: database, &context))
      } catch {
        reasons[position] = try Self.reason(error, position)
      }
    }
    try reasons.throwIfAny()
    return actions
  }

  private static func action(
    _ member: Member, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> TransactionAction {
    let tableName = member.statement.tableName
    if case .exists(let select) = member.statement {
      return try check(select, tellsItemOnFailure: member.tellsItemOnFailure, in: database, &context)
    }
    let write = try StatementWrite(member.statement, in: database, &context) { _ in KeyErrors.mismatch }
    guard !write.isReturning else {
      throw .validation("RETURNING clause is not supported in ExecuteTransaction.")
    }
    return write.action(named: tableName, tellsItemOnFailure: member.tellsItemOnFailure)
  }

  /// The check that an `EXISTS` is.
  private static func check(
    _ select: SelectStatement, tellsItemOnFailure: Bool, in database: Database,
    _ context: inout OperationContext
  ) throws(Interruption) -> TransactionAction {
    if let condition = select.condition {
      _ = try Interruption.ofStatement { () throws(StatementError) in try condition.condition() }
    }
    let table = try database.table(select.source.table, &context)
    guard select.source.index == nil else { throw readOnIndex }
    let clause: KeyedClause
    do throws(KeyedClause.Fault) {
      clause = try KeyedClause(select.condition, of: table.key)
    } catch {
      throw noSingleItem
    }
    guard !clause.rest.isEmpty else { throw noSingleItem }
    let condition = try Interruption.ofStatement { () throws(StatementError) in
      try Predicate.and(clause.rest).condition()
    }
    return TransactionAction(
      .check(key: clause.key), in: table, named: select.source.table, condition: condition,
      tellsItemOnFailure: tellsItemOnFailure)
  }

  private static let noSingleItem = Interruption.validation(
    "EXISTS() must contain a single item read with additional condition")
  private static let readOnIndex = Interruption.validation(
    "Reads on indices are not supported within transactions.")

  // MARK: - Reading

  /// The reads of statements that read. Columns are taken out of what is found afterwards.
  static func reads(
    _ selects: [SelectStatement], in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> [TransactionRead] {
    var reads: [TransactionRead] = []
    var reasons = CancellationReasons(count: selects.count)
    for (position, select) in selects.enumerated() {
      do throws(Interruption) {
        reads.append(try read(select, in: database, &context))
      } catch {
        reasons[position] = try reason(error, position)
      }
    }
    try reasons.throwIfAny()
    return reads
  }

  private static func read(
    _ select: SelectStatement, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> TransactionRead {
    if let condition = select.condition {
      _ = try Interruption.ofStatement { () throws(StatementError) in try condition.condition() }
    }
    let table = try database.table(select.source.table, &context)
    guard select.source.index == nil else { throw readOnIndex }
    guard let key = select.keyNamed(in: table) else {
      throw .validation(
        "Select statements within ExecuteTransaction must specify the primary key in the where clause.")
    }
    return TransactionRead(key: key, in: table, named: select.source.table)
  }

  // MARK: - Failures

  /// Why a statement cancels the transaction.
  ///
  /// - Throws: what fails the request instead.
  private static func reason(
    _ error: Interruption, _ position: Int
  ) throws(Interruption) -> CancellationReason {
    guard case .service(let failure) = error else { throw error }
    if failure.code == .resourceNotFound { return CancellationReason(.resourceNotFound, failure.message) }
    if failure.keyFault == .mismatch { return failure.asCancellationReason }
    throw refusal(error, position)
  }

  private static func refusal(_ error: Interruption, _ position: Int) -> Interruption {
    guard case .service(let failure) = error, failure.code == .validation else { return error }
    return .validation("Validation failed in TransactStatements[\(position)]: \(failure.message)")
  }
}
