public import LSMTree

/// One operation of the API: a request, a response, and how the second comes from the first.
///
/// **Why a synchronous function that may be run twice.** A request that finds what it needs in memory must
/// finish on the event loop on which it came in; only one that must wait for a disk may leave it. So `run`
/// is plain synchronous code that is told by its context whether it may touch the disk. On the loop it may
/// not: the first block that is not in memory ends the attempt with `.wouldBlock`, and the runner starts
/// the operation afresh on a thread that may wait. Nothing that an attempt does before its one commit has
/// an effect, so starting afresh is safe; a commit is the last thing that can fail.
/// An `async` function in its place was measured at 1,000 ns and more a hop (see the design's table).
///
/// **What a response may tell.** `run` may see writes that are applied but not yet durable (a writer under
/// its latch does). It reports the newest sequence it saw or wrote in `context.observed`, for successes and
/// for errors alike, and the runner holds the answer back until that much is durable.
@usableFromInline
package protocol Operation: SendableMetatype {
  associatedtype Request: Sendable
  associatedtype Response: Sendable

  /// The operation's name on the wire and in metrics.
  static var name: String { get }

  /// False for operations that always wait (table changes commit and wait for the disk): the runner sends
  /// them straight to a thread that may block.
  static var mayRunInline: Bool { get }

  /// The number by which metrics count the operation; nil for one that is none of the API's.
  static var meterNumber: Int? { get }

  /// Does the work. See the type's essay for what it may and may not do.
  static func run(
    _ request: Request, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> Response
}

extension Operation {
  @inlinable package static var mayRunInline: Bool { true }
  package static var meterNumber: Int? { MeteredOperations.number(of: name) }
}

/// What an operation is told and what it tells besides its response.
@usableFromInline
package struct OperationContext: Sendable {
  /// Whether the disk may be waited for.
  @usableFromInline package let io: ReadIO
  /// The newest sequence number that the answer depends on; 0 when it depends on durable state only.
  @usableFromInline package var observed: SequenceNumber = 0
  /// Counts what becomes of the request: the meter of the first table that it came to.
  @usableFromInline package var meter: RequestMeter?
  /// How many items the response returns, of operations that return any number.
  @usableFromInline package var returned = 0

  @inlinable
  package init(io: ReadIO) {
    self.io = io
  }

  /// Notes that the answer depends on `sequence`.
  package mutating func observe(_ sequence: SequenceNumber) {
    observed = max(observed, sequence)
  }
}

/// Why an attempt at an operation ended without a response.
@usableFromInline
package enum Interruption: Error, Sendable {
  /// It needs the disk, or a latch that someone holds, and was not allowed to wait: run it again where it is.
  case wouldBlock
  /// The table was changed between being looked up and being latched: start afresh with the table as it is.
  case restart
  /// It is answered with an error.
  case service(ServiceError)
  /// It is refused for its rate, which is counted when that is answered.
  case refused(AdmissionRefusal)
  /// The engine failed; the client is told InternalServerError and the log what happened.
  case engine(TreeError)

  /// The engine's error, with its own `wouldBlock` made this one's.
  package init(_ error: TreeError) {
    self = error == .wouldBlock ? .wouldBlock : .engine(error)
  }

  /// A ValidationException.
  package static func validation(_ message: String) -> Interruption {
    .service(.validation(message))
  }
}
