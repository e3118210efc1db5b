import DynamoProtocol
import Flywheel

/// What `flywheel top` looks at.
extension AdminAPI {
  /// Keys that are told of a partition, at most.
  private static let hotKeysMax = 3

  func activity() throws(AdminFault) -> AdminResponse {
    let activity = try currentActivity()
    return .json { activity.write(to: &$0) }
  }

  func partitions(_ call: AdminCall) throws(AdminFault) -> AdminResponse {
    let table = try table(call.path[1])
    let partitions = try describe(table, call.query["index"])
    return .json { json in
      json.name("partitions")
      json.beginArray()
      for partition in partitions { json.partition(partition) }
      json.endArray()
    }
  }

  private func currentActivity() throws(AdminFault) -> Activity {
    var totals: [Resource: [MetricName: Double]] = [:]
    for total in database.metricTotals() {
      guard let table = total.tableName else { continue }
      totals[Resource(table: table, index: total.indexName), default: [:]][total.metric, default: 0] +=
        total.statistics.sum
    }
    var activity = Activity(
      seconds: Double(MonotonicClock.nanoseconds) / 1e9,
      time: Double(database.clockControl.now.nanosecondsSince1970 / 1_000_000) / 1e3, resources: [])
    let snapshot = database.catalog.snapshot
    for name in snapshot.names {
      guard let table = snapshot.tables[name] else { continue }
      activity.resources.append(
        try resource(table, nil, table.counters, table.definition.throughput, totals[Resource(table: name)]))
      for index in table.definition.globalIndexes {
        let indexName = index.specification.indexName
        guard let counters = table.index(named: indexName)?.counters else { continue }
        activity.resources.append(
          try resource(
            table, indexName, counters, index.throughput, totals[Resource(table: name, index: indexName)]))
      }
    }
    return activity
  }

  private struct Resource: Hashable {
    var table: String
    var index: String?
  }

  private func resource(
    _ table: Table, _ index: String?, _ counters: ItemCounters, _ throughput: ThroughputHistory,
    _ totals: [MetricName: Double]?
  ) throws(AdminFault) -> Activity.Resource {
    func total(_ metrics: MetricName...) -> Double { metrics.reduce(0) { $0 + (totals?[$1] ?? 0) } }
    var resource = Activity.Resource(
      table: table.name, index: index, isProvisioned: table.definition.billingMode == .provisioned)
    resource.provisionedReadUnits = throughput.readCapacityUnits
    resource.provisionedWriteUnits = throughput.writeCapacityUnits
    (resource.items, resource.bytes) = (max(0, counters.totals.items), max(0, counters.totals.bytes))
    resource.readUnits = total(.consumedReadCapacityUnits)
    resource.writeUnits = total(.consumedWriteCapacityUnits)
    resource.throttledReads = total(.readThrottleEvents)
    resource.throttledWrites = total(.writeThrottleEvents)
    resource.requests = total(
      .successfulRequests, .throttledRequests, .conditionalCheckFailedRequests, .systemErrors)
    resource.partitions = try describe(table, index).map { description in
      var partition = Activity.Partition()
      partition.readUnits = description.consumedReadUnits
      partition.writeUnits = description.consumedWriteUnits
      partition.throttled = Double(description.throttledReads + description.throttledWrites)
      partition.hotKeys = description.hotKeys.prefix(Self.hotKeysMax).map { key in
        Activity.HotKey(key: key.text, share: key.share)
      }
      return partition
    }
    return resource
  }

  private func describe(_ table: Table, _ index: String?) throws(AdminFault) -> [PartitionDescription] {
    do throws(ServiceError) {
      return try database.partitions(ofTable: table.name, index: index)
    } catch {
      if error.code == .resourceNotFound { throw .notFound(error.message) }
      throw AdminFault(status: 503, message: error.message)
    }
  }
}

extension HotKey {
  /// The key in the API's JSON; its hash where no item has it.
  fileprivate var text: String {
    guard let key else { return "#\(String(hash, radix: 16))" }
    return String(decoding: ItemJSON.json(key.view), as: UTF8.self)
  }
}

extension JSONWriter {
  fileprivate mutating func partition(_ partition: PartitionDescription) {
    beginObject()
    member("firstHash", String(partition.hashes.lowerBound, radix: 16))
    member("lastHash", String(partition.hashes.upperBound, radix: 16))
    member("readUnits", partition.consumedReadUnits)
    member("writeUnits", partition.consumedWriteUnits)
    member("throttledReads", partition.throttledReads)
    member("throttledWrites", partition.throttledWrites)
    member("itemsEstimate", partition.itemCountEstimate)
    member("bytesEstimate", partition.sizeBytesEstimate)
    name("hotKeys")
    beginArray()
    for key in partition.hotKeys {
      beginObject()
      if let item = key.key {
        name("key")
        self.item(item.view)
      }
      member("hash", String(key.hash, radix: 16))
      member("share", key.share)
      endObject()
    }
    endArray()
    endObject()
  }
}
