/// A resource policy as the service keeps it: in one form for all texts that say the same.
///
/// The form: no spaces; `Version`, `Id`, `Statement`; in a statement `Sid`, `Effect`, `Principal`, `Action`,
/// `Resource`, `Condition`; a single element without its list; accounts as the ARN of their root, each once. Two
/// policies are the same when their forms are, except that one without a version differs from one that says the
/// version that it is shown with.
package struct PolicyDocument: Sendable, Hashable {
  /// Bytes of a policy's text, spaces included.
  package static let bytesMax = 20_480
  private static let versions = ["2008-10-17", "2012-10-17"]

  /// The form, with the version.
  package let text: String
  /// Whether the policy said its version itself.
  package let saysVersion: Bool

  /// A policy that was kept.
  package init(text: String, saysVersion: Bool) {
    self.text = text
    self.saysVersion = saysVersion
  }

  /// Reads and checks a policy, in the service's words.
  package init(_ given: String, accountPartition partition: String = "aws") throws(ServiceError) {
    guard given.utf8.count <= Self.bytesMax else {
      throw .validation(
        "One or more parameter values were invalid: Maximum policy size of \(Self.bytesMax) bytes exceeded")
    }
    let parsed = try PolicyParser.parse(given)
    var version = Self.versions[0]
    if let given = parsed["Version"] {
      guard case .string(let text) = given, Self.versions.contains(text) else {
        throw .policy("The policy must contain a valid version string")
      }
      version = text
    }
    saysVersion = parsed["Version"] != nil
    var members = [PolicyValue.Member(name: "Version", value: .string(version))]
    if let id = parsed["Id"] { members.append(PolicyValue.Member(name: "Id", value: id)) }
    let statements = try Self.statements(of: parsed)
    try PolicyChecks.check(statements)
    members.append(
      PolicyValue.Member(
        name: "Statement", value: .list(statements.map { Self.canonical($0, partition: partition) })))
    var text = ""
    PolicyValue.object(members).write(to: &text)
    self.text = text
  }

  private static func statements(of policy: PolicyValue) throws(ServiceError) -> [PolicyValue] {
    switch policy["Statement"] {
    case .object(let members)?: return [.object(members)]
    case .list(let statements)?:
      guard !statements.isEmpty else { throw .policy("Could not parse the policy: Statement is empty!") }
      for case let other in statements {
        guard case .object = other else { throw .policy("This policy contains invalid Json") }
      }
      return statements
    default: throw .policy("This policy contains invalid Json")
    }
  }

  private static func canonical(_ statement: PolicyValue, partition: String) -> PolicyValue {
    var members: [PolicyValue.Member] = []
    for name in PolicyChecks.memberNames {
      guard var value = statement[name] else { continue }
      switch name {
      case "Effect": value = .string(value.strings?.first?.lowercased() == "deny" ? "Deny" : "Allow")
      case "Principal", "NotPrincipal": value = canonical(principal: value, partition)
      case "Action", "NotAction", "Resource", "NotResource": value = value.unwrapped
      case "Condition": value = canonical(condition: value)
      default: break
      }
      members.append(PolicyValue.Member(name: name, value: value))
    }
    return .object(members)
  }

  private static func canonical(principal: PolicyValue, _ partition: String) -> PolicyValue {
    guard case .object(let kinds) = principal else { return principal }
    return .object(
      kinds.map { kind in
        guard kind.name == "AWS", let names = kind.value.strings else {
          return PolicyValue.Member(name: kind.name, value: kind.value.unwrapped)
        }
        var seen: Set<String> = []
        let whole = names.map { PolicyChecks.isAccount($0) ? "arn:\(partition):iam::\($0):root" : $0 }
        let unique = whole.filter { seen.insert($0).inserted }.map { PolicyValue.string($0) }
        return PolicyValue.Member(name: kind.name, value: PolicyValue.list(unique).unwrapped)
      })
  }

  private static func canonical(condition: PolicyValue) -> PolicyValue {
    guard case .object(let operators) = condition else { return condition }
    return .object(
      operators.map { `operator` in
        guard case .object(let keys) = `operator`.value else { return `operator` }
        let unwrapped = keys.map { PolicyValue.Member(name: $0.name, value: $0.value.unwrapped) }
        return PolicyValue.Member(name: `operator`.name, value: .object(unwrapped))
      })
  }
}

extension ServiceError {
  /// What is said of a policy that is none.
  static func policy(_ reason: String) -> ServiceError {
    .validation("One or more parameter values were invalid: Invalid policy document: \(reason)")
  }
}
