/// Works on fixed input, for `Scripts/guards.py`, which counts their instructions and allocations.
public protocol GuardBench {
  /// What it can do, by the names that arguments and thresholds have for it.
  associatedtype Work: CaseIterable & RawRepresentable<String>

  /// Makes everything that the work needs.
  init(_ work: Work) throws

  /// Does the work so many times, and ends the program where it has not been done.
  func run(_ count: Int)

  func close() throws
}

/// The program around a bench. Arguments: a work, and how many operations; without them it prints its works.
///
/// Callgrind begins to count where `guardedOperations` is entered and ends where it is left, and counts what the thread does that
/// calls it. Everything before is made outside.
public enum GuardHarness {
  public static func main<Bench: GuardBench>(_: Bench.Type) {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let work = Bench.Work(rawValue: arguments[1]),
      let count = Int(arguments[2]), count > 0
    else {
      print(Bench.Work.allCases.map(\.rawValue).joined(separator: "\n"))
      return
    }
    do {
      let bench = try Bench(work)
      // Once outside: what is made at its first use is not a cost of an operation.
      bench.run(max(count / 10, 100))
      guardedOperations(bench.run, count)
      try bench.close()
    } catch {
      fatalError("\(work.rawValue): \(error)")
    }
  }
}

/// What callgrind finds by its name.
@inline(never)
func guardedOperations(_ run: (Int) -> Void, _ count: Int) { run(count) }
