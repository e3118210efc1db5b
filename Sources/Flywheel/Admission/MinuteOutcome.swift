import Synchronization

/// What the end of a minute asks for.
struct MinuteOutcome: Sendable, Hashable {
  /// Where partitions are to be split.
  var splitPoints: [UInt64] = []
  /// What an on-demand table or index is to be ready for from now on.
  var level: WarmLevel?

  var isEmpty: Bool { splitPoints.isEmpty && level == nil }
}

/// What is told when a minute has ended, and to whom: a database that is not there yet when its tables are made.
package final class MinuteBell: Sendable {
  typealias Listener = @Sendable (ResourceAdmission, MinuteOutcome) -> Void

  private let listener = Mutex<Listener?>(nil)

  func listen(_ listener: @escaping Listener) { self.listener.withLock { $0 = listener } }

  func ring(_ admission: ResourceAdmission, _ outcome: MinuteOutcome) {
    let listener = listener.withLock { $0 }
    listener?(admission, outcome)
  }
}
