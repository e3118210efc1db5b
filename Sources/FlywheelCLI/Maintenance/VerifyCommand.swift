import ArgumentParser
import Flywheel
package import LSMTree

/// `flywheel verify`: reads everything and says whether it is whole.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every byte of a data directory.",
    discussion: """
      Reads the manifest, the log, and every block of every table and value file, and checks each against its \
      checksum and its place in the order. Nothing is changed: neither items nor what a crash left behind. All \
      damage is told, a line each. The exit status is 0 when all is whole and 65 when something is damaged.
      """)

  @OptionGroup var argument: DirectoryArgument
  @OptionGroup var encryption: EncryptionOptions

  func run() throws {
    let found: TreeVerification
    do throws(TreeError) {
      found = try TreeInspection.verify(argument.directory, options: try encryption.treeOptions())
    } catch {
      let error = DatabaseError(error)
      tell("flywheel: \(argument.directory): \(describe(error))")
      throw exitStatus(for: error)
    }
    for line in VerificationText.lines(found) { try announce(line) }
    if found.isDamaged { throw ExitCode.badData }
  }
}

/// What a verification found, for a person.
package enum VerificationText {
  package static func lines(_ found: TreeVerification) -> [String] {
    var lines = found.findings.map(line)
    let damage = found.findings.count { $0.kind == .damage }
    let counts =
      "\(found.files) tables and value files, \(found.entries) entries, \(found.bytes) bytes, "
      + "\(found.logRecords) batches in the log"
    lines.append(damage == 0 ? "whole: \(counts)" : "damaged in \(damage) places: \(counts)")
    return lines
  }

  private static func line(_ finding: TreeVerification.Finding) -> String {
    switch finding.kind {
    case .damage: "damage: \(finding.file) at byte \(finding.offset): \(finding.reason)"
    case .tornTail: "end of the log: \(finding.file) at byte \(finding.offset): \(finding.reason)"
    case .stray: "left over: \(finding.file): \(finding.reason)"
    }
  }
}
