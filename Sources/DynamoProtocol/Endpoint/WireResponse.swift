/// What goes back to a client: everything about the response but the transport.
package struct WireResponse: Sendable {
  /// The HTTP status.
  package var status: Int
  /// The name of the error that the body tells of, for metrics and logs; nil for a success.
  package var errorType: String?
  /// The body: JSON.
  package var body: [UInt8]
  /// The body's CRC-32, for `x-amz-crc32`.
  package var crc32: UInt32

  package init(status: Int, errorType: String? = nil, body: [UInt8]) {
    self.status = status
    self.errorType = errorType
    self.body = body
    crc32 = CRC32.checksum(body.span.bytes)
  }
}
