/// What compactions under way have claimed, so that the next one keeps clear of them.
///
/// Not sharing files is not enough. The outputs of a compaction may have keys anywhere between its first input's and
/// its last's, where other files may lie that it has nothing to do with; and what sinks must not come to lie below
/// older entries that are still on their way. So two compactions whose ranges overlap may not write into the same
/// level, nor may the path of one cross the other's: the levels that it passes or writes, from just below its first
/// input's down to its output's.
package struct CompactionClaims: Sendable {
  private struct Claim {
    var numbers: Set<UInt64>
    var passed: Range<Int>
    var outputLevel: Int
    var range: KeyRange
  }

  private var claims: [Claim] = []
  private var numbers: Set<UInt64>

  /// - Parameter numbers: of files that are busy without a compaction that says what for.
  package init(numbers: Set<UInt64> = []) { self.numbers = numbers }

  package var isEmpty: Bool { claims.isEmpty && numbers.isEmpty }

  /// Whether the file is an input of a compaction under way.
  package func contains(_ file: TableFile) -> Bool { numbers.contains(file.number) }

  /// Whether a compaction within `range`, from a level to another, would get in the way of one that is under way.
  package func forbid(_ range: KeyRange, from level: Int, to outputLevel: Int) -> Bool {
    claims.contains { claim in
      let isCrossed = claim.passed.overlaps(Self.passed(from: level, to: outputLevel))
      let isShared = claim.outputLevel == outputLevel && outputLevel > 0
      return (isCrossed || isShared) && claim.range.overlaps(range)
    }
  }

  package mutating func add(_ compaction: Compaction) {
    let claim = Claim(
      numbers: compaction.inputNumbers,
      passed: Self.passed(from: compaction.inputs[0].level, to: compaction.outputLevel),
      outputLevel: compaction.outputLevel, range: compaction.range)
    claims.append(claim)
    numbers.formUnion(claim.numbers)
  }

  package mutating func remove(_ compaction: Compaction) {
    let inputs = compaction.inputNumbers
    claims.removeAll { $0.numbers == inputs }
    numbers.subtract(inputs)
  }

  /// Files that give way to others within their bounds and on their level.
  package mutating func add(_ numbers: [UInt64]) { self.numbers.formUnion(numbers) }

  package mutating func remove(_ numbers: [UInt64]) { self.numbers.subtract(numbers) }

  private static func passed(from level: Int, to outputLevel: Int) -> Range<Int> {
    level + 1..<max(level, outputLevel) + 1
  }
}
