import DynamoModel
package import Flywheel

extension WireResponse {
  /// The response that tells of an error.
  ///
  /// `__type` is the error's name behind its namespace. The text stands under `message`, but under `Message` in
  /// the errors of the layer that reads the JSON, and in denials; with no text neither is there. A failed
  /// condition carries the item that was asked for, a throttled request the reasons.
  package init(_ error: ServiceError) {
    var json = JSONWriter(capacityBytes: 128 + error.message.utf8.count + (error.item?.bytes.count ?? 0) * 2)
    json.beginObject()
    json.name("__type")
    json.string("\(error.code.namespace)#\(error.code.name)")
    if !error.cancellationReasons.isEmpty {
      json.array(error.cancellationReasons, named: "CancellationReasons") { json, reason in
        json.cancellationReason(reason)
      }
    }
    if !error.message.isEmpty {
      json.name(error.code.hasCapitalMessage ? "Message" : "message")
      json.string(error.message)
    }
    json.item(error.item, named: "Item")
    json.throttlingReasons(error)
    json.endObject()
    self.init(status: error.code.httpStatus, errorType: error.code.name, body: json.finish())
  }
}

extension JSONWriter {
  /// Why an action keeps its transaction from happening; what is not there is left out.
  mutating func cancellationReason(_ reason: CancellationReason) {
    beginObject()
    string(reason.code.rawValue, named: "Code")
    item(reason.item, named: "Item")
    string(reason.message, named: "Message")
    endObject()
  }

  /// Why a request was refused for its rate. The member's name begins with a small letter in the error that does not
  /// come from this API's own model but from the layer that all services share.
  fileprivate mutating func throttlingReasons(_ error: ServiceError) {
    guard !error.throttlingReasons.isEmpty else { return }
    name(error.code == .throttling ? "throttlingReasons" : "ThrottlingReasons")
    beginArray()
    for reason in error.throttlingReasons {
      beginObject()
      string(reason.reason, named: "reason")
      string(reason.resource, named: "resource")
      endObject()
    }
    endArray()
  }
}

extension ErrorCode {
  /// Whether the text stands under `Message`.
  fileprivate var hasCapitalMessage: Bool {
    switch self {
    case .serialization, .accessDenied, .transactionCanceled, .transactionInProgress,
      .idempotentParameterMismatch:
      true
    default: false
    }
  }
}
