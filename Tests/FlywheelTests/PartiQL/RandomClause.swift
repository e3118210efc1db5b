import DynamoModel
import Flywheel

/// A random clause in both languages: as PartiQL writes it, and as a filter expression.
struct RandomClause {
  static let partitions = ["p1", "p2", "p3", "p4"]

  private(set) var statement: String
  private(set) var expression: String
  /// The values of the statement's `?`, in order.
  private(set) var parameters: [EncodedValue] = []
  private(set) var names: [String: String] = [:]
  private(set) var values: [String: EncodedValue] = [:]

  init(depth: Int, _ random: inout HistoryRandom) {
    statement = ""
    expression = ""
    let clause = make(depth, &random)
    statement = "SELECT * FROM things WHERE \(clause.statement)"
    expression = clause.expression
  }

  static func item(_ random: inout HistoryRandom) -> Item {
    var attributes: [String: AttributeValue] = [
      "pk": .string(partitions.randomElement(using: &random)!),
      "sk": .number(DynamoNumber(Int64.random(in: -3...9, using: &random))),
    ]
    for name in ["a", "b", "g"] where Int.random(in: 0..<4, using: &random) > 0 {
      attributes[name] = name == "g" ? .string("g\(Int.random(in: 0..<3, using: &random))") : value(&random)
    }
    return try! Item(attributes)
  }

  private static func value(_ random: inout HistoryRandom) -> AttributeValue {
    switch Int.random(in: 0..<7, using: &random) {
    case 0, 1: .number(DynamoNumber(Int64.random(in: 0...5, using: &random)))
    case 2, 3: .string(["", "x", "xy", "y"].randomElement(using: &random)!)
    case 4: .bool(Bool.random(using: &random))
    case 5: .list([.number(1), .string("x")])
    default: .null
    }
  }

  // MARK: - Conditions

  private typealias Both = (statement: String, expression: String)

  private mutating func make(_ depth: Int, _ random: inout HistoryRandom) -> Both {
    guard depth > 0, Int.random(in: 0..<4, using: &random) > 0 else { return leaf(&random) }
    switch Int.random(in: 0..<5, using: &random) {
    case 0:
      let inner = make(depth - 1, &random)
      return ("NOT (\(inner.statement))", "NOT (\(inner.expression))")
    case 1, 2:
      return joined("AND", make(depth - 1, &random), make(depth - 1, &random))
    default:
      return joined("OR", make(depth - 1, &random), make(depth - 1, &random))
    }
  }

  private func joined(_ word: String, _ left: Both, _ right: Both) -> Both {
    (
      "(\(left.statement)) \(word) (\(right.statement))",
      "(\(left.expression)) \(word) (\(right.expression))"
    )
  }

  private mutating func leaf(_ random: inout HistoryRandom) -> Both {
    switch Int.random(in: 0..<10, using: &random) {
    case 0, 1, 2: return partitionTest(&random)
    case 3, 4, 5: return sortTest(&random)
    default: return attributeTest(&random)
    }
  }

  private mutating func partitionTest(_ random: inout HistoryRandom) -> Both {
    let name = path("pk")
    let values = Self.partitions.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)).map {
      AttributeValue.string($0)
    }
    if values.count == 1 {
      let one = operand(values[0], &random)
      return Bool.random(using: &random)
        ? ("pk = \(one.statement)", "\(name) = \(one.expression)")
        : ("\(one.statement) = pk", "\(one.expression) = \(name)")
    }
    return membership("pk", name, values, &random)
  }

  private mutating func sortTest(_ random: inout HistoryRandom) -> Both {
    let name = path("sk")
    func number() -> AttributeValue { .number(DynamoNumber(Int64.random(in: -3...9, using: &random))) }
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      let bounds = [Int64.random(in: -3...3, using: &random), Int64.random(in: 3...9, using: &random)]
      let lower = operand(.number(DynamoNumber(bounds[0])), &random)
      let upper = operand(.number(DynamoNumber(bounds[1])), &random)
      return (
        "sk BETWEEN \(lower.statement) AND \(upper.statement)",
        "\(name) BETWEEN \(lower.expression) AND \(upper.expression)"
      )
    case 1: return membership("sk", name, [number(), number()], &random)
    default:
      let sign = ["=", "<", "<=", ">", ">=", "<>"].randomElement(using: &random)!
      let value = operand(number(), &random)
      return ("sk \(sign) \(value.statement)", "\(name) \(sign) \(value.expression)")
    }
  }

  private mutating func attributeTest(_ random: inout HistoryRandom) -> Both {
    let attribute = ["a", "b", "g", "absent"].randomElement(using: &random)!
    let name = path(attribute)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: return ("\(attribute) IS MISSING", "attribute_not_exists(\(name))")
    case 1: return ("\(attribute) IS NOT MISSING", "attribute_exists(\(name))")
    case 2:
      let type = operand(.string("NULL"), inline: true, &random)
      return ("\(attribute) IS NULL", "attribute_type(\(name), \(type.expression))")
    case 3:
      let prefix = operand(.string("x"), &random)
      return (
        "begins_with(\(attribute), \(prefix.statement))", "begins_with(\(name), \(prefix.expression))"
      )
    case 4:
      let part = operand(.string("x"), &random)
      return ("contains(\(attribute), \(part.statement))", "contains(\(name), \(part.expression))")
    case 5:
      let size = operand(.number(2), &random)
      return ("size(\(attribute)) = \(size.statement)", "size(\(name)) = \(size.expression)")
    default:
      let value = operand(Self.value(&random), &random)
      return ("\(attribute) = \(value.statement)", "\(name) = \(value.expression)")
    }
  }

  private mutating func membership(
    _ attribute: String, _ name: String, _ values: [AttributeValue], _ random: inout HistoryRandom
  ) -> Both {
    var statements: [String] = []
    var expressions: [String] = []
    for value in values {
      let operand = operand(value, &random)
      statements.append(operand.statement)
      expressions.append(operand.expression)
    }
    return (
      "\(attribute) IN [\(statements.joined(separator: ", "))]",
      "\(name) IN (\(expressions.joined(separator: ", ")))"
    )
  }

  // MARK: - Operands

  private mutating func path(_ attribute: String) -> String {
    names["#\(attribute)"] = attribute
    return "#\(attribute)"
  }

  /// A value: a literal or a `?` in the statement, a placeholder in the expression.
  private mutating func operand(
    _ value: AttributeValue, inline: Bool = false, _ random: inout HistoryRandom
  ) -> Both {
    let placeholder = ":v\(values.count)"
    let encoded = try! EncodedValue(value)
    values[placeholder] = encoded
    if !inline, Bool.random(using: &random) {
      parameters.append(encoded)
      return ("?", placeholder)
    }
    return (Self.literal(value), placeholder)
  }

  static func literal(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): "'\(text)'"
    case .number(let number): number.description
    case .bool(let flag): "\(flag)"
    case .null: "null"
    case .list(let values): "[\(values.map(literal).joined(separator: ", "))]"
    default: preconditionFailure("no literal for \(value)")
    }
  }
}

/// A random update in both languages.
struct RandomAssignment {
  private(set) var statement = ""
  private(set) var expression = ""
  private(set) var names: [String: String] = [:]
  private(set) var values: [String: EncodedValue]? = [:]

  init(_ random: inout HistoryRandom) {
    var sets: [String] = []
    var removes: [String] = []
    for attribute in ["a", "b", "c"].shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)) {
      names["#\(attribute)"] = attribute
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        statement += " REMOVE \(attribute)"
        removes.append("#\(attribute)")
      case 1:
        let amount = value(.number(DynamoNumber(Int64.random(in: 1...9, using: &random))))
        let sign = Bool.random(using: &random) ? "+" : "-"
        statement += " SET \(attribute) = \(attribute) \(sign) \(amount.statement)"
        sets.append("#\(attribute) = #\(attribute) \(sign) \(amount.expression)")
      case 2:
        let more = value(.list([.string("end")]))
        statement += " SET \(attribute) = list_append(\(attribute), \(more.statement))"
        sets.append("#\(attribute) = list_append(#\(attribute), \(more.expression))")
      case 3:
        let other = value(.number(7))
        statement += " SET \(attribute) = if_not_exists(\(attribute), \(other.statement))"
        sets.append("#\(attribute) = if_not_exists(#\(attribute), \(other.expression))")
      case 4:
        let element = value(.string("first"))
        statement += " SET \(attribute)[0] = \(element.statement)"
        sets.append("#\(attribute)[0] = \(element.expression)")
      default:
        let text = value(.string(["", "x", "long text"].randomElement(using: &random)!))
        statement += " SET \(attribute) = \(text.statement)"
        sets.append("#\(attribute) = \(text.expression)")
      }
    }
    if !sets.isEmpty { expression += "SET \(sets.joined(separator: ", "))" }
    if !removes.isEmpty { expression += " REMOVE \(removes.joined(separator: ", "))" }
    if values?.isEmpty == true { values = nil }
  }

  private mutating func value(_ value: AttributeValue) -> (statement: String, expression: String) {
    let placeholder = ":v\(values?.count ?? 0)"
    values?[placeholder] = try! EncodedValue(value)
    return (RandomClause.literal(value), placeholder)
  }
}
