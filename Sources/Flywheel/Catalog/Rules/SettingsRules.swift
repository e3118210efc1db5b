/// What the remaining settings of a table may be, in the service's words; and which of them this database
/// does not have.
package enum SettingsRules {
  private static let invalid = KeySchemaRules.invalid

  /// Checks a new table's streams, encryption and the like.
  package static func checkNewTable(_ request: CreateTableRequest) throws(ServiceError) {
    if let stream = request.streamSpecification {
      if stream.streamEnabled, stream.streamViewType == nil {
        throw .validation(
          invalid + "Table is being created with a stream enabled, UpdateViewType is required")
      }
      if !stream.streamEnabled, stream.streamViewType != nil {
        throw .validation(
          invalid + "Table is being created with a stream disabled, UpdateViewType should not be specified")
      }
      if stream.streamEnabled { throw .unsupported("streams (StreamSpecification)") }
    }
    try checkEncryption(request.sseSpecification)
  }

  /// Checks which encryption is asked for.
  package static func checkEncryption(_ sse: SSESpecification?) throws(ServiceError) {
    guard let sse else { return }
    if sse.enabled == false {
      if sse.sseType != nil {
        throw .validation(invalid + "SSEType can not be specified if Enabled is false")
      }
      if sse.kmsMasterKeyId != nil {
        throw .validation(invalid + "KMSMasterKeyId can not be specified if Enabled is false")
      }
    }
    if sse.sseType == .aes256 { throw .validation(invalid + "SSEType AES256 is not supported") }
    if sse.kmsMasterKeyId != nil, sse.sseType != .kms {
      throw .validation(invalid + "SSEType KMS is required if KMSMasterKeyId is specified")
    }
  }
}

extension ServiceError {
  /// The honest answer to what this release does not have; see Docs/Differences.md.
  package static func unsupported(_ what: String) -> ServiceError {
    .validation("Flywheel does not support \(what) yet")
  }
}

extension SSESpecification {
  /// Whether it asks for a key that is not the service's own. `{SSEType: KMS}` alone does.
  package var isOn: Bool { enabled ?? (sseType != nil || kmsMasterKeyId != nil) }
}

extension Projection {
  /// The projection as it is stored and shown: names in order.
  package var normalized: Projection {
    Projection(
      projectionType,
      nonKeyAttributes: nonKeyAttributes?.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
  }
}

extension OnDemandThroughput {
  /// The limits as they are stored and shown: without those that were taken away, nil if none is left.
  package var settled: OnDemandThroughput? {
    var limits = self
    if limits.maxReadRequestUnits == -1 { limits.maxReadRequestUnits = nil }
    if limits.maxWriteRequestUnits == -1 { limits.maxWriteRequestUnits = nil }
    return limits.maxReadRequestUnits == nil && limits.maxWriteRequestUnits == nil ? nil : limits
  }
}

extension GlobalIndexDefinition {
  /// The index that `specification` asks for.
  package init(
    id: UInt32, of specification: GlobalSecondaryIndex, billingMode: BillingMode, status: IndexStatus
  ) {
    var stored = specification
    stored.projection = specification.projection.normalized
    stored.onDemandThroughput = specification.onDemandThroughput?.settled
    stored.provisionedThroughput = nil
    stored.warmThroughput = nil
    self.init(
      id: id, specification: stored, status: status,
      throughput: ThroughputHistory(specification.provisionedThroughput),
      warmThroughput: WarmLevel(
        billingMode: billingMode, throughput: specification.provisionedThroughput,
        asked: specification.warmThroughput))
  }
}

extension CatalogSnapshot {
  /// Capacity units that all provisioned tables and indexes hold, but for one table's.
  package func reservedUnits(except name: String) -> (read: Int, write: Int) {
    var units = (read: 0, write: 0)
    for table in tables.values where table.name != name {
      let all = [table.definition.throughput] + table.definition.globalIndexes.map(\.throughput)
      units.read += all.reduce(0) { $0 + $1.readCapacityUnits }
      units.write += all.reduce(0) { $0 + $1.writeCapacityUnits }
    }
    return units
  }
}
