import ArgumentParser
import Flywheel
import LSMTree

/// `flywheel inspect`: says what a data directory holds, without changing it.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a data directory holds: tables, indexes, and the files below them.",
    discussion: """
      Nothing is changed. A file of the engine is shown by its number, a key of the engine by its history: every version \
      that is still kept, newest first, with its sequence number and where it is.
      """)

  @OptionGroup var argument: DirectoryArgument
  @OptionGroup var encryption: EncryptionOptions

  @Option(name: .customLong("file"), help: "Show what one table file says of itself, by its number.")
  var file: UInt64?

  @Option(help: "Show the history of one key of the engine: text, or bytes in hex after 0x.")
  var key: String?

  func validate() throws {
    if let key, InspectionText.key(key) == nil {
      throw ValidationError("'\(key)' is not bytes in hex.")
    }
  }

  func run() throws {
    let lines: [String]
    do throws(DatabaseError) {
      lines = try self.lines()
    } catch {
      tell("flywheel: \(argument.directory): \(describe(error))")
      throw exitStatus(for: error)
    }
    for line in lines { try announce(line) }
  }

  private func lines() throws(DatabaseError) -> [String] {
    let inspection: TreeInspection
    do throws(TreeError) {
      inspection = try TreeInspection(argument.directory, options: try encryption.treeOptions())
      if let file {
        guard let properties = try inspection.properties(ofTable: file) else {
          return ["no table of the tree has number \(file)"]
        }
        return properties.map { "\($0.name): \($0.value)" }
      }
      if let key = key.flatMap(InspectionText.key) {
        return InspectionText.lines(try inspection.history(of: key))
      }
    } catch {
      throw DatabaseError(error)
    }
    return InspectionText.lines(try DatabaseSummary(of: inspection.view())) + InspectionText.lines(inspection)
  }
}
