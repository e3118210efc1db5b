/// Why a text is not a number this database can hold, or why a sum has no representation.
///
/// The cases are the service's own distinctions: each has a message of its own in a `ValidationException`.
public enum NumberError: Error, Sendable, Equatable {
  /// The text is not `[+-] digits [. digits] [e [+-] digits]`.
  case malformed
  /// The magnitude is 1E+126 or more.
  case overflow
  /// The magnitude is not zero and below 1E-130.
  case underflow
  /// More than 38 significant digits, leading and trailing zeros not counted.
  case tooManyDigits

  /// The service's message for this error.
  ///
  /// - Parameter text: the offending number as the client wrote it; only `malformed` repeats it.
  public func message(for text: String) -> String {
    switch self {
    case .malformed:
      text.isEmpty
        ? "The parameter cannot be converted to a numeric value"
        : "The parameter cannot be converted to a numeric value: \(text)"
    case .overflow:
      "Number overflow. Attempting to store a number with magnitude larger than supported range"
    case .underflow:
      "Number underflow. Attempting to store a number with magnitude smaller than supported range"
    case .tooManyDigits:
      "Attempting to store more than 38 significant digits in a Number"
    }
  }
}
