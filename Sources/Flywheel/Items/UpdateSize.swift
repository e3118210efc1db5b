import DynamoExpressions
import DynamoModel

/// How large UpdateItem may make an item.
///
/// The service bounds two things by 400 KB: the item as it will stand, and what the update itself writes,
/// which is the attributes that it sets or adds to, whole, and a fixed price for the update and for each of
/// its actions. The second is the lower bound only for items of which next to nothing is left alone. Source:
/// answers of the service to updates of every size around the limit, published with the conformance suite of
/// the dynoxide project.
enum UpdateSize {
  private static let updateBytes = 3
  private static let writingActionBytes = 19
  private static let removingActionBytes = 2

  /// Whether an update may leave `item`.
  static func isAllowed(_ item: Item, after update: Update) -> Bool {
    let limit = ModelLimits.itemSizeBytesMax
    guard item.sizeBytes <= limit else { return false }
    let counts = update.actionCounts
    let actionBytes =
      updateBytes + counts.writing * writingActionBytes + counts.removing * removingActionBytes
    // What is written is no more than all there is: most items need no closer look.
    guard item.sizeBytes + actionBytes > limit else { return true }
    var writtenBytes = 0
    for name in update.writtenNames {
      guard let value = item.view.attribute(named: name) else { continue }
      writtenBytes += name.utf8.count + value.sizeBytes
    }
    return writtenBytes + actionBytes <= limit
  }
}
