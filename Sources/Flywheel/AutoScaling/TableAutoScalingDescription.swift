/// The auto scaling of a table: one replica, in the database's own region.
public struct TableAutoScalingDescription: Sendable, Hashable {
  public var tableName: String
  public var tableStatus: TableStatus
  public var replicas: [Replica]

  public struct Replica: Sendable, Hashable {
    public var regionName: String
    public var globalSecondaryIndexes: [Index]
    /// Nil where units stay as they are.
    public var read: AutoScalingSettings?
    public var write: AutoScalingSettings?
    public var status: TableStatus
  }

  public struct Index: Sendable, Hashable {
    public var indexName: String
    public var indexStatus: IndexStatus
    public var read: AutoScalingSettings?
    public var write: AutoScalingSettings?
  }

  package init(of table: TableDefinition, region: String) {
    tableName = table.name
    tableStatus = table.status
    // An index that is being made is not there yet.
    let indexes = table.globalIndexes.filter { $0.status != .creating }.map { index in
      Index(
        indexName: index.specification.indexName, indexStatus: index.status, read: index.autoScaling.read,
        write: index.autoScaling.write)
    }
    replicas = [
      Replica(
        regionName: region, globalSecondaryIndexes: indexes, read: table.autoScaling.read,
        write: table.autoScaling.write, status: table.status)
    ]
  }
}
