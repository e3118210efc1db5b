/// Which part of the list of tables is wanted.
public struct ListTablesRequest: Sendable {
  /// Names after this one; it need not be a table's.
  public var exclusiveStartTableName: String?
  /// How many names at most, 1 to 100. 100 when left out.
  public var limit: Int?

  public init(exclusiveStartTableName: String? = nil, limit: Int? = nil) {
    self.exclusiveStartTableName = exclusiveStartTableName
    self.limit = limit
  }
}

/// Names of tables in ascending order.
public struct ListTablesResponse: Sendable {
  public var tableNames: [String]
  /// The last name of this page, when there may be more.
  public var lastEvaluatedTableName: String?

  public init(tableNames: [String], lastEvaluatedTableName: String? = nil) {
    self.tableNames = tableNames
    self.lastEvaluatedTableName = lastEvaluatedTableName
  }
}
