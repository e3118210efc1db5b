/// What goes back to a client: everything about the response but the transport.
public struct WireResponse: Sendable {
  /// The HTTP status.
  public var status: Int
  /// The name of the error that the body tells of, for metrics and logs; nil for a success.
  public var errorType: String?
  /// The body: JSON.
  public var body: [UInt8]
  /// The body's CRC-32, for `x-amz-crc32`.
  public var crc32: UInt32

  package init(status: Int, errorType: String? = nil, body: [UInt8]) {
    self.status = status
    self.errorType = errorType
    self.body = body
    crc32 = CRC32.checksum(body.span.bytes)
  }
}
