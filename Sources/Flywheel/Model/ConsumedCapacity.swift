/// How much an answer tells of the capacity it used.
public enum ReturnConsumedCapacity: String, Sendable, Hashable, CaseIterable {
  /// The total, and what each index and the table used of it.
  case indexes = "INDEXES"
  /// The total only.
  case total = "TOTAL"
  /// Nothing; the default.
  case none = "NONE"
}

/// The capacity that one operation used on one table, in capacity units.
///
/// A read unit is a strongly consistent read of up to 4 KB (an eventually consistent one costs half), a
/// write unit a write of up to 1 KB.
public struct ConsumedCapacity: Sendable, Hashable {
  /// The table, by name or by ARN, as the request called it.
  public var tableName: String
  /// The units used in all: by the table and by its indexes.
  public var capacityUnits: Double
  /// The read units, in answers that tell reads from writes (transactions); nil elsewhere.
  public var readCapacityUnits: Double?
  /// The write units, in answers that tell reads from writes (transactions); nil elsewhere.
  public var writeCapacityUnits: Double?
  /// The table's own part; nil unless the request asked for `.indexes`.
  public var table: Capacity?
  /// The parts of local indexes that used any, by index name; nil if there are none to tell.
  public var localSecondaryIndexes: [String: Capacity]?
  /// The parts of global indexes that used any, by index name; nil if there are none to tell.
  public var globalSecondaryIndexes: [String: Capacity]?

  public init(
    tableName: String, capacityUnits: Double, readCapacityUnits: Double? = nil,
    writeCapacityUnits: Double? = nil, table: Capacity? = nil,
    localSecondaryIndexes: [String: Capacity]? = nil, globalSecondaryIndexes: [String: Capacity]? = nil
  ) {
    self.tableName = tableName
    self.capacityUnits = capacityUnits
    self.readCapacityUnits = readCapacityUnits
    self.writeCapacityUnits = writeCapacityUnits
    self.table = table
    self.localSecondaryIndexes = localSecondaryIndexes
    self.globalSecondaryIndexes = globalSecondaryIndexes
  }
}

/// The capacity that a table or one index used, in capacity units.
public struct Capacity: Sendable, Hashable {
  /// The units used.
  public var capacityUnits: Double
  /// The read units, in answers that tell reads from writes; nil elsewhere.
  public var readCapacityUnits: Double?
  /// The write units, in answers that tell reads from writes; nil elsewhere.
  public var writeCapacityUnits: Double?

  public init(
    capacityUnits: Double, readCapacityUnits: Double? = nil, writeCapacityUnits: Double? = nil
  ) {
    self.capacityUnits = capacityUnits
    self.readCapacityUnits = readCapacityUnits
    self.writeCapacityUnits = writeCapacityUnits
  }
}
