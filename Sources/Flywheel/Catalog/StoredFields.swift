import DynamoModel

/// Reads the fields of a stored record, saying what is wrong with those that are missing or of another type.
struct StoredFields {
  private let fields: [String: AttributeValue]
  private let subject: String

  init(_ fields: [String: AttributeValue], of subject: String) {
    self.fields = fields
    self.subject = subject
  }

  /// All fields, for maps whose names are data.
  var values: [String: AttributeValue] { fields }

  private func fault(_ name: String) -> DatabaseError {
    .catalogCorrupt(reason: "field \(name) of \(subject) is missing or not what it should be")
  }

  private func required<Value>(_ name: String, _ value: Value?) throws(DatabaseError) -> Value {
    guard let value else { throw fault(name) }
    return value
  }

  /// Nil when the field is absent; throws when it is there and `read` can't read it.
  private func optional<Value>(
    _ name: String, _ read: (AttributeValue) -> Value?
  ) throws(DatabaseError) -> Value? {
    guard let field = fields[name] else { return nil }
    return try required(name, read(field))
  }

  func optionalString(_ name: String) throws(DatabaseError) -> String? {
    try optional(name) { if case .string(let value) = $0 { value } else { nil } }
  }

  func string(_ name: String) throws(DatabaseError) -> String {
    try required(name, optionalString(name))
  }

  func optionalInt(_ name: String) throws(DatabaseError) -> Int? {
    try optional(name) { if case .number(let value) = $0 { value.integer(as: Int.self) } else { nil } }
  }

  func int(_ name: String) throws(DatabaseError) -> Int {
    try required(name, optionalInt(name))
  }

  func id(_ name: String) throws(DatabaseError) -> UInt32 {
    try required(name, UInt32(exactly: int(name)))
  }

  func optionalID(_ name: String) throws(DatabaseError) -> UInt32? {
    guard let value = try optionalInt(name) else { return nil }
    return try required(name, UInt32(exactly: value))
  }

  func optionalTime(_ name: String) throws(DatabaseError) -> Timestamp? {
    guard let value = try optionalInt(name) else { return nil }
    return Timestamp(nanosecondsSince1970: Int64(value))
  }

  func time(_ name: String) throws(DatabaseError) -> Timestamp {
    try required(name, optionalTime(name))
  }

  /// The times of a list; none if it is absent.
  func times(_ name: String) throws(DatabaseError) -> [Timestamp] {
    let list = try optional(name) { field -> [Timestamp]? in
      guard case .list(let values) = field else { return nil }
      let times = values.compactMap { value -> Timestamp? in
        guard case .number(let number) = value, let time = number.integer(as: Int64.self) else { return nil }
        return Timestamp(nanosecondsSince1970: time)
      }
      return times.count == values.count ? times : nil
    }
    return list ?? []
  }

  func optionalFlag(_ name: String) throws(DatabaseError) -> Bool? {
    try optional(name) { if case .bool(let value) = $0 { value } else { nil } }
  }

  func flag(_ name: String) throws(DatabaseError) -> Bool {
    try optionalFlag(name) ?? false
  }

  func optionalWord<Word: RawRepresentable<String>>(_ name: String) throws(DatabaseError) -> Word? {
    guard let word = try optionalString(name) else { return nil }
    return try required(name, Word(rawValue: word))
  }

  func word<Word: RawRepresentable<String>>(_ name: String) throws(DatabaseError) -> Word {
    try required(name, optionalWord(name))
  }

  func optionalMap(_ name: String) throws(DatabaseError) -> StoredFields? {
    try optional(name) {
      if case .map(let value) = $0 { StoredFields(value, of: "\(name) in \(subject)") } else { nil }
    }
  }

  func map(_ name: String) throws(DatabaseError) -> StoredFields {
    try required(name, optionalMap(name))
  }

  /// The maps of a list; none when it is absent.
  func maps(_ name: String) throws(DatabaseError) -> [StoredFields] {
    try optionalMaps(name) ?? []
  }

  /// The maps of a list that has to be there.
  func requiredMaps(_ name: String) throws(DatabaseError) -> [StoredFields] {
    try required(name, optionalMaps(name))
  }

  private func optionalMaps(_ name: String) throws(DatabaseError) -> [StoredFields]? {
    try optional(name) { field in
      guard case .list(let values) = field else { return nil }
      var maps: [StoredFields] = []
      for value in values {
        guard case .map(let fields) = value else { return nil }
        maps.append(StoredFields(fields, of: "\(name) in \(subject)"))
      }
      return maps
    }
  }

  func optionalStrings(_ name: String) throws(DatabaseError) -> [String]? {
    try optional(name) { field in
      guard case .list(let values) = field else { return nil }
      var strings: [String] = []
      for value in values {
        guard case .string(let string) = value else { return nil }
        strings.append(string)
      }
      return strings
    }
  }
}
