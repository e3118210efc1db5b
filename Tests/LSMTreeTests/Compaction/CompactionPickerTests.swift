import LSMTree
import Testing

/// Transcripts: versions drawn as text, and what the picker says of them.
///
/// A line of a version is a level and its files: `number:first-last`, then what is special of it: `size=`, `seq=`
/// (from-to), `time=` (of the oldest entry), `del=` (deletions of how many entries), `busy`. An exclusive end is
/// written `first-last)`. `rangedel first-last seq` adds a range deletion.
@Suite struct CompactionPickerTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    var version: String
    var snapshots: [SequenceNumber] = [1000]
    var expected: String
    var testDescription: String { name }
  }

  private static var options: CompactionOptions {
    var options = CompactionOptions()
    options.l0CompactionSublevels = 4
    options.levelBaseBytesMax = 1000
    options.levelSizeRatio = 10
    options.tableBytesMax = 100
    options.tombstoneAgeSecondsMax = 100
    return options
  }

  static let cases = [
    Case(name: "nothing to do", version: "L0 5:a-z 4:a-z\nL6 1:a-m 2:n-z", expected: "none"),
    Case(
      name: "L0 is full: all of it, with what it overlaps in the last level",
      version: "L0 9:a-k 8:c-d 7:a-f 6:b-c\nL6 1:a-c 2:d-h 3:l-p",
      expected: "l0 merge L0 9 8 7 6 + L6 1 2 -> L6"),
    Case(
      name: "files of L0 that lie side by side are one sublevel",
      version: "L0 9:g-h 8:e-f 7:c-d 6:a-b\nL6 1:k-z", expected: "none"),
    Case(
      name: "and sink as they are when they are as much as a level",
      version: "L0 9:g-h,size=400 8:e-f,size=400 7:c-d 6:a-b\nL6 1:k-z",
      expected: "l0 move L0 9 8 7 6 -> L6"),
    Case(
      name: "files of L0 that touch don't overlap if the end is exclusive",
      version: "L0 9:g-h,size=400 8:e-g),size=400 7:c-d 6:a-b\nL6 1:k-z",
      expected: "l0 move L0 9 8 7 6 -> L6"),
    Case(
      name: "those that do are merged; stacks beside them, with nothing below either, come along",
      version: "L0 9:g-h,size=400 8:e-g,size=400 7:c-d 6:a-b\nL6 1:k-z",
      expected: "l0 merge L0 9 8 7 6 -> L6"),
    Case(
      name: "of two stacks the one that has less below it per byte",
      version: "L0 9:a-c 8:p-q 7:a-b 6:p-r 5:a-d 4:p-s 3:b-c 2:p-p\nL6 10:a-e,size=500 11:o-t,size=300",
      expected: "l0 merge L0 8 6 4 2 + L6 11 -> L6"),
    Case(
      name: "L0 is deep, but small beside the base level: it waits until it is deeper",
      version: "L0 9:a-k 8:c-d 7:a-f 6:b-c\nL6 1:a-c,size=2000", expected: "none"),
    Case(
      name: "what lies under a busy file of L0 may sink",
      version: "L0 9:a-k 8:c-d,busy 7:a-f 6:b-c\nL6 1:a-c", expected: "l0 merge L0 7 6 + L6 1 -> L6"),
    Case(
      name: "not what lies over it", version: "L0 9:a-k 8:c-d 7:a-f 6:b-c,busy\nL6 1:a-c", expected: "none"),
    Case(
      name: "L0 is very deep and the way down is busy: the newest become one",
      version: "L0 15:a-z 14:a-z 13:a-z 12:a-z 11:a-z 10:a-z 9:a-z 8:a-z\nL6 1:a-c,busy",
      expected: "withinL0 merge L0 15 14 13 12 11 10 9 8 -> L0"),
    Case(
      name: "but not with what was made so before",
      version: "L0 16:a-z 15:a-z 14:a-z 13:a-z 12:a-z,size=900 11:a-z 10:a-z 9:a-z 8:a-z\nL6 1:a-c,busy",
      expected: "withinL0 merge L0 16 15 14 13 -> L0"),
    Case(
      name: "a busy file below keeps L0 waiting",
      version: "L0 9:a-k 8:c-d 7:a-f 6:b-c\nL6 1:a-c,busy", expected: "none"),
    Case(
      name: "large data: L0 goes into a base level of its own",
      version: "L0 9:a-k 8:c-d 7:a-f 6:b-c\nL6 1:a-c,size=5000 2:d-z,size=4000",
      expected: "l0 merge L0 9 8 7 6 -> L5"),
    Case(
      name: "very large data: two levels between",
      version: "L0 9:a-k 8:c-d 7:a-f 6:b-c\nL6 1:a-c,size=50000", expected: "l0 merge L0 9 8 7 6 -> L4"),
    Case(
      name: "a level above its target gives the file with least below it",
      version: "L5 1:a-c,size=600 2:d-f,size=600\nL6 3:a-b,size=4000 4:c-c,size=4000 5:d-e,size=1000",
      expected: "levelSize merge L5 2 + L6 5 -> L6"),
    Case(
      name: "a file with nothing below it moves",
      version: "L5 1:a-c,size=600 2:x-z,size=600\nL6 3:a-c,size=9000", expected: "levelSize move L5 2 -> L6"),
    Case(
      name: "neighbours that need nothing more below come along",
      version: "L5 1:a-b,size=400 2:c-d,size=400 3:e-f,size=400\nL6 4:a-g,size=300 5:p-z,size=9000",
      expected: "levelSize merge L5 1 2 3 + L6 4 -> L6"),
    Case(
      name: "a busy file is passed over",
      version:
        "L5 1:a-c,size=1200 2:d-f,size=600,busy 3:g-i,size=500\nL6 4:a-c,size=5000 5:g-i,size=4000,busy",
      expected: "levelSize merge L5 1 + L6 4 -> L6"),
    Case(
      name: "a file of deletions sinks though its level is small",
      version: "L5 1:a-c,size=50,del=5/10\nL6 2:b-d", expected: "deletions merge L5 1 + L6 2 -> L6"),
    Case(
      name: "deletions at the bottom that nobody needs are written out",
      version: "L6 1:a-c,del=5/10", expected: "deletions merge L6 1 -> L6"),
    Case(
      name: "deletions that a snapshot needs stay",
      version: "L6 1:a-c,del=5/10,seq=5-20", snapshots: [10, 1000], expected: "none"),
    Case(
      name: "few deletions wait for their level", version: "L5 1:a-c,size=50,del=4/10\nL6 2:b-d",
      expected: "none"),
    Case(
      name: "old deletions sink before anything else",
      version:
        "L0 9:a-k 8:c-d 7:a-f 6:b-c\nL5 1:a-c,size=50,del=1/10,time=800 2:x-z,del=1/10,time=950\nL6 3:b-d,size=100",
      expected: "oldDeletions merge L5 1 + L6 3 -> L6"),
    Case(
      name: "in L0, with what lies under them",
      version: "L0 9:a-k 8:c-d,del=1/10,time=800 7:d-f\nL6 3:b-d,size=100",
      expected: "oldDeletions merge L0 8 7 + L6 3 -> L6"),
    Case(
      name: "at the bottom they are written out", version: "L6 1:a-c,del=1/10,time=800 2:d-e,time=700",
      expected: "oldDeletions merge L6 1 -> L6"),
    Case(
      name: "not while a snapshot needs them", version: "L6 1:a-c,del=1/10,time=800,seq=5-20",
      snapshots: [10, 1000], expected: "none"),
    Case(
      name: "with nothing to delete but further down they move there",
      version: "L4 1:a-c,del=9/10\nL6 2:a-c,size=9000", expected: "deletions move L4 1 -> L5"),
    Case(
      name: "files that a range deletion covers go unread",
      version: "L6 1:b-d,seq=1-9 2:e-g,seq=1-9 3:h-x,seq=1-9\nrangedel a-h 50",
      expected: "coveredByRangeDeletion drop L6 1 2 -> L6"),
    Case(
      name: "an exclusive end may touch the range's end",
      version: "L6 1:b-h),seq=1-9\nrangedel a-h 50", expected: "coveredByRangeDeletion drop L6 1 -> L6"),
    Case(
      name: "an inclusive one may not", version: "L6 1:b-h,seq=1-9\nrangedel a-h 50", expected: "none"),
    Case(
      name: "two range deletions that touch cover together",
      version: "L6 1:b-g,seq=1-9\nrangedel a-d 50\nrangedel d-h 60",
      expected: "coveredByRangeDeletion drop L6 1 -> L6"),
    Case(
      name: "two with a gap don't", version: "L6 1:b-g,seq=1-9\nrangedel a-d 50\nrangedel e-h 60",
      expected: "none"),
    Case(
      name: "a file newer than the range deletion stays", version: "L6 1:b-g,seq=1-90\nrangedel a-h 50",
      expected: "none"),
    Case(
      name: "a snapshot between file and range deletion keeps the file",
      version: "L6 1:b-g,seq=1-9\nrangedel a-h 50", snapshots: [20, 1000], expected: "none"),
    Case(
      name: "a snapshot before the file does not",
      version: "L6 1:b-g,seq=5-9\nrangedel a-h 50", snapshots: [4, 1000],
      expected: "coveredByRangeDeletion drop L6 1 -> L6"),
    Case(
      name: "a range deletion that new readers don't see yet covers nothing",
      version: "L6 1:b-g,seq=5-9\nrangedel a-h 50", snapshots: [40], expected: "none"),
  ]

  @Test(arguments: cases)
  func picks(_ test: Case) throws {
    let (version, busy) = try Self.parse(test.version)
    let picked = CompactionPicker(options: Self.options).pick(
      version, claims: CompactionClaims(numbers: busy), snapshots: test.snapshots,
      now: 1000)
    #expect(Self.describe(picked) == test.expected)
  }

  @Test func manualStepsLeadToTheLastLevel() throws {
    var (version, _) = try Self.parse(
      "L0 9:c-d 8:a-b\nL4 5:a-e,size=900 6:k-l,size=900\nL5 3:a-c,size=900\nL6 1:a-z,size=900")
    var steps: [String] = []
    let picker = CompactionPicker(options: Self.options)
    while let step = picker.pickManual(
      version, from: Array("a".utf8), to: Array("f".utf8), claims: CompactionClaims())
    {
      steps.append(Self.describe(step))
      // As if everything had become one file of the same number.
      var levels = version.levels
      for input in step.inputs {
        let numbers = Set(input.files.map(\.number))
        levels[input.level].removeAll { numbers.contains($0.number) }
      }
      levels[step.outputLevel] = [step.inputs[0].files[0]] + levels[step.outputLevel]
      version = Version(levels: levels)
    }
    #expect(
      steps == [
        "manual merge L0 9 + L4 5 -> L4", "manual move L0 8 -> L4", "manual merge L4 8 9 + L5 3 -> L5",
        "manual merge L5 8 + L6 1 -> L6",
      ])
    #expect(version.levels[4].map(\.number) == [6])
  }

  // MARK: Text

  private static func describe(_ compaction: Compaction?) -> String {
    guard let compaction else { return "none" }
    let inputs = compaction.inputs.map { input in
      "L\(input.level) " + input.files.map { "\($0.number)" }.joined(separator: " ")
    }
    let what = inputs.joined(separator: " + ")
    return "\(compaction.reason) \(compaction.work) \(what) -> L\(compaction.outputLevel)"
  }

  private static func parse(_ text: String) throws -> (Version, busy: Set<UInt64>) {
    let store = TableStore(directory: "/none", fileSystem: MemoryFileSystem(), options: TreeOptions())
    var levels = [[TableFile]](repeating: [], count: Version.levelCount)
    var deletions: [RangeDeletion] = []
    var busy: Set<UInt64> = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words[0] == "rangedel" {
        let ends = words[1].split(separator: "-").map { Array($0.utf8) }
        deletions.append(RangeDeletion(lower: ends[0], upper: ends[1], sequence: UInt64(words[2])!))
        continue
      }
      let level = Int(words[0].dropFirst())!
      for word in words.dropFirst() {
        let (info, isBusy) = parseFile(word)
        levels[level].append(try TableFile(info, in: store))
        if isBusy { busy.insert(info.number) }
      }
    }
    return (Version(levels: levels, rangeDeletions: RangeDeletions(deletions)), busy)
  }

  private static func parseFile(_ word: Substring) -> (TableFileInfo, isBusy: Bool) {
    let parts = word.split(separator: ",")
    let numberAndRange = parts[0].split(separator: ":")
    let ends = numberAndRange[1].split(separator: "-")
    let isExclusive = ends[1].hasSuffix(")")
    let upper = Array(ends[1].utf8.filter { $0 != UInt8(ascii: ")") })
    var info = TableFileInfo(
      number: UInt64(numberAndRange[0])!, sizeBytes: 100,
      smallest: InternalKey.make(Array(ends[0].utf8), 1, .value),
      largest: isExclusive
        ? InternalKey.make(upper, sequenceNumberMax, .rangeDeletion) : InternalKey.make(upper, 1, .value),
      entryCount: 10)
    info.facts.sequenceMin = 1
    info.facts.sequenceMax = 1
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=")
      switch pair[0] {
      case "size": info.sizeBytes = Int(pair[1])!
      case "del":
        let counts = pair[1].split(separator: "/")
        info.deletionCount = Int(counts[0])!
        info.entryCount = Int(counts[1])!
      case "time": info.facts.timeMin = UInt32(pair[1])!
      case "seq":
        let sequences = pair[1].split(separator: "-")
        info.facts.sequenceMin = UInt64(sequences[0])!
        info.facts.sequenceMax = UInt64(sequences[1])!
      default: break
      }
    }
    return (info, parts.contains("busy"))
  }
}
