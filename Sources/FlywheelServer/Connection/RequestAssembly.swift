import NIOCore

/// A request whose body is still arriving.
struct RequestAssembly {
  let head: RequestHead
  /// The loop's second at which the head was complete.
  let startedSecond: Int
  private(set) var body = ByteBuffer()
  /// How much of the budget for large bodies this one holds.
  private(set) var budgetedBytes = 0

  /// Bodies up to this size are not counted: they are about as large as the network read they came in.
  private static let uncountedBytesMax = 65_536

  init(head: RequestHead, startedSecond: Int) {
    self.head = head
    self.startedSecond = startedSecond
  }

  /// Adds a part of the body; returns the answer that refuses the request if it has become too large.
  mutating func append(_ part: ByteBuffer, limits: ServerLimits, budget: BodyBudget) -> Answer? {
    let bytes = body.readableBytes + part.readableBytes
    guard bytes <= limits.requestBodyBytesMax else { return .requestTooLarge }
    if bytes > Self.uncountedBytesMax {
      guard budget.take(bytes - budgetedBytes) else { return .overloaded }
      budgetedBytes = bytes
    }
    if body.readableBytes == 0 {
      // Nearly every request: the body is one slice of what was read from the socket.
      body = part
    } else {
      body.writeImmutableBuffer(part)
    }
    return nil
  }

  /// The request that the connection is to serve, now that the body is complete.
  func finished() -> PendingRequest {
    let work: PendingRequest.Work =
      switch head.purpose {
      case .health: .answered(.healthy)
      case .unknown: .answered(.unknownOperation)
      case .operation where head.contentType == nil && body.readableBytes > 0: .answered(.unknownOperation)
      case .operation: .operation(target: head.target, body: body)
      }
    return PendingRequest(
      work: work, contentType: head.contentType ?? .json, budgetedBytes: budgetedBytes,
      keepsAlive: head.keepsAlive, isHTTP10: head.isHTTP10, isHead: head.isHead)
  }
}

/// A request that is complete and waits for its turn.
struct PendingRequest {
  enum Work {
    case operation(target: String, body: ByteBuffer)
    case answered(Answer)
  }

  var work: Work
  var contentType: ContentType
  var budgetedBytes: Int
  var keepsAlive: Bool
  var isHTTP10: Bool
  var isHead: Bool

  /// The place of a request that is refused: it is answered in its turn, and the connection ends with it.
  static func refused(_ answer: Answer) -> PendingRequest {
    PendingRequest(
      work: .answered(answer), contentType: answer.contentType, budgetedBytes: 0, keepsAlive: false,
      isHTTP10: false, isHead: false)
  }
}
