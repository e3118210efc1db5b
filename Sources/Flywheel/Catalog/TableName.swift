/// How the API names a table: by its name, or by its ARN.
package enum TableName {
  /// Fewest and most characters of a name.
  package static let lengthRange = 3...255

  /// The name in `nameOrARN`: of an ARN what follows `:table/` up to the next slash, else the whole.
  ///
  /// Partition, region and account are not looked at: there is one data set whatever a client sends.
  package static func resolve(_ nameOrARN: String) -> String {
    guard isARN(nameOrARN) else { return nameOrARN }
    return tablePart(ofARN: nameOrARN) ?? nameOrARN
  }

  /// Whether it is an ARN, by how it begins; no name has a colon.
  package static func isARN(_ nameOrARN: String) -> Bool {
    let bytes = nameOrARN.utf8Span.span.bytes
    guard bytes.byteCount > 4 else { return nameOrARN == "arn:" }
    // "arn:", its first byte the lowest.
    return UInt32(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self)) == 0x3A6E_7261
  }

  /// The table that an ARN is about, or nil if it is not the ARN of a table or of something that belongs to
  /// one.
  package static func tablePart(ofARN arn: String) -> String? {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "dynamodb" else { return nil }
    let path = parts[5].split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard path.count >= 2, path[0] == "table", !path[1].isEmpty else { return nil }
    return String(path[1])
  }

  /// Whether `name` has the characters and the length of a table's or an index's name.
  package static func isWellFormed(_ name: String) -> Bool {
    lengthRange.contains(name.utf8.count) && name.utf8.allSatisfy(isNameByte)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
