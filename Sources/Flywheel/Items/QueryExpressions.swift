import DynamoExpressions
import DynamoModel

/// The expressions of a query, checked as far as they can be without its table.
struct QueryExpressions {
  let keyCondition: KeyCondition
  let filter: Condition?
  let projection: AttributeProjection?
  private let isLegacyFilter: Bool

  /// Reads and checks the expressions, and which parameters stand beside each other, in the service's order.
  init(_ request: QueryRequest) throws(Interruption) {
    try Self.checkMix(request)
    isLegacyFilter = request.queryFilter != nil
    do throws(ExpressionError) {
      let legacyFilter = try Condition(request.queryFilter, request.conditionalOperator)
      let attributesToGet = try request.attributesToGet.map { names throws(ExpressionError) in
        try AttributeProjection(attributesToGet: names)
      }
      guard request.keyConditions != nil || request.keyConditionExpression != nil else {
        throw ExpressionError(
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.")
      }
      var placeholders = try ExpressionPlaceholders(
        names: request.expressionAttributeNames, values: request.expressionAttributeValues)
      keyCondition =
        if let expression = request.keyConditionExpression {
          try KeyCondition(expression, placeholders: &placeholders)
        } else {
          try KeyCondition(keyConditions: request.keyConditions ?? [])
        }
      filter =
        if let expression = request.filterExpression {
          try Condition(expression, as: .filter, placeholders: &placeholders)
        } else {
          legacyFilter
        }
      projection =
        if let expression = request.projectionExpression {
          try AttributeProjection(expression, placeholders: &placeholders)
        } else {
          attributesToGet
        }
      try placeholders.checkAllUsed()
    } catch {
      throw Interruption(error)
    }
    try SelectRules(
      messagePrefix: "1 validation error detected: ", select: request.select,
      hasProjectionExpression: request.projectionExpression != nil,
      hasAttributesToGet: request.attributesToGet != nil, indexName: request.indexName
    ).check()
  }

  private static func checkMix(_ request: QueryRequest) throws(Interruption) {
    // Nothing of the old kind, and an expression that whatever placeholders there are may be for: as nearly always.
    if request.keyConditionExpression != nil, request.keyConditions == nil, request.attributesToGet == nil,
      request.queryFilter == nil, request.conditionalOperator == nil
    {
      return
    }
    // `KeyConditions` may stand beside expressions other than the one that replaced it.
    let mixesKeyConditions = request.keyConditions != nil && request.keyConditionExpression != nil
    do throws(ExpressionError) {
      try ExpressionParameters.check(
        expressions: [
          ("ProjectionExpression", request.projectionExpression != nil),
          ("FilterExpression", request.filterExpression != nil),
          ("KeyConditionExpression", request.keyConditionExpression != nil),
        ],
        legacy: [
          ("AttributesToGet", request.attributesToGet != nil), ("QueryFilter", request.queryFilter != nil),
          ("ConditionalOperator", request.conditionalOperator != nil), ("KeyConditions", mixesKeyConditions),
        ],
        hasNames: request.expressionAttributeNames != nil, hasValues: request.expressionAttributeValues != nil
      )
      try ExpressionParameters.checkConditionalOperator(
        isPresent: request.conditionalOperator != nil, hasFilterOrExpected: request.queryFilter != nil)
    } catch {
      throw Interruption(error)
    }
  }

  /// Checks what the filter and the projection say of keys, and whether the index holds what they need.
  func checkFit(to target: ReadTarget, _ select: Select?) throws(Interruption) {
    try KeyChecks.checkScalar(nestedNames: projection?.nestedAttributeNames ?? [], of: target.table)
    if let filter {
      let names = filter.attributeNames
      for part in target.key.parts where names.hasSame(part.name) {
        let parameter = isLegacyFilter ? "QueryFilter" : "Filter Expression"
        throw .validation(
          "\(parameter) can only contain non-primary key attributes: Primary key attribute: \(part.name)")
      }
    }
    try target.checkSelect(select)
    try KeyChecks.checkScalar(nestedNames: filter?.nestedAttributeNames ?? [], of: target.table)
    try target.checkProjection(projection)
    try target.checkFilter(filter, select: select)
  }
}

// MARK: - The range

extension QueryExpressions {
  /// The tree's keys that the query reads.
  ///
  /// A starting key and the key condition are checked side by side, attribute by attribute of the key, as the
  /// service does.
  func range(
    in target: ReadTarget, startingAfter startKey: Item?, forward: Bool
  ) throws(Interruption) -> EntryRange {
    let key = target.key
    if let startKey {
      guard startKey.count == StartKey.names(table: target.table, index: target.index).count else {
        throw StartKeyErrors.invalid
      }
      for part in key.partition { try StartKey.check(startKey.view, part, isPartition: true) }
    }
    let keyRange = try resolve(key)
    try KeyChecks.checkNotEmpty(keyRange, of: target)
    var range = EntryRange(keyRange, id: target.id, key)
    if let startKey {
      for part in key.sort { try StartKey.check(startKey.view, part, isPartition: false) }
      let treeKey = try StartKey.treeKey(startKey.view, table: target.table, index: target.index)
      try check(startKey, isIn: keyRange, of: key)
      range.start(after: treeKey, forward: forward)
    }
    return range
  }

  private func resolve(_ key: KeyShape) throws(Interruption) -> KeyRange {
    do throws(ExpressionError) {
      return try keyCondition.resolve(
        partition: key.partition.map(KeyConditionAttribute.init),
        sort: key.sort.map(KeyConditionAttribute.init))
    } catch {
      throw Interruption(error)
    }
  }

  private func check(_ startKey: Item, isIn range: KeyRange, of key: KeyShape) throws(Interruption) {
    let matchesPartition = zip(key.partition, range.partition).allSatisfy { part, value in
      startKey.view.attribute(named: part.name)!.equals(value)
    }
    guard !range.sortEquals.isEmpty || range.sortRange != nil else {
      if !matchesPartition { throw StartKeyErrors.outsideQuery }
      return
    }
    guard range.containsSortKey(of: startKey.view, key) else { throw StartKeyErrors.outsideSortRange }
    if !matchesPartition { throw StartKeyErrors.notRestartable }
  }
}

extension KeyConditionAttribute {
  fileprivate init(_ part: KeyPart) {
    self.init(name: part.name, type: part.type.attributeType)
  }
}

extension ValueView {
  fileprivate func equals(_ value: EncodedValue) -> Bool {
    self == value.view
  }
}

extension KeyRange {
  /// Whether the sort key of `item`, whose attributes have the key's types, is in the range.
  fileprivate func containsSortKey(of item: borrowing ItemView, _ key: KeyShape) -> Bool {
    for (part, value) in zip(key.sort, sortEquals) {
      guard item.attribute(named: part.name)!.equals(value) else { return false }
    }
    guard let sortRange else { return true }
    let value = item.attribute(named: key.sort[sortEquals.count].name)!
    return switch sortRange {
    case .lessThan(let bound): value.order(comparedTo: bound.view)! < 0
    case .lessThanOrEqual(let bound): value.order(comparedTo: bound.view)! <= 0
    case .greaterThan(let bound): value.order(comparedTo: bound.view)! > 0
    case .greaterThanOrEqual(let bound): value.order(comparedTo: bound.view)! >= 0
    case .between(let low, let high):
      value.order(comparedTo: low.view)! >= 0 && value.order(comparedTo: high.view)! <= 0
    case .beginsWith(let prefix): value.payload.hasPrefix(prefix.view.payload)
    }
  }
}

extension RawSpan {
  fileprivate func hasPrefix(_ prefix: RawSpan) -> Bool {
    byteCount >= prefix.byteCount && equalBytes(extracting(first: prefix.byteCount), prefix)
  }
}
