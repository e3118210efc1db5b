/// Everything that a client could otherwise make the server spend without end, and where it ends.
///
/// A client that reaches a limit is answered as the service would answer it, where the service has an
/// answer, and is disconnected otherwise. No limit is larger than what one request of the API can need.
package struct ServerLimits: Sendable {
  /// The largest body of one request. The service refuses 16 MiB and one byte with status 413.
  package var requestBodyBytesMax = 16 * 1_048_576
  /// How much memory all bodies that are larger than one network read may hold together. A client that
  /// would exceed it is told ServiceUnavailable, which SDKs try again later.
  package var bufferedBodyBytesMax = 256 * 1_048_576
  /// One header's name and value. Signed session tokens are the largest that clients send: a few KiB.
  package var headerFieldBytesMax = 16 * 1_024
  /// All headers of one request together.
  package var headersBytesMax = 64 * 1_024
  /// How many headers one request may have.
  package var headerCountMax = 100
  /// Connections open at a time; one more is answered with status 503 and closed.
  package var connectionsMax = 4_096
  /// Requests of one connection that wait for the one before them. When this many wait, the connection
  /// is not read any further; when twice as many came in what was already read, it is closed after them.
  package var waitingRequestsMax = 128
  /// How long a connection may stand idle between two requests, or dribble the headers of one.
  package var idleSecondsMax = 75
  /// How long a request may take from its headers to the end of its body.
  package var requestSecondsMax = 30
  /// How long a client may leave a response unread.
  package var unreadResponseSecondsMax = 30
  /// How long input is thrown away, after an answer that closes the connection, so that the client gets
  /// to read the answer.
  package var lingerSecondsMax = 5
  /// How long the requests that are being served may take to finish when the server stops.
  package var drainSecondsMax = 15

  package init() {}
}
