/// A body that does not have the form its operation wants: it is not JSON, or a value has the wrong JSON type.
///
/// The service tells the two apart. A body that is not JSON is answered with a `SerializationException` that
/// has no message at all; a wrong type is answered with one that names it, under the key `Message` (with a
/// capital, unlike every other error).
package struct SerializationFault: Error, Sendable, Equatable {
  /// The service's text; nil when the body is not JSON.
  package var message: String?

  package init(_ message: String? = nil) {
    self.message = message
  }

  /// The body is not JSON.
  package static let malformed = SerializationFault()
}
