import DynamoProtocol
import Testing

/// Whole requests and their responses, through the endpoint and the database: `Tests/Fixtures/Wire`.
@Suite struct WireTranscriptTests {
  @Test(arguments: [
    "targets", "types", "constraints", "values", "tables", "items", "reads", "batches", "legacy", "tags",
    "policies",
    "time-to-live", "transactions", "change-intervals", "insights", "absences", "twins",
  ])
  func transcript(_ name: String) async throws {
    let client = try WireClient(enforcesChangeIntervals: name == "change-intervals")
    try await Transcript.run(name) { block in
      let response = await client.ask(target: block.target, Array(block.body.utf8))
      return response.body.isEmpty
        ? "\(response.status)" : "\(response.status) \(Self.withoutChance(response.text))"
    }
  }

  /// A response with a table's random id, and that of the service's key, replaced.
  private static func withoutChance(_ text: String) -> String {
    text.replacing(/"TableId":"[0-9a-f-]{36}"/, with: #""TableId":"…""#)
      .replacing(/:key\/[0-9a-f-]{36}"/, with: #":key/…""#)
  }
}
