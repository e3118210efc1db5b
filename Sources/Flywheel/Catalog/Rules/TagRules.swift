import DynamoModel

/// What tags must be like, in the service's words.
package enum TagRules {
  /// Tags that a table may have.
  package static let tagsMax = 50
  package static let keyCharactersMax = 128
  package static let valueCharactersMax = 256

  /// Checks tags that are to be hung on a table.
  package static func check(_ tags: [Tag]) throws(ServiceError) {
    var seen: Set<ByteText> = []
    for tag in tags {
      try checkKey(tag.key)
      guard isValid(tag.value, charactersMax: valueCharactersMax) else {
        throw .validation("The Tag Value provided is invalid, Value: \(tag.value)")
      }
      guard seen.insert(ByteText(tag.key)).inserted else {
        throw .validation("Duplicate Tag Keys provided as input: Duplicate Tag Key found \(tag.key)")
      }
    }
    try checkCount(tags.count)
  }

  /// Checks one key.
  package static func checkKey(_ key: String) throws(ServiceError) {
    guard !key.isEmpty, isValid(key, charactersMax: keyCharactersMax) else {
      throw .validation("The Tag Key provided is invalid, Key: \(key)")
    }
    if key.lowercased().utf8.starts(with: "aws:".utf8) {
      throw .validation("Tag Key cannot be prefixed with aws:, Key: \(key)")
    }
  }

  /// Checks how many tags there are, or are named.
  package static func checkCount(_ count: Int) throws(ServiceError) {
    if count > tagsMax {
      throw .validation("Number of Tags exceed the current limit for the provided ResourceArn")
    }
  }

  /// Letters of any script, digits, spaces and `+ - = . _ : / @`.
  private static func isValid(_ text: String, charactersMax: Int) -> Bool {
    text.utf16.count <= charactersMax
      && text.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
          .decimalNumber,
          .letterNumber, .otherNumber, .spaceSeparator, .lineSeparator, .paragraphSeparator:
          true
        default: "+-=._:/@".unicodeScalars.contains(scalar)
        }
      }
  }
}
