import Synchronization

/// The memory that all large request bodies share. See `ServerLimits.bufferedBodyBytesMax`.
///
/// A connection may hold a body of 16 MiB and there may be thousands of connections; without a common
/// bound a few clients could take all memory, each within its own limit.
final class BodyBudget: Sendable {
  private let bytesMax: Int
  private let taken = Atomic<Int>(0)

  init(bytesMax: Int) {
    self.bytesMax = bytesMax
  }

  /// Takes `count` bytes; false, and nothing taken, when there are not as many left.
  func take(_ count: Int) -> Bool {
    if taken.add(count, ordering: .relaxed).newValue <= bytesMax { return true }
    giveBack(count)
    return false
  }

  func giveBack(_ count: Int) {
    taken.subtract(count, ordering: .relaxed)
  }

  /// What is taken now, in bytes.
  var takenBytes: Int { taken.load(ordering: .relaxed) }
}
