/// Makes a history that fails short: leaves out ever smaller pieces as long as what is left fails, too (Zeller's
/// delta debugging). What a step answers follows from the steps before it, so any selection of steps is a history.
struct HistoryShrinker {
  /// Runs of a history that may be spent.
  private var runsLeft: Int
  private let fails: (History) -> Bool

  /// - Parameter fails: whether a history goes wrong in the way that is looked for.
  static func shrink(_ history: History, runsMax: Int, fails: @escaping (History) -> Bool) -> History {
    var shrinker = HistoryShrinker(runsLeft: runsMax, fails: fails)
    return shrinker.shrink(history)
  }

  private mutating func shrink(_ history: History) -> History {
    var history = history
    var piece = max(1, history.steps.count / 2)
    while runsLeft > 0 {
      var start = 0
      var hasShrunk = false
      while start < history.steps.count, runsLeft > 0 {
        var candidate = history
        candidate.steps.removeSubrange(start..<min(start + piece, history.steps.count))
        runsLeft -= 1
        if fails(candidate) {
          history = candidate
          hasShrunk = true
        } else {
          start += piece
        }
      }
      if piece == 1, !hasShrunk { break }
      piece = max(1, piece / 2)
    }
    return history
  }
}
