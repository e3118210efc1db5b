/// Telling texts apart as the service does: by their bytes.
///
/// Swift's `==` on strings holds for what Unicode calls canonically equivalent: `é` as one scalar and as a letter with
/// an accent are one text to it, and so are `K` and the Kelvin sign. To the service those are two keys, two attributes, two
/// statements. So nothing that comes from a request, or is compared with such, is compared with `==`, put into a `Set` or
/// made the key of a `Dictionary` as a string, unless it was checked to be ASCII before.
extension String {
  /// Whether two texts have the same bytes.
  @inlinable
  package func isSame(as other: String) -> Bool {
    equalBytes(utf8Span.span.bytes, other.utf8Span.span.bytes)
  }
}

extension Sequence<String> {
  /// Whether a text of the same bytes is among these.
  @inlinable
  package func hasSame(_ text: String) -> Bool {
    contains { $0.isSame(as: text) }
  }
}

/// A text that equals another if their bytes do, for sets and for keys of dictionaries.
package struct ByteText: Sendable, Hashable {
  package let string: String

  @inlinable
  package init(_ string: String) {
    self.string = string
  }

  @inlinable
  package static func == (left: ByteText, right: ByteText) -> Bool { left.string.isSame(as: right.string) }

  @inlinable
  package func hash(into hasher: inout Hasher) {
    string.utf8Span.span.bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    // What ends a text can't stand in one, so that texts in a row are not taken for others.
    hasher.combine(0xFF as UInt8)
  }
}
