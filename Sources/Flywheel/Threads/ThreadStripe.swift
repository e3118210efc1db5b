import LSMTree

/// Spreads threads over copies of a thing that all of them use, so that they seldom meet at one cache line.
package enum ThreadStripe {
  /// How many copies such things keep: two to the fourth.
  package static let count = 16

  /// The calling thread's copy. Any answer is right; the same thread gets the same one.
  @inlinable @inline(__always)
  package static var index: Int { ThreadSlot.current & (count - 1) }
}
