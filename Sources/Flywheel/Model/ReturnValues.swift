/// Which attributes a write answers with.
public enum ReturnValues: String, Sendable, Hashable, CaseIterable {
  /// Nothing; the default.
  case none = "NONE"
  /// The whole item as it was before the write, if there was one.
  case allOld = "ALL_OLD"
  /// What the update changed, as it was before; for UpdateItem only.
  case updatedOld = "UPDATED_OLD"
  /// The whole item as it is after the update; for UpdateItem only.
  case allNew = "ALL_NEW"
  /// What the update changed, as it is after; for UpdateItem only.
  case updatedNew = "UPDATED_NEW"
}

/// Whether a failed condition's error carries the item as it stands.
public enum ReturnValuesOnConditionCheckFailure: String, Sendable, Hashable, CaseIterable {
  /// The error has no item; the default.
  case none = "NONE"
  /// The error has the item, if there is one.
  case allOld = "ALL_OLD"
}
