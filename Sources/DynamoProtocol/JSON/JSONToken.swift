/// What a JSON value begins with.
package enum JSONKind: Sendable {
  case object, array, string, number, `true`, `false`, null
}

/// A string of the body, or a name of an object's member.
///
/// A string without escapes stays where it is, in the body; one with escapes is decoded into the reader's
/// scratch buffer, where it lasts until the next such string is read.
package struct JSONString: Sendable {
  /// Where the text starts, in the body or in the scratch buffer.
  var start: Int
  /// Its length in bytes of UTF-8.
  package var byteCount: Int
  /// Whether it is in the scratch buffer.
  var isDecoded: Bool
}

/// A number of the body, kept as the text it was written as.
package struct JSONNumber: Sendable {
  var start: Int
  var byteCount: Int
  /// Whether it has a fraction or an exponent.
  package var isDecimal: Bool
}
