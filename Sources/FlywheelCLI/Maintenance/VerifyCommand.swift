import ArgumentParser
import Flywheel
import LSMTree

/// `flywheel verify`: reads everything and says whether it is whole.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every byte of a data directory.",
    discussion: """
      Reads the manifest, replays the log and reads every block of every table, as a server that opens the \
      directory would; each is checked against its checksum and its place in the order. No item is changed. \
      The exit status is 0 when all is whole and 65 when something is damaged.
      """)

  @OptionGroup var argument: DirectoryArgument

  func run() throws {
    do throws(TreeError) {
      let tree = try Tree.open(argument.directory)
      let report = try tree.verify()
      try tree.close()
      announce(
        "whole: \(report.files) tables, \(report.entries) entries, \(report.bytes) bytes; log and manifest")
    } catch {
      let error = DatabaseError(error)
      tell("flywheel: \(argument.directory): \(describe(error))")
      throw exitStatus(for: error)
    }
  }
}
