import LSMTree

/// Asks until the answer is yes, for about a minute: what background threads do happens at some time.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  for _ in 0..<12_000 {
    if try condition() { return true }
    UnixTime.sleep(nanoseconds: 5_000_000)
  }
  return false
}
