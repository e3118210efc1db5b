import Flywheel

// Reads the structures of which requests about tables consist. A structure that lacks what it must have has
// been noted as such, so the placeholder that stands in for it here is never used.

extension RequestReader {
  @_lifetime(self: copy self)
  mutating func attributeDefinitions(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> [AttributeDefinition] {
    try list(cursor) { wire throws(SerializationFault) in
      var definition = AttributeDefinition("", .string)
      var members = try wire.begin(TableShapes.attributeDefinition, at: .element)
      while let field = try wire.next(&members, as: TableShapes.AttributeDefinitionField.self) {
        switch field {
        case .attributeName: definition.attributeName = try wire.string(members)
        case .attributeType: definition.attributeType = try wire.word(members) ?? .string
        }
      }
      return definition
    }
  }

  @_lifetime(self: copy self)
  mutating func keySchema(_ cursor: MemberCursor) throws(SerializationFault) -> [KeySchemaElement] {
    try list(cursor) { wire throws(SerializationFault) in
      var element = KeySchemaElement("", .hash)
      var members = try wire.begin(TableShapes.keySchemaElement, at: .element)
      while let field = try wire.next(&members, as: TableShapes.KeySchemaElementField.self) {
        switch field {
        case .attributeName: element.attributeName = try wire.string(members)
        case .keyType: element.keyType = try wire.word(members) ?? .hash
        }
      }
      return element
    }
  }

  @_lifetime(self: copy self)
  mutating func projection(_ cursor: MemberCursor) throws(SerializationFault) -> Projection {
    try structure(cursor) { wire throws(SerializationFault) in
      var projection = Projection()
      var members = try wire.begin(TableShapes.projection)
      while let field = try wire.next(&members, as: TableShapes.ProjectionField.self) {
        switch field {
        case .projectionType: projection.projectionType = try wire.word(members)
        case .nonKeyAttributes: projection.nonKeyAttributes = try wire.strings(members)
        }
      }
      return projection
    }
  }

  @_lifetime(self: copy self)
  mutating func provisionedThroughput(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> ProvisionedThroughput {
    try structure(cursor) { wire throws(SerializationFault) in
      var throughput = ProvisionedThroughput(readCapacityUnits: 0, writeCapacityUnits: 0)
      var members = try wire.begin(TableShapes.provisionedThroughput)
      while let field = try wire.next(&members, as: TableShapes.ProvisionedThroughputField.self) {
        switch field {
        case .readCapacityUnits: throughput.readCapacityUnits = try wire.integer(members)
        case .writeCapacityUnits: throughput.writeCapacityUnits = try wire.integer(members)
        }
      }
      return throughput
    }
  }

  @_lifetime(self: copy self)
  mutating func onDemandThroughput(_ cursor: MemberCursor) throws(SerializationFault) -> OnDemandThroughput {
    try structure(cursor) { wire throws(SerializationFault) in
      var throughput = OnDemandThroughput()
      var members = try wire.begin(TableShapes.onDemandThroughput)
      while let field = try wire.next(&members, as: TableShapes.OnDemandThroughputField.self) {
        switch field {
        case .maxReadRequestUnits: throughput.maxReadRequestUnits = try wire.integer(members)
        case .maxWriteRequestUnits: throughput.maxWriteRequestUnits = try wire.integer(members)
        }
      }
      return throughput
    }
  }

  @_lifetime(self: copy self)
  mutating func warmThroughput(_ cursor: MemberCursor) throws(SerializationFault) -> WarmThroughput {
    try structure(cursor) { wire throws(SerializationFault) in
      var throughput = WarmThroughput()
      var members = try wire.begin(TableShapes.warmThroughput)
      while let field = try wire.next(&members, as: TableShapes.WarmThroughputField.self) {
        switch field {
        case .readUnitsPerSecond: throughput.readUnitsPerSecond = try wire.integer(members)
        case .writeUnitsPerSecond: throughput.writeUnitsPerSecond = try wire.integer(members)
        }
      }
      return throughput
    }
  }

  @_lifetime(self: copy self)
  mutating func streamSpecification(_ cursor: MemberCursor) throws(SerializationFault) -> StreamSpecification
  {
    try structure(cursor) { wire throws(SerializationFault) in
      var stream = StreamSpecification(streamEnabled: false)
      var members = try wire.begin(TableShapes.streamSpecification)
      while let field = try wire.next(&members, as: TableShapes.StreamSpecificationField.self) {
        switch field {
        case .streamEnabled: stream.streamEnabled = try wire.bool()
        case .streamViewType: stream.streamViewType = try wire.word(members)
        }
      }
      return stream
    }
  }

  @_lifetime(self: copy self)
  mutating func sseSpecification(_ cursor: MemberCursor) throws(SerializationFault) -> SSESpecification {
    try structure(cursor) { wire throws(SerializationFault) in
      var sse = SSESpecification()
      var members = try wire.begin(TableShapes.sseSpecification)
      while let field = try wire.next(&members, as: TableShapes.SSESpecificationField.self) {
        switch field {
        case .enabled: sse.enabled = try wire.bool()
        case .sseType: sse.sseType = try wire.word(members)
        case .kmsMasterKeyId: sse.kmsMasterKeyId = try wire.string(members)
        }
      }
      return sse
    }
  }

  /// Reads tags; one without a key or a value is noted in the service's own words for it.
  @_lifetime(self: copy self)
  mutating func tableClass(_ cursor: MemberCursor) throws(SerializationFault) -> TableClass? {
    let text = try string(cursor)
    if let known = TableClass(rawValue: text) { return known }
    noteValueFault(
      "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, "
        + "STANDARD_INFREQUENT_ACCESS].", in: cursor.index)
    return nil
  }

  @_lifetime(self: copy self)
  mutating func tags(_ cursor: MemberCursor) throws(SerializationFault) -> [Tag] {
    let member = cursor.index
    return try list(cursor) { wire throws(SerializationFault) in
      var key: String?
      var value: String?
      var members = try wire.begin(TableShapes.tag, at: .element)
      while let field = try wire.next(&members, as: TableShapes.TagField.self) {
        switch field {
        case .key: key = try wire.string(members)
        case .value: value = try wire.string(members)
        }
      }
      if key == nil {
        wire.noteValueFault("The Tag Key provided is invalid, Key: null", in: member)
      } else if value == nil {
        wire.noteValueFault("The Tag Value provided is invalid, Value: null", in: member)
      }
      return Tag(key: key ?? "", value: value ?? "")
    }
  }
}

// MARK: - Indexes

extension RequestReader {
  @_lifetime(self: copy self)
  mutating func localIndexes(_ cursor: MemberCursor) throws(SerializationFault) -> [LocalSecondaryIndex] {
    try list(cursor) { wire throws(SerializationFault) in
      var index = LocalSecondaryIndex(indexName: "", keySchema: [], projection: Projection())
      var members = try wire.begin(TableShapes.localIndex, at: .element)
      while let field = try wire.next(&members, as: TableShapes.LocalIndexField.self) {
        switch field {
        case .indexName: index.indexName = try wire.string(members)
        case .keySchema: index.keySchema = try wire.keySchema(members)
        case .projection: index.projection = try wire.projection(members)
        }
      }
      return index
    }
  }

  @_lifetime(self: copy self)
  mutating func globalIndexes(_ cursor: MemberCursor) throws(SerializationFault) -> [GlobalSecondaryIndex] {
    try list(cursor) { wire throws(SerializationFault) in
      try wire.globalIndex(TableShapes.globalIndex, at: .element)
    }
  }

  @_lifetime(self: copy self)
  private mutating func globalIndex(
    _ shape: Structure, at position: ShapePosition
  ) throws(SerializationFault) -> GlobalSecondaryIndex {
    var index = GlobalSecondaryIndex(indexName: "", keySchema: [], projection: Projection())
    var members = try begin(shape, at: position)
    while let field = try next(&members, as: TableShapes.GlobalIndexField.self) {
      switch field {
      case .indexName: index.indexName = try string(members)
      case .keySchema: index.keySchema = try keySchema(members)
      case .projection: index.projection = try projection(members)
      case .provisionedThroughput: index.provisionedThroughput = try provisionedThroughput(members)
      case .onDemandThroughput: index.onDemandThroughput = try onDemandThroughput(members)
      case .warmThroughput: index.warmThroughput = try warmThroughput(members)
      }
    }
    return index
  }

  @_lifetime(self: copy self)
  mutating func indexUpdates(
    _ cursor: MemberCursor
  ) throws(SerializationFault) -> [GlobalSecondaryIndexUpdate] {
    try list(cursor) { wire throws(SerializationFault) in
      var update = GlobalSecondaryIndexUpdate()
      var members = try wire.begin(TableShapes.indexUpdate, at: .element)
      while let field = try wire.next(&members, as: TableShapes.IndexUpdateField.self) {
        switch field {
        case .update:
          update.update = try wire.structure(members) { wire throws(SerializationFault) in
            try wire.indexUpdate()
          }
        case .create:
          update.create = try wire.structure(members) { wire throws(SerializationFault) in
            try wire.globalIndex(TableShapes.createIndex, at: .member)
          }
        case .delete:
          update.delete = try wire.structure(members) { wire throws(SerializationFault) in
            try wire.indexDeletion()
          }
        }
      }
      return update
    }
  }

  @_lifetime(self: copy self)
  private mutating func indexUpdate() throws(SerializationFault) -> UpdateGlobalSecondaryIndexAction {
    var update = UpdateGlobalSecondaryIndexAction(indexName: "")
    var members = try begin(TableShapes.updateIndex)
    while let field = try next(&members, as: TableShapes.UpdateIndexField.self) {
      switch field {
      case .indexName: update.indexName = try string(members)
      case .provisionedThroughput: update.provisionedThroughput = try provisionedThroughput(members)
      case .onDemandThroughput: update.onDemandThroughput = try onDemandThroughput(members)
      case .warmThroughput: update.warmThroughput = try warmThroughput(members)
      }
    }
    return update
  }

  @_lifetime(self: copy self)
  private mutating func indexDeletion() throws(SerializationFault) -> DeleteGlobalSecondaryIndexAction {
    var deletion = DeleteGlobalSecondaryIndexAction(indexName: "")
    var members = try begin(TableShapes.deleteIndex)
    while try next(&members, as: TableShapes.DeleteIndexField.self) != nil {
      deletion.indexName = try string(members)
    }
    return deletion
  }
}
