import DynamoModel
import Flywheel
import LSMTree
import Synchronization

/// `Testing` has a `Tag`, too.
typealias TableTag = Flywheel.Tag

/// Random numbers that are the same for the same seed (splitmix64).
struct HistoryRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// A number that threads count up together.
final class Tally: Sendable {
  private let number = Atomic<Int>(0)
  func add(_ amount: Int = 1) { number.add(amount, ordering: .sequentiallyConsistent) }
  var value: Int { number.load(ordering: .sequentiallyConsistent) }
}

/// The least an operation can be: puts or deletes one item. What tests of tables and indexes write with, so
/// that they stand on nothing above what they test.
enum PlainWrite: Flywheel.Operation {
  struct Request: Sendable {
    var table: String
    /// An item with at least the key.
    var item: Item
    var isDelete = false
  }

  static let name = "PlainWrite"

  static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Bool {
    let table = try database.table(request.table, &context)
    var key = KeyBuffer()
    do throws(KeyFault) {
      try Keyspace.append(keyOf: request.item.view, in: table, to: &key)
    } catch {
      throw .validation("no key: \(error)")
    }
    let latch = try database.latch(key.bytes, of: table, io: context.io)
    let view = database.tree.appliedView()
    context.observe(view.sequence)
    var old: Item?
    do throws(TreeError) {
      if let found = try database.tree.get(key.bytes, in: view, io: context.io) {
        old = Item(ItemView(trusting: found.bytes))
      }
    } catch {
      throw Interruption(error)
    }
    var batch = WriteBatch()
    let change = try ItemChange(
      of: table, key: key.bytes, old: old, new: request.isDelete ? nil : request.item, in: database.tree,
      view: view,
      io: context.io, to: &batch)
    try database.commit(batch, &context)
    change.count()
    latch.release()
    return old != nil
  }
}

extension Database {
  func put(_ table: String, _ attributes: [String: AttributeValue]) throws {
    _ = try performAndWait(PlainWrite.self, PlainWrite.Request(table: table, item: Item(attributes)))
  }

  func delete(_ table: String, _ key: [String: AttributeValue]) throws {
    _ = try performAndWait(PlainWrite.self, PlainWrite.Request(table: table, item: Item(key), isDelete: true))
  }

  /// All items under an id, by key.
  func contents(ofID id: UInt32) throws -> [[UInt8]: Item] {
    let range = CatalogKeys.range(ofID: id)
    var found: [[UInt8]: Item] = [:]
    var cursor = try tree.cursor(in: tree.appliedView(), from: range.lower, to: range.upper, io: .blocking)
    try cursor.seekToFirst()
    while cursor.isValid {
      found[[UInt8](copying: cursor.key)] = try Item(validating: [UInt8](copying: cursor.value))
      try cursor.next()
    }
    return found
  }

  /// What the catalog says of a table, whatever state it is in.
  func tableNow(_ name: String) -> Table? {
    var context = OperationContext(io: .blocking)
    return catalog.table(name, &context)
  }

  func describe(_ name: String) throws -> TableDescription {
    try performAndWait(DescribeTable.self, DescribeTableRequest(tableName: name)).table
  }

  @discardableResult
  func create(_ request: CreateTableRequest) throws -> TableDescription {
    try performAndWait(CreateTable.self, request).tableDescription
  }

  @discardableResult
  func update(_ request: UpdateTableRequest) throws -> TableDescription {
    try performAndWait(UpdateTable.self, request).tableDescription
  }

  @discardableResult
  func drop(_ name: String) throws -> TableDescription {
    try performAndWait(DeleteTable.self, DeleteTableRequest(tableName: name)).tableDescription
  }
}

extension DatabaseOptions {
  /// For tests that open many databases on simulated disks: log segments as small as they go.
  static var small: DatabaseOptions {
    var options = DatabaseOptions()
    options.tree.logSegmentBytes = 64 << 10
    return options
  }
}

extension CreateTableRequest {
  /// An on-demand table with a string partition key "pk" and, if wanted, a string sort key "sk".
  static func plain(_ name: String, sortKey: Bool = false) -> CreateTableRequest {
    var definitions = [AttributeDefinition("pk", .string)]
    var schema = [KeySchemaElement("pk", .hash)]
    if sortKey {
      definitions.append(AttributeDefinition("sk", .string))
      schema.append(KeySchemaElement("sk", .range))
    }
    return CreateTableRequest(
      tableName: name, attributeDefinitions: definitions, keySchema: schema, billingMode: .payPerRequest)
  }
}

extension UpdateTableRequest {
  /// Adds an index with a string partition key to an on-demand table.
  static func addIndex(
    _ index: String, on attribute: String, to table: String, _ projection: Projection = Projection(.all)
  ) -> UpdateTableRequest {
    var request = UpdateTableRequest(tableName: table)
    request.attributeDefinitions = [AttributeDefinition(attribute, .string)]
    request.globalSecondaryIndexUpdates = [
      GlobalSecondaryIndexUpdate(
        create: GlobalSecondaryIndex(
          indexName: index, keySchema: [KeySchemaElement(attribute, .hash)], projection: projection))
    ]
    return request
  }
}

/// The error that `body` ends with, for comparing with the service's.
func serviceError(_ body: () throws -> Void) -> ServiceError? {
  do {
    try body()
    return nil
  } catch {
    return error as? ServiceError
  }
}
