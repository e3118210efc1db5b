public import DynamoModel
import LSMTree
import PartiQL

/// A request to run up to 25 PartiQL statements, all of which read or all of which write, none the item of another.
public struct BatchExecuteStatementRequest: Sendable {
  /// The statements.
  public var statements: [BatchStatement]
  /// How much to tell of the capacity used; nil means `.none`.
  public var returnConsumedCapacity: ReturnConsumedCapacity?

  public init(statements: [BatchStatement], returnConsumedCapacity: ReturnConsumedCapacity? = nil) {
    self.statements = statements
    self.returnConsumedCapacity = returnConsumedCapacity
  }
}

/// One statement of a ``BatchExecuteStatementRequest``.
public struct BatchStatement: Sendable {
  /// The statement; at most 8,192 bytes. A `SELECT` must say what each attribute of the primary key equals,
  /// and nothing else.
  public var statement: String
  /// What the statement's `?` stand for, in order; nil and empty are the same.
  public var parameters: [EncodedValue]?
  /// True to read with strong consistency, at twice the price; nil means false.
  public var consistentRead: Bool?
  /// Whether a failed condition's error carries the item; nil means `.none`.
  public var returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure?

  public init(
    statement: String, parameters: [EncodedValue]? = nil, consistentRead: Bool? = nil,
    returnValuesOnConditionCheckFailure: ReturnValuesOnConditionCheckFailure? = nil
  ) {
    self.statement = statement
    self.parameters = parameters
    self.consistentRead = consistentRead
    self.returnValuesOnConditionCheckFailure = returnValuesOnConditionCheckFailure
  }
}

/// The answer to a ``BatchExecuteStatementRequest``: that some statements failed is no error of the request.
public struct BatchExecuteStatementResponse: Sendable {
  /// What came of each statement, in the order of the request.
  public var responses: [BatchStatementResponse]
  /// The capacity used on each table, if it was asked for.
  public var consumedCapacity: [ConsumedCapacity]?

  public init(responses: [BatchStatementResponse], consumedCapacity: [ConsumedCapacity]? = nil) {
    self.responses = responses
    self.consumedCapacity = consumedCapacity
  }
}

/// What came of one statement of a batch.
public struct BatchStatementResponse: Sendable {
  /// Why the statement failed; nil if it did not.
  public var error: BatchStatementError?
  /// The statement's table; nil if the statement failed before it came to it.
  public var tableName: String?
  /// The item that was found, or what `RETURNING` asked for; nil if there is none.
  public var item: Item?

  public init(error: BatchStatementError? = nil, tableName: String? = nil, item: Item? = nil) {
    self.error = error
    self.tableName = tableName
    self.item = item
  }
}

/// Why one statement of a batch failed.
public struct BatchStatementError: Sendable {
  /// Which of the service's errors this is.
  public var code: ErrorCode
  /// The service's text.
  public var message: String
  /// The item as it stood, when a failed condition was asked to return it.
  public var item: Item?

  public init(code: ErrorCode, message: String, item: Item? = nil) {
    self.code = code
    self.message = message
    self.item = item
  }
}

/// Runs statements one after the other, each on its own.
///
/// Statements that write commit one by one, and what was committed can't be taken back; so a batch that writes
/// is sent to a thread that may wait before it does anything, and a statement whose table changed under it is
/// run again by itself.
package enum BatchExecuteStatement: Operation {
  package static let name = "BatchExecuteStatement"
  /// The most statements that a request may have.
  static let statementsMax = 25

  package static func run(
    _ request: BatchExecuteStatementRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> BatchExecuteStatementResponse {
    guard !request.statements.isEmpty, request.statements.count <= statementsMax else {
      throw .validation("A batch has 1 to \(statementsMax) statements")
    }
    let statements = request.statements.map(BatchMember.init)
    let reads = statements.count(where: \.isRead)
    let writes = statements.count(where: \.isWrite)
    guard reads == 0 || writes == 0 else {
      throw .validation(
        "Read and write requests together in the same batch is not supported.")
    }
    try checkTargets(of: statements, in: database, &context)
    if writes > 0, context.io == .memoryOnly { throw .wouldBlock }

    var response = BatchExecuteStatementResponse(responses: [])
    var consumption = BatchConsumption()
    var pages: [StatementRead.Page] = []
    var refusals: [AdmissionRefusal] = []
    for statement in statements {
      let outcome = try statement.run(in: database, &context)
      response.responses.append(outcome.answer)
      consumption.add(outcome)
      if let page = outcome.page { pages.append(page) }
      if let refusal = outcome.refusal { refusals.append(refusal) }
    }
    for page in pages { page.charge(in: database) }
    for refusal in refusals { refusal.count() }
    response.consumedCapacity = consumption.report(request.returnConsumedCapacity)
    return response
  }

  /// Refuses a batch of which two statements name one item, before any is run. Those that make no sense name none.
  private static func checkTargets(
    of statements: [BatchMember], in database: Database, _ context: inout OperationContext
  ) throws(Interruption) {
    guard statements.count > 1 else { return }
    var targets = Set<[UInt8]>(minimumCapacity: statements.count)
    for statement in statements {
      guard let target = try statement.target(in: database, &context) else { continue }
      guard targets.insert(target).inserted else {
        throw .validation("Provided list of item keys contains duplicates")
      }
    }
  }
}

extension Database {
  /// Runs up to 25 PartiQL statements, each on its own: some may fail and others not. Returns when what they
  /// wrote is durable.
  ///
  /// Cost: that of the data operations that do the same. Throws the service's errors for the request as a
  /// whole; those of single statements are in the response.
  nonisolated(nonsending) public func batchExecuteStatement(
    _ request: BatchExecuteStatementRequest
  ) async throws(ServiceError) -> BatchExecuteStatementResponse {
    try await performAsync(BatchExecuteStatement.self, request)
  }
}
