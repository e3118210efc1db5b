public import DynamoModel
import PartiQL

/// A request to run one PartiQL statement: `SELECT`, `INSERT`, `UPDATE` or `DELETE`.
public struct ExecuteStatementRequest: Sendable {
  /// The statement; at most 8,192 bytes.
  public var statement: String
  /// What the statement's `?` stand for, in order; nil and empty are the same.
  public var parameters: [EncodedValue]?
  /// True to read with strong consistency, at twice the price; nil means false. Nothing to statements that
  /// write.
  public var consistentRead: Bool?
  /// Where to go on: the `nextToken` of the page before, with the same statement and parameters.
  public var nextToken: String?
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?
  /// The most items for a `SELECT` to look at, at least 1; nil sets no limit besides 1 MB.
  public var limit: Int?
  /// Whether a failed condition's error carries the item; nil means `.none`.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

  public init(
    statement: String, parameters: [EncodedValue]? = nil, consistentRead: Bool? = nil,
    nextToken: String? = nil, returnConsumedCapacity: ReturnConsumedCapacity? = nil, limit: Int? = nil,
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
  ) {
    self.statement = statement
    self.parameters = parameters
    self.consistentRead = consistentRead
    self.nextToken = nextToken
    self.returnConsumedCapacity = returnConsumedCapacity
    self.limit = limit
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
  }
}

/// The answer to an ``ExecuteStatementRequest``.
public struct ExecuteStatementResponse: Sendable {
  /// What a `SELECT` found, or what `RETURNING` asked for.
  public var items: ItemPage
  /// Where the next page goes on; nil if there is no more to read.
  public var nextToken: String?
  /// The keys of the last item that was looked at, if there is a `nextToken`.
  public var lastEvaluatedKey: Item?
  /// The capacity used, if it was asked for.
  public var consumedCapacity: ConsumedCapacity?

  public init(
    items: ItemPage, nextToken: String? = nil, lastEvaluatedKey: Item? = nil,
    consumedCapacity: ConsumedCapacity? = nil
  ) {
    self.items = items
    self.nextToken = nextToken
    self.lastEvaluatedKey = lastEvaluatedKey
    self.consumedCapacity = consumedCapacity
  }
}

/// Runs one PartiQL statement.
package enum ExecuteStatement: Operation {
  package static let name = "ExecuteStatement"

  package static func run(
    _ request: ExecuteStatementRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> ExecuteStatementResponse {
    let statement = try PreparedStatements.shared.bound(request.statement, request.parameters)
    switch statement {
    case .select(let select):
      return try read(select, request, in: database, &context)
    case .insert, .update, .delete:
      if let token = request.nextToken { throw try refusal(of: token) }
      let write = try StatementWrite(statement, in: database, &context)
      let outcome = try write.run(
        in: database, tellsItemOnFailure: request.returnValuesOnConditionCheckFailure == .allOld, &context)
      var response = ExecuteStatementResponse(
        items: ItemPage(),
        consumedCapacity: outcome.tally.report(
          request.returnConsumedCapacity, tableName: statement.tableName))
      if let item = outcome.item { response.items.append(item.view) }
      return response
    case .exists:
      throw existsOutsideTransaction
    }
  }

  /// `EXISTS` anywhere but in a transaction that writes.
  static let existsOutsideTransaction = Interruption.validation(
    "EXISTS can only be used in ExecuteTransaction write requests.")

  private static func read(
    _ select: SelectStatement, _ request: ExecuteStatementRequest, in database: Database,
    _ context: inout OperationContext
  ) throws(Interruption) -> ExecuteStatementResponse {
    let hash = StatementToken.hash(request.statement, request.parameters ?? [])
    var parameters = StatementRead.Parameters()
    parameters.isConsistent = request.consistentRead ?? false
    parameters.limit = request.limit ?? .max
    let token = try request.nextToken.map { text throws(Interruption) in try StatementToken(text) }
    parameters.startKey = token?.lastKey
    let read = try StatementRead(select, parameters, in: database, &context)
    if let token, token.statementHash != hash { throw StatementToken.ofAnotherRequest }
    let page = try read.page(in: database, context)
    page.charge(in: database)
    context.returned = page.items.count
    return ExecuteStatementResponse(
      items: page.items,
      nextToken: page.lastEvaluatedKey.map { StatementToken(statementHash: hash, lastKey: $0).text },
      lastEvaluatedKey: page.lastEvaluatedKey,
      consumedCapacity: page.tally.report(
        request.returnConsumedCapacity, tableName: select.source.table))
  }

  /// Why a token that comes with a statement which has no pages is refused.
  private static func refusal(of token: String) throws(Interruption) -> Interruption {
    _ = try StatementToken(token)
    return StatementToken.ofAnotherRequest
  }
}

extension Database {
  /// Runs one PartiQL statement. One that writes returns when what it wrote is durable.
  ///
  /// A `SELECT` whose clause names the whole key is one lookup; one that names the partition key, or several
  /// with `IN` or `OR`, reads their items; any other reads the table. Statements that write are about one item
  /// each, by its whole key.
  ///
  /// Cost: that of the data operation that does the same, and for a statement of 1,024 bytes or less that is
  /// not among the last thousand or so, reading it. Throws the service's errors.
  nonisolated(nonsending) public func executeStatement(
    _ request: ExecuteStatementRequest
  ) async throws(ServiceError) -> ExecuteStatementResponse {
    try await performAsync(ExecuteStatement.self, request)
  }
}
