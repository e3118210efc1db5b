/// How many actions a transaction may have.
enum TransactionSize {
  /// Refuses an empty transaction and one with more actions than the options allow. The wire has refused them before,
  /// and repeated the list in the message; what comes here comes from an app.
  ///
  /// - Parameter list: what the request calls its actions.
  static func check(
    _ count: Int, of list: String = "transactItems", in database: Database
  ) throws(Interruption) {
    let most = database.options.transactionItemsMax
    if count < 1 { throw refusal(list, "greater than or equal to 1") }
    if count > most { throw refusal(list, "less than or equal to \(most)") }
  }

  private static func refusal(_ list: String, _ bound: String) -> Interruption {
    .validation(
      "1 validation error detected: Value at '\(list)' failed to satisfy constraint: "
        + "Member must have length \(bound)")
  }
}
