/// Which values of `Select` go with which other parameters, and what a page then holds.
///
/// The service gained a validation layer in front of Query, which prefixes these texts with "1 validation
/// error detected: "; Scan says the same without it.
struct SelectRules {
  /// "1 validation error detected: " where the operation says it.
  var messagePrefix = ""
  var select: Select?
  var hasProjectionExpression: Bool
  var hasAttributesToGet: Bool
  var indexName: String?

  /// Refuses combinations that make no sense whatever the table.
  func check() throws(Interruption) {
    let isSpecific = select == nil || select == .specificAttributes
    if let select, !isSpecific, hasProjectionExpression || hasAttributesToGet {
      let parameter = hasProjectionExpression ? "ProjectionExpression" : "AttributesToGet"
      let wanted = select == .count ? "only the Count" : select.rawValue
      throw refusal("Cannot specify the \(parameter) when choosing to get \(wanted)")
    }
    if select == .specificAttributes, !hasProjectionExpression, !hasAttributesToGet {
      throw refusal(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
    }
    if select == .allProjectedAttributes, indexName == nil {
      throw refusal("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
    }
  }

  private func refusal(_ text: String) -> Interruption {
    .validation(messagePrefix + text)
  }
}
