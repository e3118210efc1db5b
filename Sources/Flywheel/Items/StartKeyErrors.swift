/// What the service says of an `ExclusiveStartKey` that no page of the request can have ended with.
enum StartKeyErrors {
  private static let text = "The provided starting key is invalid"

  static let invalid = Interruption.validation(text)

  /// A key whose attributes are not the table's key.
  static let mismatch = because(KeyErrors.mismatch)

  static let outsideQuery = Interruption.validation(
    "The provided starting key is outside query boundaries based on provided conditions")
  static let outsideSortRange = Interruption.validation(
    "The provided starting key does not match the range key predicate")
  static let notRestartable = Interruption.validation(
    "The query can return at most one row and cannot be restarted")

  static func wrongSegment(_ segment: Int, of totalSegments: Int) -> Interruption {
    because(
      "Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
        + "TotalSegments: \(totalSegments) Segment: \(segment)")
  }

  /// Says that what is wrong with the table's part of a key makes the starting key invalid.
  static func because(_ cause: Interruption) -> Interruption {
    guard case .service(let error) = cause else { return cause }
    return because(error.message)
  }

  private static func because(_ reason: String) -> Interruption {
    .validation("\(text): \(reason)")
  }
}
