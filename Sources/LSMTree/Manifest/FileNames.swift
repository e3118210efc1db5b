/// What a numbered file of a tree's directory holds.
package enum FileKind: Sendable {
  case table
  /// Large values.
  case values
}

/// How files of a tree's directory are called. A number belongs to one file only, ever.
package enum FileNames {
  /// Names the manifest that counts.
  package static let current = "CURRENT"
  /// The directory of the log's segments.
  package static let log = "log"

  package static func table(_ number: UInt64) -> String { padded(number) + tableSuffix }

  package static func values(_ number: UInt64) -> String { padded(number) + valuesSuffix }

  package static func name(_ number: UInt64, _ kind: FileKind) -> String {
    switch kind {
    case .table: table(number)
    case .values: values(number)
    }
  }

  package static func manifest(_ number: UInt64) -> String { manifestPrefix + padded(number) }

  /// The number in a table's name; nil if the name is no table's.
  package static func tableNumber(_ name: String) -> UInt64? {
    guard name.hasSuffix(tableSuffix) else { return nil }
    return number(name.dropLast(tableSuffix.count))
  }

  /// The number in a value file's name; nil if the name is none.
  package static func valuesNumber(_ name: String) -> UInt64? {
    guard name.hasSuffix(valuesSuffix) else { return nil }
    return number(name.dropLast(valuesSuffix.count))
  }

  /// The number in a manifest's name; nil if the name is no manifest's.
  package static func manifestNumber(_ name: String) -> UInt64? {
    guard name.hasPrefix(manifestPrefix) else { return nil }
    return number(name.dropFirst(manifestPrefix.count))
  }

  /// The number in the name of any file that has one from the directory's counter.
  package static func number(of name: String) -> UInt64? {
    tableNumber(name) ?? valuesNumber(name) ?? manifestNumber(name)
  }

  private static let tableSuffix = ".table"
  private static let valuesSuffix = ".values"
  private static let manifestPrefix = "manifest-"

  /// At least six digits, so that a listing shows files in the order they were made.
  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  private static func number(_ digits: Substring) -> UInt64? {
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt64(digits)
  }
}

extension FileNames {
  /// The manifest that a directory's `CURRENT` names. Throws `corruption` if it names none that is there.
  static func currentManifest(
    _ directory: String, _ fileSystem: any FileSystem
  ) throws(TreeError) -> (name: String, number: UInt64) {
    let path = directory + "/" + current
    let bytes = try fileSystem.readAll(path, limitBytes: 1024)
    let name = String(decoding: bytes.dropLast(), as: UTF8.self)
    guard bytes.last == UInt8(ascii: "\n"), let number = manifestNumber(name) else {
      throw .corruption(file: path, offset: 0, reason: "this is no manifest's name")
    }
    guard fileSystem.exists(directory + "/" + name) else {
      throw .corruption(file: path, offset: 0, reason: "it names \(name), which is missing")
    }
    return (name, number)
  }
}
