import Flywheel

extension ListContributorInsights: WireOperation {
  enum Field: Int, CaseIterable { case tableName, nextToken, maxResults }

  static let input = Structure("ListContributorInsightsInput", of: Field.self) { field in
    switch field {
    case .tableName: .optionalTableName
    case .nextToken: Member("NextToken", .string)
    case .maxResults: Member("MaxResults", .integer, .optional, [.valueMax(100)])
    }
  }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> ListContributorInsightsRequest {
    var request = ListContributorInsightsRequest()
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: request.tableName = try wire.string(members)
      case .nextToken: request.nextToken = try wire.string(members)
      case .maxResults: request.maxResults = try wire.integer(members)
      }
    }
    return request
  }

  static func write(_ response: ListContributorInsightsResponse, to json: inout JSONWriter) {
    json.array(response.summaries, named: "ContributorInsightsSummaries") { json, summary in
      json.beginObject()
      json.string(summary.tableName, named: "TableName")
      json.string(summary.indexName, named: "IndexName")
      json.word(summary.status, named: "ContributorInsightsStatus")
      json.word(summary.mode, named: "ContributorInsightsMode")
      json.endObject()
    }
    json.string(response.nextToken, named: "NextToken")
  }
}
