import NIOCore

/// Writes responses as the service writes them: status, the service's headers, body; one buffer, one write.
///
/// NIO's encoder takes a response in three parts with a list of header strings. Every response here has the
/// same headers, so they are written from constants: no string is made for a response.
struct ResponseWriter {
  private var identifiers: RequestIDGenerator
  private var date: HTTPDate

  /// Room for the status line and all headers.
  private static let headBytesMax = 384

  init(seed: UInt64, secondsSince1970: Int) {
    identifiers = RequestIDGenerator(seed: seed)
    date = HTTPDate(secondsSince1970: secondsSince1970)
  }

  /// Sets the time that responses are dated with from now on.
  mutating func setTime(secondsSince1970: Int) {
    date = HTTPDate(secondsSince1970: secondsSince1970)
  }

  /// How a response treats its connection.
  struct Framing {
    /// The connection ends after this response.
    var closes: Bool
    /// The request was of HTTP 1.0, whose clients must be told that the connection stays.
    var isHTTP10: Bool
    /// The request was a HEAD: headers as for its body, and no body.
    var omitsBody: Bool
  }

  /// The bytes of one response.
  mutating func write(_ answer: Answer, framing: Framing, allocator: ByteBufferAllocator) -> ByteBuffer {
    let bodyCount = framing.omitsBody ? 0 : answer.body.count
    var buffer = allocator.buffer(capacity: Self.headBytesMax + bodyCount)
    buffer.writeStaticString(Self.statusLine(answer.status))
    buffer.writeStaticString("Server: Server\r\nDate: ")
    buffer.writeBytes(date.bytes)
    buffer.writeStaticString("\r\nContent-Type: ")
    buffer.writeStaticString(answer.contentType.name)
    buffer.writeStaticString("\r\nContent-Length: ")
    Self.writeDecimal(answer.body.count, to: &buffer)
    if framing.closes {
      buffer.writeStaticString("\r\nConnection: close")
    } else if framing.isHTTP10 {
      buffer.writeStaticString("\r\nConnection: keep-alive")
    }
    buffer.writeStaticString("\r\nx-amzn-RequestId: ")
    identifiers.writeNext(to: &buffer)
    buffer.writeStaticString("\r\nx-amz-crc32: ")
    Self.writeDecimal(Int(answer.crc32), to: &buffer)
    buffer.writeStaticString("\r\n\r\n")
    if !framing.omitsBody { buffer.writeBytes(answer.body) }
    return buffer
  }

  private static func statusLine(_ status: Int) -> StaticString {
    switch status {
    case 200: "HTTP/1.1 200 OK\r\n"
    case 400: "HTTP/1.1 400 Bad Request\r\n"
    case 404: "HTTP/1.1 404 Not Found\r\n"
    case 408: "HTTP/1.1 408 Request Timeout\r\n"
    case 413: "HTTP/1.1 413 Request Entity Too Large\r\n"
    case 431: "HTTP/1.1 431 Request Header Fields Too Large\r\n"
    case 503: "HTTP/1.1 503 Service Unavailable\r\n"
    default: "HTTP/1.1 500 Internal Server Error\r\n"
    }
  }

  private static func writeDecimal(_ value: Int, to buffer: inout ByteBuffer) {
    var divisor = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      buffer.writeInteger(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}
