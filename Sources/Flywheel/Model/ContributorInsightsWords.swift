/// Whether the busiest keys are to be told.
public enum ContributorInsightsAction: String, Sendable, Hashable {
  case enable = "ENABLE"
  case disable = "DISABLE"
}

/// Which keys are told.
public enum ContributorInsightsMode: String, Sendable, Hashable, CaseIterable {
  /// Those that are read and written most, and those that are throttled most.
  case accessedAndThrottledKeys = "ACCESSED_AND_THROTTLED_KEYS"
  case throttledKeys = "THROTTLED_KEYS"
}

/// Whether the busiest keys of a table or an index are told.
public enum ContributorInsightsStatus: String, Sendable, Hashable, CaseIterable {
  case enabling = "ENABLING"
  case enabled = "ENABLED"
  case disabling = "DISABLING"
  case disabled = "DISABLED"
}
