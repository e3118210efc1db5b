package import DynamoModel

/// Makes an index's entry from an item.
extension Index {
  /// What the index stores for `item`: all of it, or the attributes it projects. Cost: nothing for `.all`,
  /// else a walk of the item and one allocation.
  package func entry(of item: Item) -> Item {
    if content == .all { return item }
    var builder = ItemBuilder(capacityBytes: 256)
    do throws(ItemError) {
      try copy(item.view, into: &builder)
      return try builder.finishItem()
    } catch {
      // Parts of an item that was built can be built again: nothing nests deeper or grows.
      preconditionFailure("an item's own attributes were refused: \(error.message)")
    }
  }

  /// Attributes and projected names are both in order of their bytes, so one pass over the two finds what
  /// they share.
  private func copy(_ item: borrowing ItemView, into builder: inout ItemBuilder) throws(ItemError) {
    try builder.beginItem()
    var position = 0
    var attributes = item.attributes
    while attributes.next() {
      while position < projectedNames.count {
        let order = compareBytes(projectedNames[position].utf8Span.span.bytes, attributes.name)
        if order >= 0 {
          if order == 0 {
            try builder.name(attributes.name)
            try builder.value(attributes.value)
          }
          break
        }
        position += 1
      }
    }
  }
}
