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
///
/// One reference: few answers tell it, and as fields it was fourteen words that every answer was moved with from hand to hand. What is behind
/// the reference never changes; to change a property is to put another in its place.
public struct ConsumedCapacity: Sendable, Hashable {
  private struct Fields: Hashable {
    var tableName: String
    var capacityUnits: Double
    var readCapacityUnits: Double?
    var writeCapacityUnits: Double?
    var table: Capacity?
    var localSecondaryIndexes: [String: Capacity]?
    var globalSecondaryIndexes: [String: Capacity]?
  }

  private final class Storage: Sendable {
    let fields: Fields

    init(_ fields: Fields) {
      self.fields = fields
    }
  }

  private var storage: Storage

  private var fields: Fields {
    get { storage.fields }
    set { storage = Storage(newValue) }
  }

  /// The table, by name or by ARN, as the request called it.
  public var tableName: String {
    get { storage.fields.tableName }
    set { fields.tableName = newValue }
  }

  /// The units used in all: by the table and by its indexes.
  public var capacityUnits: Double {
    get { storage.fields.capacityUnits }
    set { fields.capacityUnits = newValue }
  }

  /// The read units, in answers that tell reads from writes (transactions); nil elsewhere.
  public var readCapacityUnits: Double? {
    get { storage.fields.readCapacityUnits }
    set { fields.readCapacityUnits = newValue }
  }

  /// The write units, in answers that tell reads from writes (transactions); nil elsewhere.
  public var writeCapacityUnits: Double? {
    get { storage.fields.writeCapacityUnits }
    set { fields.writeCapacityUnits = newValue }
  }

  /// The table's own part; nil unless the request asked for `.indexes`.
  public var table: Capacity? {
    get { storage.fields.table }
    set { fields.table = newValue }
  }

  /// The parts of local indexes that used any, by index name; nil if there are none to tell.
  public var localSecondaryIndexes: [String: Capacity]? {
    get { storage.fields.localSecondaryIndexes }
    set { fields.localSecondaryIndexes = newValue }
  }

  /// The parts of global indexes that used any, by index name; nil if there are none to tell.
  public var globalSecondaryIndexes: [String: Capacity]? {
    get { storage.fields.globalSecondaryIndexes }
    set { fields.globalSecondaryIndexes = newValue }
  }

  public init(
    tableName: String, capacityUnits: Double, readCapacityUnits: Double? = nil,
    writeCapacityUnits: Double? = nil, table: Capacity? = nil,
    localSecondaryIndexes: [String: Capacity]? = nil, globalSecondaryIndexes: [String: Capacity]? = nil
  ) {
    storage = Storage(
      Fields(
        tableName: tableName, capacityUnits: capacityUnits, readCapacityUnits: readCapacityUnits,
        writeCapacityUnits: writeCapacityUnits, table: table, localSecondaryIndexes: localSecondaryIndexes,
        globalSecondaryIndexes: globalSecondaryIndexes))
  }

  public static func == (left: ConsumedCapacity, right: ConsumedCapacity) -> Bool {
    left.storage === right.storage || left.fields == right.fields
  }

  public func hash(into hasher: inout Hasher) {
    fields.hash(into: &hasher)
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
