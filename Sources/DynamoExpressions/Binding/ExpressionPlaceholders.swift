public import DynamoModel

/// `ExpressionAttributeNames` and `ExpressionAttributeValues` of one request, and which of them its expressions
/// have used so far.
///
/// A request makes one, binds each of its expressions to it in the order the service reads them, and asks at the
/// end whether everything was used: a placeholder nobody uses is an error of the whole request.
public struct ExpressionPlaceholders: Sendable {
  private let names: [String: String]
  private let values: [String: EncodedValue]
  private var usedNames = UsedKeys()
  private var usedValues = UsedKeys()

  /// The placeholders of a request. A map that is given must have something in it, so nil is not the same as
  /// empty.
  ///
  /// - Throws: an `ExpressionError` for an empty map, for a key that is not a `#` or `:` and letters, digits or
  ///   underscores, for a key of more than 255 bytes, for an empty attribute name, or when all of them together
  ///   are larger than 2 MB.
  public init(names: [String: String]?, values: [String: EncodedValue]?) throws(ExpressionError) {
    self.names = names ?? [:]
    self.values = values ?? [:]
    if let names { try Self.check(names) }
    if let values {
      try Self.check(values.keys, sign: UInt8(ascii: ":"), of: Parameter.values, ofEmpty: values.isEmpty)
    }
    try checkSizes()
  }

  /// Refuses placeholders that no expression bound so far has used.
  ///
  /// - Throws: "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}", or the same of
  ///   values. Names are looked at first.
  public func checkAllUsed() throws(ExpressionError) {
    try usedNames.checkAllUsed(of: names.keys, in: Parameter.names)
    try usedValues.checkAllUsed(of: values.keys, in: Parameter.values)
  }

  /// Notes that an expression uses these placeholders, each of which it has once.
  mutating func note(names: [String], values: [String]) {
    usedNames.insert(names)
    usedValues.insert(values)
  }

  func name(for placeholder: String) -> String? {
    names[placeholder]
  }

  func value(for placeholder: String) -> EncodedValue? {
    values[placeholder]
  }
}

// MARK: - Checks

extension ExpressionPlaceholders {
  private enum Parameter {
    static let names = "ExpressionAttributeNames"
    static let values = "ExpressionAttributeValues"
  }

  private static func check(_ names: [String: String]) throws(ExpressionError) {
    try check(names.keys, sign: UInt8(ascii: "#"), of: Parameter.names, ofEmpty: names.isEmpty)
    guard names.values.contains(where: { !isAllowed($0) }) else { return }
    for key in ServiceOrder.sorted(names.keys) where !isAllowed(names[key]!) {
      throw ExpressionError(
        names[key]!.isEmpty
          ? "\(Parameter.names) contains invalid value: Empty attribute name for key \(key)"
          : "Member must have length less than or equal to \(ExpressionLimits.attributeNameBytesMax), "
            + "Member must have length greater than or equal to 0")
    }
  }

  private static func isAllowed(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= ExpressionLimits.attributeNameBytesMax
  }

  private static func check(
    _ keys: some Collection<String>, sign: UInt8, of parameter: String, ofEmpty isEmpty: Bool
  ) throws(ExpressionError) {
    guard !isEmpty else { throw ExpressionError("\(parameter) must not be empty") }
    guard keys.contains(where: { problem(in: $0, sign: sign) != nil }) else { return }
    for key in ServiceOrder.sorted(keys) {
      guard let problem = problem(in: key, sign: sign) else { continue }
      throw ExpressionError("\(parameter) contains invalid key: \(problem)")
    }
  }

  private static func problem(in key: String, sign: UInt8) -> String? {
    let bytes = key.utf8
    guard !bytes.isEmpty else { return "The expression attribute map contains an empty key" }
    guard bytes.count <= ExpressionLimits.placeholderBytesMax else {
      return "The expression attribute map contains a key that is too long; size of key: \(bytes.count)"
    }
    return isPlaceholder(key.utf8Span.span.bytes, sign: sign) ? nil : "Syntax error; key: \"\(key)\""
  }

  private static func isPlaceholder(_ key: RawSpan, sign: UInt8) -> Bool {
    guard key.byteCount > 1, key.unsafeLoad(as: UInt8.self) == sign else { return false }
    for offset in 1..<key.byteCount
    where !isNameByte(key.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) {
      return false
    }
    return true
  }

  private func checkSizes() throws(ExpressionError) {
    var nameBytes = 0
    for (key, name) in names { nameBytes += key.utf8.count + name.utf8.count }
    var valueBytes = 0
    for (key, value) in values { valueBytes += key.utf8.count + value.bytes.count }
    let limit = ExpressionLimits.placeholdersBytesMax
    let large =
      nameBytes > limit
      ? Parameter.names
      : valueBytes > limit
        ? Parameter.values
        : nameBytes + valueBytes > limit
          ? "Combined size of \(Parameter.names) and \(Parameter.values)" : nil
    if let large { throw ExpressionError("\(large) exceeds max size") }
  }
}

/// Which keys have been used. All of them are keys of the map, or the request fails for that.
///
/// Most requests bind one expression, which needs no more than the list of its placeholders that is there anyway.
private struct UsedKeys: Sendable {
  private var first: [String] = []
  private var others: [[String]] = []

  private static let lookedThroughMax = 8

  private func isUsed(_ key: String) -> Bool {
    first.contains(key) || others.contains { $0.contains(key) }
  }

  mutating func insert(_ keys: [String]) {
    guard !keys.isEmpty else { return }
    if first.isEmpty { first = keys } else { others.append(keys) }
  }

  func checkAllUsed(of keys: some Collection<String>, in parameter: String) throws(ExpressionError) {
    guard first.count < keys.count else { return }
    // Most requests have few, for which a set costs more than it saves.
    if keys.count <= Self.lookedThroughMax, keys.allSatisfy(isUsed) { return }
    var used = Set(first)
    for keys in others { used.formUnion(keys) }
    guard used.count < keys.count else { return }
    let unused = ServiceOrder.sorted(keys).filter { !used.contains($0) }
    throw ExpressionError(
      "Value provided in \(parameter) unused in expressions: keys: {\(unused.joined(separator: ", "))}")
  }
}
