import DynamoModel
import Flywheel

extension BatchWriteItem: WireOperation {
  enum Field: Int, CaseIterable { case returnConsumedCapacity, returnItemCollectionMetrics, requestItems }

  static let input = Structure("BatchWriteItemInput", of: Field.self) { field in
    switch field {
    case .returnConsumedCapacity: .returnConsumedCapacity
    case .returnItemCollectionMetrics: .returnItemCollectionMetrics
    case .requestItems:
      Member(
        "RequestItems", .map(.list(.structure(writeRequest))), .required,
        [
          .lengthMin(1), .lengthMax(25),
          .tableNames, .values([.lengthMax(25), .lengthMin(1)]),
        ])
    }
  }

  enum WriteField: Int, CaseIterable { case putRequest, deleteRequest }

  static let writeRequest = Structure("WriteRequest", of: WriteField.self) { field in
    switch field {
    case .putRequest: Member("PutRequest", .structure(putRequest))
    case .deleteRequest: Member("DeleteRequest", .structure(deleteRequest))
    }
  }

  enum PutField: Int, CaseIterable { case item }
  static let putRequest = Structure("PutRequest", of: PutField.self) { _ in
    Member("Item", .map(.attributeValue), .required)
  }

  enum DeleteField: Int, CaseIterable { case key }
  static let deleteRequest = Structure("DeleteRequest", of: DeleteField.self) { _ in .key }

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> BatchWriteItemRequest {
    var request = BatchWriteItemRequest(requestItems: [])
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .returnConsumedCapacity: request.returnConsumedCapacity = try wire.word(members)
      case .returnItemCollectionMetrics: request.returnItemCollectionMetrics = try wire.word(members)
      case .requestItems:
        request.requestItems = try wire.map(members, lengthOf: \.requests.count, readTable).map(\.value)
      }
    }
    return request
  }

  @_lifetime(wire: copy wire)
  private static func readTable(
    _ wire: inout RequestReader, _ tableName: String
  ) throws(SerializationFault) -> TableWrites {
    let writes = try wire.listElement(of: .list(.structure(writeRequest)), readWrite)
    return TableWrites(tableName: tableName, requests: writes)
  }

  @_lifetime(wire: copy wire)
  private static func readWrite(_ wire: inout RequestReader) throws(SerializationFault) -> WriteRequest {
    var put: Item?
    var delete: Item?
    var members = try wire.begin(writeRequest, at: .element)
    while let field = try wire.next(&members, as: WriteField.self) {
      switch field {
      case .putRequest:
        put = try wire.structure(members) { wire throws(SerializationFault) in
          var item = Item.empty
          var members = try wire.begin(putRequest)
          while try wire.next(&members, as: PutField.self) != nil {
            item = try wire.itemElement(of: Field.requestItems.rawValue, at: .member)
          }
          return item
        }
      case .deleteRequest:
        delete = try wire.structure(members) { wire throws(SerializationFault) in
          var key = Item.empty
          var members = try wire.begin(deleteRequest)
          while try wire.next(&members, as: DeleteField.self) != nil {
            key = try wire.itemElement(of: Field.requestItems.rawValue, at: .member)
          }
          return key
        }
      }
    }
    switch (put, delete) {
    case (let item?, nil): return .put(item)
    case (nil, let key?): return .delete(key: key)
    default:
      // The service's words for a value with several types serve it here, too.
      wire.noteValueFault(Message.severalTypes, in: Field.requestItems.rawValue)
      return .put(.empty)
    }
  }

  static func write(_ response: BatchWriteItemResponse, to json: inout JSONWriter) {
    json.name("UnprocessedItems")
    json.beginObject()
    for table in response.unprocessedItems {
      json.array(table.requests, nameData: table.tableName) { json, write in writeRequest(write, to: &json) }
    }
    json.endObject()
    json.object(response.itemCollectionMetrics, named: "ItemCollectionMetrics") { json, tables in
      for table in tables {
        json.array(table.metrics, nameData: table.tableName) { json, metrics in json.collection(metrics) }
      }
    }
    json.consumedCapacities(response.consumedCapacity)
  }

  private static func writeRequest(_ write: WriteRequest, to json: inout JSONWriter) {
    json.beginObject()
    switch write {
    case .put(let item):
      json.object(item, named: "PutRequest") { json, item in json.item(item, named: "Item") }
    case .delete(let key):
      json.object(key, named: "DeleteRequest") { json, key in json.item(key, named: "Key") }
    }
    json.endObject()
  }
}
