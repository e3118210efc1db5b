import DynamoExpressions
import DynamoModel
import PartiQL
import Testing

/// What statements do once they are conditions, updates, items and projections.
@Suite struct MeaningTests {
  private func item() throws -> Item {
    try Item([
      "pk": "a", "n": 5, "s": "str", "flag": true, "nul": nil, "ss": .stringSet(["a", "b"]),
      "m": ["sub": "x", "l": [1, ["deep": "y"]]], "l": ["p", "q"],
    ])
  }

  private func statement(_ text: String, _ parameters: AttributeValue...) throws -> Statement {
    let values = try parameters.map { try EncodedValue($0) }
    return try PreparedStatement(text).bound(to: values)
  }

  private func holds(_ condition: String) throws -> Bool {
    guard case .select(let select) = try statement("SELECT * FROM Music WHERE " + condition) else {
      return false
    }
    return try select.condition!.condition().matches(item())
  }

  @Test(arguments: [
    "n = 5", "n <> 4", "NOT n = 6", "n BETWEEN 5 AND 6", "n NOT BETWEEN 6 AND 7", "n IN [1, 5]",
    "n NOT IN [1, 2]",
    "s = 'str' AND (n = 6 OR flag = true)", "begins_with(s, 'st')", "contains(ss, 'a')", "contains(s, 'tr')",
    "size(s) = 3", "size(ss) < size(s)", "attribute_type(ss, 'SS')", "attribute_exists(m.sub)",
    "attribute_not_exists(m.nope)", "nope IS MISSING", "n IS NOT MISSING", "nul IS NULL", "s IS NOT NULL",
    "flag IS BOOL", "s IS STRING", "n IS NUMERIC", "m IS STRUCT", "l IS LIST", "m.l[1].deep = 'y'",
    "m['sub'] = 'x'",
    "attribute_exists(nope) = false", "true = attribute_exists(n)", "attribute_exists(n) <> 1",
    "contains(nope, 'z') = false", "(n BETWEEN 0 AND 5) = true", "(n = 6 OR s = 'x') = false",
    "attribute_exists(nope) IN [true, false]", "attribute_exists(n) = attribute_exists(s)",
    "attribute_exists(n) = flag", "ss = <<'b', 'a'>>", "l = ['p', 'q']", "n = - -5", "n > -1",
  ])
  func conditionHolds(condition: String) throws {
    #expect(try holds(condition))
    #expect(try !holds("NOT (\(condition))"))
  }

  @Test(arguments: [
    "n = 6", "nope = 1", "n IN [1]", "begins_with(s, 'x')", "n IS MISSING", "s IS BOOL",
    "attribute_exists(n) = 1",
    "NOT attribute_exists(n) = true", "(attribute_exists(n) = true) = false", "attribute_exists(n) = s",
    "attribute_exists(n) = nope", "l = ['q', 'p']",
  ])
  func conditionDoesNotHold(condition: String) throws {
    #expect(try !holds(condition))
  }

  @Test(arguments: [
    (
      "attribute_exists('ss')",
      "Operator or function requires a document path; operator or function: attribute_exists"
    ),
    (
      "attribute_type(l, 1)",
      "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N"
    ),
    (
      "n < true",
      "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"
    ),
    (
      "n IN [" + (0...100).map { "'v\($0)'" }.joined(separator: ",") + "]",
      "The IN operator is provided with too many operands; number of operands: 101"
    ),
  ])
  func operandsAreCheckedOnceTheyAreBound(condition: String, message: String) throws {
    #expect(throws: StatementError(message)) { try holds(condition) }
  }

  @Test func parametersTakeTheirPlaces() throws {
    guard
      case .select(let select) = try statement(
        "SELECT * FROM Music WHERE n = ? AND s IN [?, 'x'] AND size(?) = 2", 5, "str", "ab")
    else { return }
    #expect(try select.condition!.condition().matches(item()))
    #expect(throws: StatementError("Number of parameters in request and statement don't match.")) {
      try statement("SELECT * FROM Music WHERE n = ?")
    }
    #expect(throws: StatementError("Number of parameters in request and statement don't match.")) {
      try statement("SELECT * FROM Music", 1)
    }
  }

  @Test func updatesChangeTheItem() throws {
    guard
      case .update(let update) = try statement(
        """
        UPDATE Music SET n = n - 2, m.sub = ?, l = list_append(l, ['r']), z = if_not_exists(z, 'new')
        SET ss = set_add(ss, <<'c'>>) REMOVE nul REMOVE m.l[0] WHERE pk = 'a'
        """, "changed")
    else { return }
    let changed = try update.update().apply(to: item())
    #expect(
      changed.attributes == [
        "pk": "a", "n": 3, "s": "str", "flag": true, "ss": .stringSet(["a", "b", "c"]), "z": "new",
        "m": ["sub": "changed", "l": [["deep": "y"]]], "l": ["p", "q", "r"],
      ])
  }

  @Test(arguments: [
    (
      "n = 'a' + 1",
      "Incorrect operand type for operator or function; operator or function: +, operand type: S"
    ),
    (
      "n = n - null",
      "Incorrect operand type for operator or function; operator or function: -, operand type: NULL"
    ),
    (
      "n = n + [1]",
      "Incorrect operand type for operator or function; operator or function: +, operand type: L"
    ),
  ])
  func updatesCheckTheirOperands(assignment: String, message: String) throws {
    guard case .update(let update) = try statement("UPDATE Music SET \(assignment) WHERE pk = 'a'") else {
      return
    }
    #expect(throws: StatementError(message)) { try update.update() }
  }

  @Test func insertsMakeAnItem() throws {
    guard case .insert(let insert) = try statement("INSERT INTO Music VALUE {'pk': ?, 'l': [1, 'x']}", "k")
    else {
      return
    }
    #expect(try insert.item() == Item(["pk": "k", "l": [1, "x"]]))
    guard case .insert(let whole) = try statement("INSERT INTO Music VALUE ?", ["pk": "k", "n": 1]) else {
      return
    }
    #expect(try whole.item() == Item(["pk": "k", "n": 1]))
    guard case .insert(let wrong) = try statement("INSERT INTO Music VALUE ?", "k") else { return }
    #expect(throws: StatementError.self) { try wrong.item() }
  }

  @Test func projectionsNameTheirColumns() throws {
    guard
      case .select(let select) = try statement(
        "SELECT n, m.sub, m.l[1].deep, m.l[0], l[1], nope, s.x FROM Music")
    else { return }
    let projected = try project(select, item())
    #expect(projected.attributes == ["n": 5, "sub": "x", "deep": "y", "l[0]": 1, "l[1]": "q"])
    guard case .select(let all) = try statement("SELECT * FROM Music") else { return }
    #expect(try project(all, item()) == item())
  }

  private func project(_ select: SelectStatement, _ item: Item) throws -> Item {
    try select.project(item.view)
  }

  @Test func keysAreFoundInGroups() throws {
    guard
      case .select(let select) = try statement(
        "SELECT * FROM Music WHERE (a = 1 AND (b = 2 AND c = 3)) AND d = 4")
    else { return }
    #expect(select.condition!.conjuncts.map(render) == ["(= a 1)", "(= b 2)", "(= c 3)", "(= d 4)"])
    guard case .select(let either) = try statement("SELECT * FROM Music WHERE a = 1 OR (a = 2 OR a = 3)")
    else { return }
    #expect(either.condition!.disjuncts.count == 3)
  }
}
