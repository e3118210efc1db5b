import DynamoModel

/// What bounds a request's cost in memory, beyond the limits that are the service's own.
///
/// A body of ten megabytes can hold three million empty lists. A value costs more than its JSON once it is read,
/// so containers that the service gives no limit get one here, far above any use of them.
enum RequestLimits {
  /// The most elements of a list, or entries of a map, of a request.
  static let elementsMax = 20_000
  /// The most entries of an attribute's map or set. Each costs an item at least a byte, so an item with more
  /// of them is too large.
  static let attributeEntriesMax = ModelLimits.itemSizeBytesMax
  /// So many violations are kept to be put in order; ten of them are told.
  static let violationsKeptMax = 1_000
  /// So many faults of attribute values are kept; one of them is told.
  static let valueFaultsKeptMax = 1_000
  /// So much of a value is repeated in a message.
  static let echoBytesMax = 16_384
}
