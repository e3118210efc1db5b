/// A state of the tree to come back to, at the price of the versions it keeps from being dropped. Released when the last
/// reference goes.
public final class Snapshot: Sendable {
  private let engine: Engine
  /// The last write that is seen.
  public let sequence: SequenceNumber

  init(_ engine: Engine) {
    self.engine = engine
    sequence = engine.registerSnapshot()
  }

  deinit { engine.unregisterSnapshot(sequence) }

  public func view() -> ReadView { engine.view(at: sequence) }
}
