public import DynamoModel
import PartiQL

/// A request to run PartiQL statements as one step: all of them read, or all of them write.
public struct ExecuteTransactionRequest: Sendable {
  /// The statements, no two of them about one item; at most ``DatabaseOptions/transactionItemsMax``, and 4 MB
  /// of items.
  public var transactStatements: [ParameterizedStatement]
  /// 1 to 36 characters of the caller's choice: for ten minutes, the same request with the same token does
  /// nothing but say that it is done, and another request with it is refused. Across restarts, too. Nil for
  /// none. Nothing to statements that read.
  public var clientRequestToken: String?
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?

  public init(
    transactStatements: [ParameterizedStatement], clientRequestToken: String? = nil,
    returnConsumedCapacity: ReturnConsumedCapacity? = nil
  ) {
    self.transactStatements = transactStatements
    self.clientRequestToken = clientRequestToken
    self.returnConsumedCapacity = returnConsumedCapacity
  }
}

/// One statement of an ``ExecuteTransactionRequest``.
public struct ParameterizedStatement: Sendable {
  /// The statement; at most 8,192 bytes. A `SELECT` must say what each attribute of the primary key equals,
  /// and nothing else. `EXISTS(SELECT …)` beside statements that write is a condition on an item: its clause
  /// must say that, and something besides.
  public var statement: String
  /// What the statement's `?` stand for, in order; nil and empty are the same.
  public var parameters: [EncodedValue]?
  /// Whether a failed condition's reason carries the item; nil means `.none`.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

  public init(
    statement: String, parameters: [EncodedValue]? = nil,
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
  ) {
    self.statement = statement
    self.parameters = parameters
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
  }
}

/// The answer to an ``ExecuteTransactionRequest``.
public struct ExecuteTransactionResponse: Sendable {
  /// What statements that read found, in the order of the request, nil where there is no such item. Empty for
  /// statements that write.
  public var responses: [Item?]
  /// The capacity used on each table, if it was asked for.
  public var consumedCapacity: [ConsumedCapacity]?

  public init(responses: [Item?], consumedCapacity: [ConsumedCapacity]? = nil) {
    self.responses = responses
    self.consumedCapacity = consumedCapacity
  }
}

/// Runs PartiQL statements as one step. See ``TransactionWriter`` and ``TransactionReader``.
package enum ExecuteTransaction: Operation {
  package static let name = "ExecuteTransaction"

  package static func run(
    _ request: ExecuteTransactionRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> ExecuteTransactionResponse {
    try TransactionSize.check(request.transactStatements.count, of: "transactStatements", in: database)
    try TransactionToken.check(request.clientRequestToken)
    let statements = try StatementMembers(request.transactStatements)
    if let selects = statements.selects {
      return try read(selects, request, in: database, &context)
    }
    let actions = try statements.actions(in: database, &context)
    let token = request.clientRequestToken.map { text in
      TransactionToken(text, scope: .executeTransaction, fingerprint: fingerprint(of: request))
    }
    let outcome = try TransactionWriter.write(actions, token: token, in: database, &context)
    return ExecuteTransactionResponse(
      responses: [], consumedCapacity: outcome.report(request.returnConsumedCapacity))
  }

  private static func read(
    _ selects: [SelectStatement], _ request: ExecuteTransactionRequest, in database: Database,
    _ context: inout OperationContext
  ) throws(Interruption) -> ExecuteTransactionResponse {
    let reads = try StatementMembers.reads(selects, in: database, &context)
    let outcome = try TransactionReader.read(reads, in: database, &context)
    var response = ExecuteTransactionResponse(
      responses: [], consumedCapacity: outcome.report(request.returnConsumedCapacity))
    for (select, item) in zip(selects, outcome.items) {
      do throws(ItemError) {
        response.responses.append(try item.map { item throws(ItemError) in try select.project(item.view) })
      } catch {
        throw .validation(error.message)
      }
    }
    return response
  }

  /// Of all that makes the request what it is. How it wants to be answered is not part of that.
  private static func fingerprint(of request: ExecuteTransactionRequest) -> TransactionFingerprint {
    var builder = FingerprintBuilder()
    for statement in request.transactStatements {
      builder.add(statement.statement)
      for parameter in statement.parameters ?? [] { builder.add(parameter) }
      builder.add(statement.returnValuesOnConditionCheckFailure == .allOld ? "tells" : "")
    }
    return builder.finish()
  }
}

extension Database {
  /// Runs PartiQL statements as one step that nothing else comes in between: all of them read, or all of them
  /// write, or none has an effect. Returns when what they wrote is durable.
  ///
  /// Cost: one lookup in the tree for each item, and one batch in the log. Throws the service's errors; one of
  /// ``ErrorCode/transactionCanceled`` says in ``ServiceError/cancellationReasons`` what each statement came to.
  nonisolated(nonsending) public func executeTransaction(
    _ request: ExecuteTransactionRequest
  ) async throws(ServiceError) -> ExecuteTransactionResponse {
    try await performAsync(ExecuteTransaction.self, request)
  }
}
