import DynamoModel
import Flywheel

/// How transcripts write answers: a line for each member that there is, "ok" if there is none.
extension TranscriptCommand {
  func answer(_ response: PutItemResponse) -> String {
    answer(response.attributes, response.consumedCapacity, response.itemCollectionMetrics)
  }

  func answer(_ response: DeleteItemResponse) -> String {
    answer(response.attributes, response.consumedCapacity, response.itemCollectionMetrics)
  }

  func answer(_ response: UpdateItemResponse) -> String {
    answer(response.attributes, response.consumedCapacity, response.itemCollectionMetrics)
  }

  private func answer(
    _ attributes: Item?, _ capacity: ConsumedCapacity?, _ metrics: ItemCollectionMetrics?
  ) -> String {
    joined([attributes.map { "Attributes: \(LiteralWriter.text($0))" }, text(capacity), metrics.map(text)])
  }

  func answer(_ response: GetItemResponse) -> String {
    joined([response.item.map { "Item: \(LiteralWriter.text($0))" }, text(response.consumedCapacity)])
  }

  func answer(_ response: QueryResponse) -> String {
    page(
      response.items, response.count, response.scannedCount, response.lastEvaluatedKey,
      response.consumedCapacity)
  }

  func answer(_ response: ScanResponse) -> String {
    page(
      response.items, response.count, response.scannedCount, response.lastEvaluatedKey,
      response.consumedCapacity)
  }

  private func page(
    _ items: ItemPage?, _ count: Int, _ scannedCount: Int, _ lastKey: Item?, _ capacity: ConsumedCapacity?
  ) -> String {
    var lines = (items ?? ItemPage()).map { Optional(LiteralWriter.text($0)) }
    lines.append("Count: \(count) of \(scannedCount)\(items == nil ? ", no items" : "")")
    lines.append(lastKey.map { "LastEvaluatedKey: \(LiteralWriter.text($0))" })
    lines.append(text(capacity))
    return joined(lines)
  }

  func answer(_ response: BatchGetItemResponse) -> String {
    var lines: [String?] = []
    for found in response.responses {
      lines.append("\(found.tableName):")
      lines += found.items.map { "  \(LiteralWriter.text($0))" }
    }
    for left in response.unprocessedKeys { lines.append("Unprocessed: \(left.tableName) \(left.keys.count)") }
    lines += (response.consumedCapacity ?? []).map(text)
    return joined(lines)
  }

  func answer(_ response: BatchWriteItemResponse) -> String {
    var lines: [String?] = response.unprocessedItems.map {
      "Unprocessed: \($0.tableName) \($0.requests.count)"
    }
    for (table, metrics) in response.itemCollectionMetrics ?? [] {
      lines += metrics.map { "\(table) \(text($0))" }
    }
    lines += (response.consumedCapacity ?? []).map(text)
    return joined(lines)
  }

  private func text(_ metrics: ItemCollectionMetrics) -> String {
    "Collection: \(LiteralWriter.text(metrics.itemCollectionKey)) \(metrics.sizeEstimateRangeGB)"
  }

  private func text(_ capacity: ConsumedCapacity?) -> String? {
    guard let capacity else { return nil }
    var text = "Capacity: \(capacity.tableName) \(capacity.capacityUnits)"
    if let table = capacity.table { text += " table \(table.capacityUnits)" }
    for (name, part) in (capacity.localSecondaryIndexes ?? [:]).sorted(by: { $0.key < $1.key }) {
      text += " local \(name) \(part.capacityUnits)"
    }
    for (name, part) in (capacity.globalSecondaryIndexes ?? [:]).sorted(by: { $0.key < $1.key }) {
      text += " global \(name) \(part.capacityUnits)"
    }
    return text
  }

  private func joined(_ lines: [String?]) -> String {
    let lines = lines.compactMap(\.self)
    return lines.isEmpty ? "ok" : lines.joined(separator: "\n")
  }
}
