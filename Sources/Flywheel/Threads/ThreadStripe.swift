import LSMTree

/// Spreads threads over copies of a thing that all of them use, so that they seldom meet at one cache line.
package enum ThreadStripe {
  /// How many copies such things keep: two to the fourth.
  package static let count = 16

  /// The calling thread's copy. Any answer is right; the same thread gets the same one.
  package static var index: Int {
    Int(truncatingIfNeeded: (UInt64(BackgroundThread.currentNumber) &* 0x9E37_79B9_7F4A_7C15) >> 60)
  }
}
