package import DynamoProtocol
package import Flywheel

/// What the server needs of the layer below it: a function from a request to a response.
///
/// `Endpoint` is the one that serves a database. It stands behind a function so that the server's own
/// behaviour (order, limits, draining) can be tested against answers that come when the test says so.
package struct RequestHandler: Sendable {
  /// Where a handler leaves its response: called exactly once, before `handle` returns or later, on any thread.
  package typealias Respond = @Sendable (WireResponse) -> Void

  /// Serves one request: the value of its `X-Amz-Target` header ("" when there is none) and its body.
  /// Must not block: it is called on an event loop.
  package let handle: @Sendable (_ target: String, _ body: RawSpan, _ respond: @escaping Respond) -> Void

  package init(_ handle: @escaping @Sendable (String, RawSpan, @escaping Respond) -> Void) {
    self.handle = handle
  }

  /// Serves the API of `database`.
  package init(serving database: Database) {
    let endpoint = Endpoint(database: database)
    self.init { target, body, respond in
      endpoint.handle(target: target, body: body, respond: respond)
    }
  }
}
