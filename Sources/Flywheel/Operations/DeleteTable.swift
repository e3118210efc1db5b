/// Which table is to go.
public struct DeleteTableRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// What is left to say of the table.
public struct DeleteTableResponse: Sendable {
  public var tableDescription: TableDescription

  public init(tableDescription: TableDescription) {
    self.tableDescription = tableDescription
  }
}
