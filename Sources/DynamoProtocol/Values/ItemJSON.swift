package import DynamoModel
package import Flywheel

/// Items as the API's JSON, outside of any request: `{"pk":{"S":"a"},"n":{"N":"1"}}`.
package enum ItemJSON {
  /// Reads an item.
  ///
  /// - Throws: what a request that contains it would be answered with.
  package static func item(_ json: RawSpan) throws(ServiceError) -> Item {
    var wire = RequestReader(json)
    let item: Item
    do throws(SerializationFault) {
      item = try wire.itemElement(of: 0)
      try wire.json.finish()
    } catch {
      throw ServiceError(.serialization, error.message ?? "")
    }
    if let fault = wire.valueFaults.first { throw .validation(fault.message) }
    return item
  }

  /// Writes an item.
  package static func json(_ item: borrowing ItemView) -> [UInt8] {
    var json = JSONWriter(capacityBytes: item.bytes.byteCount * 2)
    json.item(item)
    return json.finish()
  }
}
