import DynamoProtocol
import Flywheel
import Testing

/// An endpoint over a database in memory, whose clock stands still.
struct WireClient {
  let endpoint: Endpoint

  /// - Parameter enforcesChangeIntervals: whether settings change only as often as with the service, which is
  ///   once, as the clock stands still.
  init(enforcesChangeIntervals: Bool = false) throws {
    var options = DatabaseOptions()
    options.enforcesChangeIntervals = enforcesChangeIntervals
    options.clock = DatabaseClock { 1_700_000_000_123_000_000 }
    endpoint = Endpoint(database: try Database.inMemory(options: options))
  }

  /// Sends a request and waits for its response, whose checksum it checks.
  func ask(target: String, _ body: [UInt8]) async -> WireResponse {
    let response = await withCheckedContinuation { continuation in
      endpoint.handle(target: target, body: body.span.bytes) { continuation.resume(returning: $0) }
    }
    #expect(response.crc32 == CRC32.checksum(response.body.span.bytes))
    return response
  }

  func ask(_ operation: String, _ body: String) async -> WireResponse {
    await ask(target: "DynamoDB_20120810.\(operation)", Array(body.utf8))
  }

  /// Sends a request that must succeed.
  func succeed(_ operation: String, _ body: String, sourceLocation: SourceLocation = #_sourceLocation) async {
    let response = await ask(operation, body)
    #expect(response.status == 200, "\(response.text)", sourceLocation: sourceLocation)
  }
}

extension WireResponse {
  var text: String { String(decoding: body, as: UTF8.self) }
}
