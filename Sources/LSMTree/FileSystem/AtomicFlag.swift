import Synchronization

/// A flag that one of many threads sets first, and is told so.
package struct AtomicFlag: ~Copyable, Sendable {
  private let value = Atomic<Bool>(false)

  package init() {}

  /// Sets the flag; true for the one caller that found it unset.
  package borrowing func setFirst() -> Bool {
    !value.exchange(true, ordering: .acquiringAndReleasing)
  }

  package var isSet: Bool { value.load(ordering: .acquiring) }
}
