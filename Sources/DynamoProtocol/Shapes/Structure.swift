import DynamoModel

/// A structure of the API: its members and what must hold of each.
///
/// **One description, three uses.** A structure's list of members is at once the table by which names in a
/// request are recognised, the constraints that its values are checked against, and the order in which the
/// service lists what is wrong with them. That order is not the order of the public model: it is the order in
/// which the service's own classes hold their members, known from its answers.
///
/// A structure is made from an enumeration of its fields and a switch over it, so that the compiler checks
/// that every field is described and every described field is read:
///
///     enum Field: Int, CaseIterable { case attributeName, keyType }
///     static let keySchemaElement = Structure("KeySchemaElement", of: Field.self) { field in
///       switch field {
///       case .attributeName: Member("AttributeName", .string, .required, [.lengthMin(1), .lengthMax(255)])
///       case .keyType: Member("KeyType", .string, .required, [.oneOf(["HASH", "RANGE"])])
///       }
///     }
final class Structure: Sendable {
  /// The name of its shape in the service's model.
  let name: String
  let members: [Member]
  /// Recognises the members' names.
  let names: NameTable
  /// A bit for each member that must not be left out.
  let required: UInt64

  /// A structure without members.
  static func withoutMembers(_ name: String) -> Structure {
    Structure(name, members: [])
  }

  convenience init<Field: CaseIterable & RawRepresentable>(
    _ name: String, of fields: Field.Type, member: (Field) -> Member
  ) where Field.RawValue == Int {
    self.init(name, members: Field.allCases.map(member))
  }

  private init(_ name: String, members: [Member]) {
    self.name = name
    self.members = members
    precondition(members.count <= 64, "A structure's members must fit a word of bits")
    names = NameTable(members.map(\.name))
    var required: UInt64 = 0
    for (index, member) in members.enumerated() where member.requirement != .optional {
      required |= 1 << UInt64(index)
    }
    self.required = required
  }
}

/// A member of a structure. A class, so that looking at one does not copy it.
final class Member: Sendable {
  enum Requirement: Sendable, Equatable {
    case optional
    /// Left out, it is one of the violations that are listed.
    case required
    /// Left out, it is the whole answer: "The parameter 'TableName' is required but was not present…".
    case requiredFirst
    /// Left out, this is the whole answer.
    case requiredAs(String)
  }

  /// The name on the wire.
  let name: String
  /// The name in paths: the wire's with a small first letter, even where that gives `sSESpecification`.
  let pathName: String
  let shape: Shape
  let requirement: Requirement
  /// What must hold, in the order in which the service names what doesn't.
  let rules: [Rule]
  /// The lengths of a name that obeys all rules, where the rules are those of a name: nearly every request has
  /// such a one, and its rules need not be asked one by one.
  private let plainNameLengths: ClosedRange<Int>?

  init(_ name: String, _ shape: Shape, _ requirement: Requirement = .optional, _ rules: [Rule] = []) {
    self.name = name
    pathName = name.prefix(1).lowercased() + name.dropFirst()
    self.shape = shape
    self.requirement = requirement
    self.rules = rules
    plainNameLengths = Rule.plainNameLengths(rules)
  }

  /// Whether `text` is a name that obeys all rules; false says nothing.
  func admitsPlainName(_ text: RawSpan) -> Bool {
    guard let plainNameLengths, plainNameLengths.contains(text.byteCount) else { return false }
    for offset in 0..<text.byteCount where !Rule.isNameCharacter(text.byte(offset)) { return false }
    return true
  }
}

/// Something that must hold of a value.
enum Rule: Sendable {
  /// Its text consists of a-z, A-Z, 0-9, underscore, dot and hyphen, and is not empty.
  case namePattern
  /// At least so many characters, elements or entries.
  case lengthMin(Int)
  /// At most so many characters, elements or entries.
  case lengthMax(Int)
  /// A number no smaller.
  case valueMin(Int)
  /// A number no larger.
  case valueMax(Int)
  /// One of these words, in the service's order.
  case oneOf([String])
  /// Rules for a name, where an ARN may stand as well: they are not asked of an ARN.
  case unlessArn([Rule])
  /// Rules of which none is asked of empty text.
  case unlessEmpty([Rule])
  /// Rules for every name in a map, reported as one.
  case names([Rule])
  /// Rules for every value in a map, reported as one.
  case values([Rule])
  /// A length outside of these bounds is the whole answer: "TableName must be at least 3 characters long and
  /// at most 255 characters long".
  case lengthFirst(ClosedRange<Int>)
}

extension Rule {
  /// How the service states the rule.
  var statement: String {
    switch self {
    case .namePattern: "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    case .lengthMin(let length): "Member must have length greater than or equal to \(length)"
    case .lengthMax(let length): "Member must have length less than or equal to \(length)"
    case .valueMin(let value): "Member must have value greater than or equal to \(value)"
    case .valueMax(let value): "Member must have value less than or equal to \(value)"
    case .oneOf(let words): "Member must satisfy enum value set: [\(words.joined(separator: ", "))]"
    case .names(let rules): "Map keys must satisfy constraint: [\(Self.list(rules))]"
    case .values(let rules): "Map value must satisfy constraint: [\(Self.list(rules))]"
    case .unlessArn(let rules), .unlessEmpty(let rules): Self.list(rules)
    case .lengthFirst(let bounds):
      "must be at least \(bounds.lowerBound) characters long and at most \(bounds.upperBound) characters long"
    }
  }

  private static func list(_ rules: [Rule]) -> String {
    rules.map(\.statement).joined(separator: ", ")
  }

  /// Whether it holds of a length: of a text in UTF-16 units, of a list or of a map.
  func holds(ofLength length: Int) -> Bool {
    switch self {
    case .lengthMin(let bound): length >= bound
    case .lengthMax(let bound): length <= bound
    case .lengthFirst(let bounds): bounds.contains(length)
    default: true
    }
  }

  /// Whether it holds of a number.
  func holds(of value: Int) -> Bool {
    switch self {
    case .valueMin(let bound): value >= bound
    case .valueMax(let bound): value <= bound
    default: true
    }
  }

  /// Whether it holds of a text.
  func holds(of text: String) -> Bool {
    switch self {
    case .namePattern: !text.isEmpty && text.utf8.allSatisfy(Self.isNameCharacter)
    case .oneOf(let words): words.hasSame(text)
    case .lengthMin, .lengthMax, .lengthFirst: holds(ofLength: text.utf16.count)
    default: true
    }
  }

  /// Whether it holds of a name, where an ARN may stand as well.
  func holdsUnlessArn(_ text: String) -> Bool {
    text.hasPrefix("arn:") || holds(of: text)
  }

  /// Whether a byte is one of a-z, A-Z, 0-9, underscore, dot and hyphen.
  @inline(__always)
  static func isNameCharacter(_ byte: UInt8) -> Bool {
    // A bit for each of the ASCII characters from 0 and from 64.
    let low: UInt64 = 0x03FF_6000_0000_0000
    let high: UInt64 = 0x07FF_FFFE_87FF_FFFE
    return byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
  }

  /// The lengths that rules allow a text of name characters; nil if they are not the rules of a name.
  static func plainNameLengths(_ rules: [Rule]) -> ClosedRange<Int>? {
    var shortest = 0
    var longest = Int.max
    var hasPattern = false
    func narrow(_ rules: [Rule]) -> Bool {
      for rule in rules {
        switch rule {
        case .namePattern: hasPattern = true
        case .lengthMin(let length): shortest = max(shortest, length)
        case .lengthMax(let length): longest = min(longest, length)
        case .lengthFirst(let lengths):
          shortest = max(shortest, lengths.lowerBound)
          longest = min(longest, lengths.upperBound)
        case .unlessArn(let rules), .unlessEmpty(let rules):
          guard narrow(rules) else { return false }
        default: return false
        }
      }
      return true
    }
    return narrow(rules) && hasPattern && shortest <= longest ? shortest...longest : nil
  }
}
