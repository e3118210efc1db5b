import DynamoExpressions
import DynamoModel
import LSMTree
import PartiQL

/// One `SELECT` against its table: what is read, and what of that is told.
struct StatementRead {
  /// What a request says besides the statement.
  struct Parameters {
    var isConsistent = false
    /// The most items to look at.
    var limit = Int.max
    /// Where the page before ended.
    var startKey: Item?
  }

  /// A page of what the statement selects.
  struct Page {
    var items = ItemPage()
    /// The keys of the last item looked at, when the page ended before the statement did.
    var lastEvaluatedKey: Item?
    var tally = CapacityTally()
    fileprivate let target: ReadTarget
    /// The reads that the page is made of, which are still to be charged.
    fileprivate var charges: [(read: AdmittedRead, tally: CapacityTally)] = []

    /// Charges what was read. To be called once nothing can keep the answer from being given: an attempt that
    /// ends halfway is run again.
    func charge(in database: Database) {
      for (read, tally) in charges { database.charge(read, tally, to: target.table, by: target.index) }
    }
  }

  private let select: SelectStatement
  private let parameters: Parameters
  private let target: ReadTarget
  private let filter: Condition?
  let plan: ReadPlan

  var table: Table { target.table }

  /// Whether the clause says what each attribute of the table's key equals, and nothing else.
  var namesOnlyTheKey: Bool { target.index == nil && select.keyNamed(in: table) != nil }

  /// Checks the statement: what needs no table, then the table, the index and the keys.
  ///
  /// - Throws: the service's errors, in its order.
  init(
    _ select: SelectStatement, _ parameters: Parameters, in database: Database,
    _ context: inout OperationContext
  ) throws(Interruption) {
    self.select = select
    self.parameters = parameters
    filter = try select.filter()
    let table = try database.table(select.source.table, &context)
    target = try Self.target(select, table, isConsistent: parameters.isConsistent)
    try KeyChecks.checkScalar(nestedNames: filter?.nestedAttributeNames ?? [], of: table)
    plan = try ReadPlan(select, in: target)
  }

  private static func target(
    _ select: SelectStatement, _ table: Table, isConsistent: Bool
  ) throws(Interruption) -> ReadTarget {
    guard let indexName = select.source.index else {
      return try ReadTarget(table, indexName: nil, isConsistent: isConsistent)
    }
    guard let index = table.index(named: indexName) else {
      throw .validation("The table does not have the specified index")
    }
    guard index.kind == .local || !isConsistent else {
      throw .validation("Strongly consistent read is not supported on Global Secondary Indexes")
    }
    if index.kind == .global {
      let missing = select.columnAttributes.filter { !index.projects($0) }
      guard missing.isEmpty else {
        throw .validation(
          "One or more parameter values were invalid: Global secondary index \(index.name) does not project "
            + "[\(missing.joined(separator: ", "))]")
      }
    }
    return try ReadTarget(table, indexName: indexName, isConsistent: isConsistent)
  }

  /// Reads a page.
  func page(in database: Database, _ context: OperationContext) throws(Interruption) -> Page {
    var page: Page
    switch plan {
    case .lookup(let key): page = try lookup(key, in: database, context)
    case .ranges(let ranges, let forward): page = try read(ranges, forward: forward, in: database, context)
    }
    page.items = try projected(page.items)
    return page
  }

  private func lookup(
    _ key: [UInt8], in database: Database, _ context: OperationContext
  ) throws(Interruption) -> Page {
    guard parameters.startKey == nil else { throw StatementToken.ofAnotherRequest }
    var page = Page(target: target)
    let admitted = try database.admitRead(at: key.span.bytes, of: table)
    let view = database.view(of: nil, isConsistent: parameters.isConsistent)
    let snapshot = try ItemSnapshot(key.span.bytes, in: view, of: database, io: context.io)
    var sizeBytes = 0
    if let item = snapshot.item {
      sizeBytes = item.sizeBytes
      if passes(item) { page.items.append(item) }
    }
    page.tally.addTable(CapacityUnits.read(sizeBytes: sizeBytes, consistent: parameters.isConsistent))
    page.charges = [(admitted, page.tally)]
    return page
  }

  private func passes(_ item: borrowing ItemView) -> Bool {
    guard let filter else { return true }
    return filter.matches(item)
  }

  private func read(
    _ ranges: [EntryRange], forward: Bool, in database: Database, _ context: OperationContext
  ) throws(Interruption) -> Page {
    var page = Page(target: target)
    var reader = PageReader(
      database: database, io: context.io, table: table, index: target.index, fetchesItems: fetchesItems,
      filter: filter, projection: nil, wantsItems: true, limit: parameters.limit,
      isConsistent: parameters.isConsistent)
    reader.filtersEntries = true
    let remaining = try remaining(ranges, forward: forward)
    for range in remaining {
      let (part, admitted) = try reader.readUncharged(range, forward: forward)
      page.items.append(part.items)
      page.tally.add(part.tally)
      page.charges.append((admitted, part.tally))
      page.lastEvaluatedKey = part.lastEvaluatedKey
      if part.lastEvaluatedKey != nil { break }
      reader.limit -= part.scannedCount
      reader.bytesLeft -= part.bytesLookedAt
    }
    return page
  }

  /// The ranges behind the starting key, the first one shortened.
  private func remaining(_ ranges: [EntryRange], forward: Bool) throws(Interruption) -> ArraySlice<EntryRange>
  {
    guard let startKey = parameters.startKey else { return ranges[...] }
    let treeKey = try treeKey(of: startKey)
    guard let position = ranges.firstIndex(where: { $0.contains(treeKey) }) else {
      throw StatementToken.ofAnotherRequest
    }
    var remaining = ranges[position...]
    remaining[position].start(after: treeKey, forward: forward)
    return remaining
  }

  private func treeKey(of startKey: Item) throws(Interruption) -> [UInt8] {
    guard startKey.count == StartKey.names(table: table, index: target.index).count else {
      throw StatementToken.ofAnotherRequest
    }
    do throws(Interruption) {
      return try StartKey.treeKey(startKey.view, table: table, index: target.index)
    } catch {
      throw StatementToken.ofAnotherRequest
    }
  }

  /// Whether a column is wanted that a local index does not hold, so that entries are followed to their items.
  private var fetchesItems: Bool {
    guard let index = target.index, index.kind == .local else { return false }
    return select.columnAttributes.contains { !index.projects($0) }
  }

  private func projected(_ items: ItemPage) throws(Interruption) -> ItemPage {
    guard select.projection != nil else { return items }
    do throws(ItemError) {
      return try select.project(items)
    } catch {
      throw .validation(error.message)
    }
  }
}

extension SelectStatement {
  /// The key of the one item that the clause is about, if it says what each attribute of the table's key equals
  /// and nothing else. An `IN` of one value is an equality, too.
  func keyNamed(in table: Table) -> Item? {
    let equalities = (condition?.conjuncts ?? []).map { conjunct -> Predicate in
      guard case .membership(let operand, let list) = conjunct, list.count == 1 else { return conjunct }
      return .comparison(.equal, operand, list[0])
    }
    do throws(KeyedClause.Fault) {
      let clause = try KeyedClause(.and(equalities), of: table.key)
      return clause.rest.isEmpty ? clause.key : nil
    } catch {
      return nil
    }
  }

  /// The condition that is asked of every item.
  fileprivate func filter() throws(Interruption) -> Condition? {
    guard let condition else { return nil }
    return try Interruption.ofStatement { () throws(StatementError) in try condition.condition() }
  }

  /// Items with the statement's columns only.
  fileprivate func project(_ items: ItemPage) throws(ItemError) -> ItemPage {
    var projected = ItemPage(itemsMax: items.count)
    for position in items.indices {
      let columns = try project(items.view(at: position))
      projected.append(columns.view)
    }
    projected.finish()
    return projected
  }

  /// The top-level attributes that columns are taken from; none for `*`.
  fileprivate var columnAttributes: [String] { projection?.map(\.attributeName) ?? [] }
}
