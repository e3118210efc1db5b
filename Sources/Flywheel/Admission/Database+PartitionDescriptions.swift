import DynamoModel
import LSMTree

extension Database {
  /// The partitions of a table, or of one of its global indexes, in the order of their hashes.
  ///
  /// Cost: one lookup in the tree for each hot key, of which a partition has 16 at most. May wait for the disk. With
  /// ``DatabaseOptions/Throttling/off`` nothing is counted, and the numbers are 0.
  ///
  /// - Throws: ``ErrorCode/resourceNotFound`` if there is no such table or global index.
  public func partitions(
    ofTable tableName: String, index indexName: String? = nil
  ) throws(ServiceError) -> [PartitionDescription] {
    guard let table = catalog.snapshot.tables[TableName.resolve(tableName)] else {
      throw .tableNotFound(TableName.resolve(tableName))
    }
    var index: Index?
    if let indexName {
      index = table.indexes.first { $0.name == indexName && $0.kind == .global }
      guard index != nil else {
        throw ServiceError(
          .resourceNotFound, "Requested resource not found: Index \(indexName) for table \(table.name)")
      }
    }
    let id = index?.id ?? table.id
    let totals = (index?.counters ?? table.counters).totals
    let admission = index?.admission ?? table.admission
    let ranges = admission?.ranges ?? table.definition.partitions[id] ?? PartitionRanges(evenly: 1)
    var descriptions: [PartitionDescription] = []
    for position in 0..<ranges.count {
      let share = ranges.share(at: position)
      let partition = admission?.partitions[position]
      func consumed(_ direction: CapacityDirection) -> Double {
        guard let admission, let partition else { return 0 }
        return admission.meter.consumedUnits(direction, ofPartition: partition.number)
      }
      descriptions.append(
        PartitionDescription(
          hashes: ranges.range(at: position), consumedReadUnits: consumed(.read),
          consumedWriteUnits: consumed(.write),
          throttledReads: partition?.reads.throttledRequests ?? 0,
          throttledWrites: partition?.writes.throttledRequests ?? 0,
          itemCountEstimate: Int((Double(totals.items) * share).rounded()),
          sizeBytesEstimate: Int((Double(totals.bytes) * share).rounded()),
          hotKeys: try hotKeys(partition?.keys ?? KeySketch(), id, index?.key ?? table.key)))
    }
    return descriptions
  }

  private func hotKeys(
    _ sketch: KeySketch, _ id: UInt32, _ shape: KeyShape
  ) throws(ServiceError) -> [HotKey] {
    var keys: [HotKey] = []
    for counter in sketch.top {
      keys.append(
        HotKey(
          key: try key(of: counter.hash, id, shape), hash: counter.hash,
          share: Double(counter.count) / Double(max(1, sketch.total))))
    }
    return keys
  }

  /// The partition key of the first item that has a hash: of all items that do, but for collisions of 64 bits.
  private func key(of hash: UInt64, _ id: UInt32, _ shape: KeyShape) throws(ServiceError) -> Item? {
    var prefix = KeyBuffer()
    prefix.append(bigEndian: id)
    prefix.append(bigEndian: hash)
    let lower = [UInt8](copying: prefix.bytes)
    guard let upper = Keyspace.successor(ofPrefix: prefix.bytes) else { return nil }
    do throws(TreeError) {
      let view = tree.view()
      var cursor = try tree.cursor(in: view, from: lower, to: upper, io: .blocking)
      try cursor.seekToFirst()
      guard cursor.isValid else { return nil }
      return StartKey.item(of: shape.partition.map(\.name), from: ItemView(trusting: cursor.value))
    } catch {
      options.onEvent?(.engineFailed(operation: "partitions", error: DatabaseError(error)))
      throw ServiceError(.internalServerError, "Internal server error")
    }
  }
}
