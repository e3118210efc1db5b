/// What Query and Scan answer with.
public enum Select: String, Sendable, Hashable, CaseIterable {
  /// All attributes of the matching items: from an index that does not hold them all, only a local one's,
  /// which are fetched from the table at the price of reading them there. The default on a table.
  case allAttributes = "ALL_ATTRIBUTES"
  /// All that the index holds; the default on an index, refused on a table.
  case allProjectedAttributes = "ALL_PROJECTED_ATTRIBUTES"
  /// What the projection names; the default, and the only one allowed, when there is a projection.
  case specificAttributes = "SPECIFIC_ATTRIBUTES"
  /// How many items match, and no items.
  case count = "COUNT"
}
