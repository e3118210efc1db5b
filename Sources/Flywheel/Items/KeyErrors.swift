import DynamoModel

/// What the service says of keys that a table can't take.
enum KeyErrors {
  /// A `Key`, or an item of a batch, whose key attributes are not the schema's.
  static let mismatch = fault(.mismatch, "The provided key element does not match the schema")

  /// A batch of nothing.
  static let noRequestItems = Interruption.validation(
    "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: "
      + "Member must have length greater than or equal to 1")

  /// What is wrong with a `Key`, or with the key of an item of a batch.
  static func ofKey(_ fault: KeyFault, isPartition: Bool) -> Interruption {
    switch fault {
    case .missing, .invalid(_, .typeMismatch): mismatch
    case .invalid(let part, let error): ofContent(part, error, isPartition: isPartition)
    }
  }

  /// What is wrong with the key of an item to put.
  static func ofItem(_ fault: KeyFault, isPartition: Bool) -> Interruption {
    switch fault {
    case .missing(let part):
      invalid("Missing the key \(part.name) in the item")
    case .invalid(let part, .typeMismatch(let expected, let actual)):
      invalid(
        "Type mismatch for key \(part.name) expected: \(expected.descriptor) actual: \(actual.descriptor)")
    case .invalid(let part, let error):
      ofContent(part, error, isPartition: isPartition)
    }
  }

  private static func ofContent(_ part: KeyPart, _ error: KeyError, isPartition: Bool) -> Interruption {
    switch error {
    case .typeMismatch: mismatch
    case .empty: fault(.empty, notValid("\(emptyValue(part.type)) Key: \(part.name)"))
    case .tooLong: tooLong(isPartition: isPartition)
    }
  }

  /// What is wrong with an attribute of an item to put that is part of an index's key.
  static func ofIndexKey(_ part: KeyPart, _ error: KeyError, isPartition: Bool, index: String) -> Interruption
  {
    switch error {
    case .typeMismatch(let expected, let actual):
      indexTypeMismatch(part.name, expected: expected, actual: actual, index: index)
    case .empty:
      fault(
        .empty,
        notValid(
          "A value specified for a secondary index key is not supported. \(emptyValue(part.type)) "
            + "IndexName: \(index), IndexKey: \(part.name)"))
    case .tooLong:
      tooLong(isPartition: isPartition)
    }
  }

  /// An attribute that is given a type which the index whose key it is part of can't take.
  static func indexTypeMismatch(
    _ name: String, expected: AttributeType, actual: AttributeType, index: String
  ) -> Interruption {
    invalid(
      "Type mismatch for Index Key \(name) Expected: \(expected.descriptor) Actual: \(actual.descriptor) "
        + "IndexName: \(index)")
  }

  /// What is wrong with what an update has made of an attribute that is part of an index's key.
  static func ofUpdatedIndexKey(_ part: KeyPart, _ error: KeyError) -> Interruption {
    switch error {
    case .typeMismatch:
      .validation("The update expression attempted to update the secondary index key to unsupported type")
    case .empty:
      fault(
        .empty,
        notValid(
          "The update expression attempted to update a secondary index key to a value that is not supported. "
            + emptyValue(part.type)))
    case .tooLong:
      .validation(
        "The update expression attempted to update the secondary index key beyond allowed size limits")
    }
  }

  /// A key attribute that an expression reaches into.
  static func notScalar(_ name: String, isIndexKey: Bool) -> Interruption {
    .validation(
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
        + "\(isIndexKey ? "IndexKey" : "Key"): \(name)")
  }

  /// The blank that is missing is missing in the service's text, too.
  private static func tooLong(isPartition: Bool) -> Interruption {
    isPartition
      ? invalid("Size of hashkey has exceeded the maximum size limit of2048 bytes")
      : invalid("Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
  }

  private static func emptyValue(_ type: KeyType) -> String {
    let kind = type == .string ? "string" : "binary"
    return "The AttributeValue for a key attribute cannot contain an empty \(kind) value."
  }

  private static func invalid(_ reason: String) -> Interruption {
    .validation("One or more parameter values were invalid: \(reason)")
  }

  private static func notValid(_ reason: String) -> String {
    "One or more parameter values are not valid. \(reason)"
  }

  private static func fault(_ kind: ServiceError.KeyFaultKind, _ message: String) -> Interruption {
    var error = ServiceError.validation(message)
    error.keyFault = kind
    return .service(error)
  }
}
