import DynamoProtocol
import Flywheel

/// What a connection sends for one request: a response of the layer below, or one of the few the server
/// gives by itself.
struct Answer {
  var status: Int
  var contentType: ContentType
  var body: [UInt8]
  /// CRC-32 of the body, which SDKs compare with what they received.
  var crc32: UInt32

  init(_ response: WireResponse, contentType: ContentType) {
    status = response.status
    self.contentType = contentType
    body = response.body
    crc32 = response.crc32
  }

  private init(status: Int, contentType: ContentType, body: String) {
    self.init(
      WireResponse(status: status, errorType: nil, body: Array(body.utf8)), contentType: contentType)
  }
}

extension Answer {
  /// A health check, as load balancers and people with a browser make it: GET on any path.
  static let healthy = Answer(
    status: 200, contentType: .text, body: "healthy: dynamodb.us-east-1.amazonaws.com ")

  /// Any other method than POST, or a body that does not say it is JSON.
  static let unknownOperation = Answer(
    status: 404, contentType: .text, body: "<UnknownOperationException/>\n")

  /// Bytes that are not HTTP.
  static let badRequest = Answer(status: 400, contentType: .text, body: "")

  /// A request that did not end in time.
  static let requestTimeout = Answer(status: 408, contentType: .text, body: "")

  /// Headers that are too long or too many.
  static let headersTooLarge = Answer(status: 431, contentType: .text, body: "")

  /// A body beyond the limit.
  static let requestTooLarge = Answer(
    WireResponse(ServiceError(.requestEntityTooLarge)), contentType: .json10)

  /// No room for another connection, or for the body of this request; SDKs try again.
  static let overloaded = Answer(WireResponse(ServiceError(.serviceUnavailable)), contentType: .json10)
}

/// The media types that the API speaks; a response has its request's.
enum ContentType {
  case json10
  case json11
  case json
  case text

  var name: StaticString {
    switch self {
    case .json10: "application/x-amz-json-1.0"
    case .json11: "application/x-amz-json-1.1"
    case .json: "application/json"
    case .text: "text/plain"
    }
  }

  /// What a `Content-Type` header says, parameters aside; nil for types that the API does not speak.
  init?(header value: String) {
    var name = Substring(value.prefix { $0 != ";" })
    while let last = name.last, last == " " || last == "\t" { name.removeLast() }
    switch name {
    case "application/x-amz-json-1.0": self = .json10
    case "application/x-amz-json-1.1": self = .json11
    case "application/json": self = .json
    default: return nil
    }
  }
}
