import ArgumentParser
import Flywheel
import FlywheelEncryption
import LSMTree

/// `flywheel rotate-key`: puts an encrypted data directory under another master key.
struct RotateKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-key",
    abstract: "Put an encrypted data directory under another master key.",
    discussion: """
      Writes one small file, at once or not at all: interrupted, the directory opens with the old key or with the \
      new one. What is written from then on is under new keys; what is there keeps its own, under the new master \
      key, until compaction rewrites it. The exit status is 77 when the old key is not the directory's, and \
      then nothing was touched.
      """)

  @OptionGroup var argument: DirectoryArgument
  @OptionGroup var encryption: EncryptionOptions

  @Option(help: ArgumentHelp("The file with the master key to come.", valueName: "file"))
  var newEncryptionKeyFile: String

  func run() throws {
    do throws(TreeError) {
      guard let old = try encryption.masterKey() else {
        throw .encryptionKeyRequired(directory: argument.directory)
      }
      let new = try MasterKey(contentsOfFile: newEncryptionKeyFile)
      try Encryption.rotateMasterKey(of: argument.directory, from: old, to: new)
    } catch {
      let error = DatabaseError(error)
      tell("flywheel: \(argument.directory): \(describe(error))")
      throw exitStatus(for: error)
    }
    try announce("the directory is under the new key")
  }
}
