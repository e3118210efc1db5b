import Flywheel

extension DescribeContributorInsights: WireOperation {
  enum Field: Int, CaseIterable { case tableName, indexName }

  static let input = Structure("DescribeContributorInsightsInput", of: Field.self) { field in
    switch field {
    case .tableName: .tableName
    case .indexName: .insightsIndexName
    }
  }

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> DescribeContributorInsightsRequest {
    var request = DescribeContributorInsightsRequest(tableName: "")
    var members = try wire.begin(input, at: .element)
    while let field = try wire.next(&members, as: Field.self) {
      switch field {
      case .tableName: request.tableName = try wire.string(members)
      case .indexName: request.indexName = try wire.string(members)
      }
    }
    return request
  }

  static func write(_ response: DescribeContributorInsightsResponse, to json: inout JSONWriter) {
    json.string(response.tableName, named: "TableName")
    json.string(response.indexName, named: "IndexName")
    json.strings(response.rules, named: "ContributorInsightsRuleList")
    json.word(response.status, named: "ContributorInsightsStatus")
    json.time(response.lastUpdate, named: "LastUpdateDateTime")
    json.word(response.mode, named: "ContributorInsightsMode")
  }
}
