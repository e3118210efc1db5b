/// Which table is to be described.
public struct DescribeTableRequest: Sendable {
  /// The table's name or its ARN.
  public var tableName: String

  public init(tableName: String) {
    self.tableName = tableName
  }
}

/// The table as it stands.
public struct DescribeTableResponse: Sendable {
  public var table: TableDescription

  public init(table: TableDescription) {
    self.table = table
  }
}
