import DynamoExpressions
public import Flywheel

/// The API in front of a database: request bytes in, response bytes out, no sockets.
///
/// The way of one request: the target names the operation; the operation's file reads the body in one pass,
/// noting what it violates; what it violates is answered; else the database performs it, and its response is
/// written. Nothing here waits: the database calls back, at once when all it needs is in memory.
///
/// `flywheel serve` is this behind Flywheel's own HTTP server. An app that has a server of its own hands it
/// the requests it gets.
public final class Endpoint: Sendable {
  public let database: Database

  public init(database: Database) {
    self.database = database
  }

  /// Serves one request.
  ///
  /// - Parameters:
  ///   - target: the value of `X-Amz-Target`, or "" without one.
  ///   - body: the request's body, whole.
  ///   - respond: called once with the response: on the caller's thread before this returns when nothing had to
  ///     be waited for, else later and on another.
  public func handle(
    target: String, body: RawSpan, respond: @escaping @Sendable (WireResponse) -> Void
  ) {
    switch OperationTable.find(target.utf8Span.span.bytes) {
    case .built(let entry):
      entry.serve(database, body, respond)
    case .notBuilt, .unknown:
      respond(Self.unknownOperation(body: body))
    }
  }

  /// The name of the operation that a target asks for, as metrics count it; nil if there is none such. An
  /// operation of the service that is not built has its name too.
  public static func operationName(target: String) -> String? {
    switch OperationTable.find(target.utf8Span.span.bytes) {
    case .built(let entry): entry.name
    case .notBuilt(let name): name
    case .unknown: nil
    }
  }

  /// The answer to a target that is none. A body that is not JSON comes first, as with the service.
  private static func unknownOperation(body: RawSpan) -> WireResponse {
    if body.byteCount > 0 {
      var json = JSONReader(body)
      do throws(SerializationFault) {
        try json.skipValue()
        try json.finish()
      } catch {
        return WireResponse(ServiceError(.serialization))
      }
    }
    return WireResponse(ServiceError(.unknownOperation))
  }
}

// MARK: - One operation

extension Endpoint {
  /// Serves a request for an operation that is known.
  static func serve<Served: WireOperation>(
    _ operation: Served.Type, in database: Database, body: RawSpan,
    respond: @escaping @Sendable (WireResponse) -> Void
  ) {
    let request: Served.Request
    do throws(ServiceError) {
      request = try read(operation, body, transactionItemsMax: database.options.transactionItemsMax)
    } catch {
      return respond(WireResponse(error))
    }
    database.perform(operation, request) { result in
      switch result {
      case .success(let response): respond(write(operation, response))
      case .failure(let error): respond(WireResponse(error))
      }
    }
  }

  /// Reads a request, or tells why it is refused: a wrong JSON type before a violated rule before an attribute
  /// value that is none.
  static func read<Served: WireOperation>(
    _ operation: Served.Type, _ body: RawSpan,
    transactionItemsMax: Int = DatabaseOptions.transactionItemsMaxDefault
  ) throws(ServiceError) -> Served.Request {
    var wire = RequestReader(body, transactionItemsMax: transactionItemsMax)
    let request: Served.Request
    do throws(SerializationFault) {
      request = try Served.read(&wire)
      try wire.json.finish()
    } catch {
      throw ServiceError(.serialization, error.message ?? "")
    }
    if let message = wire.violations.message() { throw .validation(message) }
    if wire.valueFaults.isEmpty { return request }
    throw .validation(explain(operation, wire.valueFaults, in: request))
  }

  /// Why a request with attribute values that are none is refused.
  private static func explain<Served: WireOperation>(
    _ operation: Served.Type, _ faults: [ValueFault], in request: Served.Request
  ) -> String {
    do throws(ExpressionError) {
      return try Served.explain(ValueFaults(faults: faults), in: request)
    } catch {
      return error.message
    }
  }

  /// Writes the response to a request that was performed.
  static func write<Served: WireOperation>(
    _ operation: Served.Type, _ response: Served.Response
  ) -> WireResponse {
    guard Served.hasOutput else { return WireResponse(status: 200, body: []) }
    let body = JSONWriter.array(capacityBytes: Served.bytesExpected(of: response)) { json in
      json.beginObject()
      Served.write(response, to: &json)
      json.endObject()
    }
    return WireResponse(status: 200, body: body)
  }
}
