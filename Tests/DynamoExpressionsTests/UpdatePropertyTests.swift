import DynamoExpressions
import DynamoModel
import Testing

/// Random updates of random items, against a naive update of trees of values.
@Suite struct UpdatePropertyTests {
  @Test(arguments: [31, 32, 33, 34] as [UInt64])
  func agreesWithNaiveUpdate(seed: UInt64) throws {
    var expressions = RandomExpressions(seed: seed)
    var applied = 0
    var refused: [RandomUpdate.Failure: Int] = [:]
    for round in 0..<3_000 {
      expressions.forgetPlaceholders()
      let random = expressions.update()
      let text = expressions.text(random)
      var placeholders = try expressions.placeholders
      // Some are refused, for paths that collide and operands of a wrong type.
      guard let update = try? Update(text, placeholders: &placeholders) else { continue }
      for _ in 0..<3 {
        let item = expressions.item()
        let remark: Comment = "seed \(seed), round \(round): \(text) with \(expressions.values) on \(item)"
        do {
          let expected = try random.applied(to: item)
          let encoded = try Item(item)
          let result = try update.apply(to: encoded)
          // The bytes are equal, and with them the size, and what was not touched.
          #expect(try result == Item(expected), remark)
          checkUpdatedPaths(update, random, encoded, remark)
          checkUpdatedPaths(update, random, result, remark)
          applied += 1
        } catch let failure as RandomUpdate.Failure {
          refused[failure, default: 0] += 1
          check(update, failsOn: item, as: failure, remark)
        }
      }
    }
    #expect(applied > 300, "seed \(seed): only \(applied) were applied")
    #expect(refused.count >= 3, "seed \(seed): \(refused)")
  }

  /// An update with several faults may name another than the naive one does; which kind it is must be one of ours.
  private func check(
    _ update: Update, failsOn item: [String: AttributeValue], as failure: RandomUpdate.Failure,
    _ remark: Comment
  ) {
    let known = [
      "The provided expression refers to an attribute that does not exist in the item",
      "The document path provided in the update expression is invalid for update",
      "An operand in the update expression has an incorrect data type",
      NumberError.overflow.message(for: ""), NumberError.tooManyDigits.message(for: ""),
    ]
    do {
      _ = try update.apply(to: Item(item))
      Issue.record("was applied, where \(failure) was due: \(remark)")
    } catch let error as ExpressionError {
      #expect(known.contains(error.message), remark)
    } catch {
      Issue.record(error)
    }
  }

  /// The attributes of a reply are what the paths lead to, nothing less and nothing more.
  private func checkUpdatedPaths(_ update: Update, _ random: RandomUpdate, _ item: Item, _ remark: Comment) {
    let selected = update.updatedPaths(of: item)
    #expect((try? Item(validating: selected.bytes)) == selected, remark)
    let paths = random.actions.map(\.path)
    #expect(leaves(selected.attributes).count <= leaves(item.attributes).count, remark)
    for path in paths where path.allSatisfy({ if case .name = $0 { true } else { false } }) {
      let expected = AttributeValue.value(at: path, in: item.attributes)
      #expect(AttributeValue.value(at: path, in: selected.attributes) == expected, remark)
    }
    let named = Set(
      paths.compactMap { path -> String? in if case .name(let name) = path[0] { name } else { nil } })
    #expect(Set(selected.attributes.keys).isSubset(of: named), remark)
  }

  private func leaves(_ item: [String: AttributeValue]) -> [AttributeValue] {
    func leaves(_ value: AttributeValue) -> [AttributeValue] {
      switch value {
      case .list(let values) where !values.isEmpty: values.flatMap(leaves)
      case .map(let entries) where !entries.isEmpty: entries.values.flatMap(leaves)
      default: [value]
      }
    }
    return item.values.flatMap(leaves)
  }
}
