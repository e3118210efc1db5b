import Flywheel

extension UpdateContributorInsights: WireOperation {
  enum Field: Int, CaseIterable {
    case tableName, indexName, contributorInsightsMode, contributorInsightsAction
  }

  static let input = Structure("UpdateContributorInsightsInput", of: Field.self) { field in
    switch field {
    case .tableName: .tableName
    case .indexName: .insightsIndexName
    case .contributorInsightsMode:
      Member(
        "ContributorInsightsMode", .string, .optional,
        [.oneOf(["THROTTLED_KEYS", "ACCESSED_AND_THROTTLED_KEYS"])])
    case .contributorInsightsAction:
      Member("ContributorInsightsAction", .string, .required, [.oneOf(["ENABLE", "DISABLE"])])
    }
  }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> UpdateContributorInsightsRequest {
    var request = UpdateContributorInsightsRequest(tableName: "", action: .disable)
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: request.tableName = try wire.string(members)
      case .indexName: request.indexName = try wire.string(members)
      case .contributorInsightsMode: request.mode = try wire.word(members)
      case .contributorInsightsAction: request.action = try wire.word(members) ?? .disable
      }
    }
    return request
  }

  static func write(_ response: UpdateContributorInsightsResponse, to json: inout JSONWriter) {
    json.string(response.tableName, named: "TableName")
    json.string(response.indexName, named: "IndexName")
    json.word(response.status, named: "ContributorInsightsStatus")
    json.word(response.mode, named: "ContributorInsightsMode")
  }
}

extension Member {
  /// The index of an operation on contributor insights, whose length is told on its own.
  static let insightsIndexName = Member("IndexName", .string, .optional, [.lengthFirst(3...255)])
}
