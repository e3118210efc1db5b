package import ArgumentParser
import FlywheelEncryption
package import LSMTree

/// Where the master key of an encrypted data directory comes from: a file, or else the environment.
///
/// The key itself is never an argument: those can be read by everyone on the machine.
package struct EncryptionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The file with the data's master key: 32 bytes, as they are, in hexadecimal or in base64.",
      discussion: """
        Nobody but its owner and group may reach it. Without this option the key is taken from \
        \(Self.variable) in the environment, if that is set. A directory that is not encrypted is from then on.
        """, valueName: "file"))
  package var encryptionKeyFile: String?

  package init() {}

  /// The environment variable that holds a key.
  package static let variable = "FLYWHEEL_ENCRYPTION_KEY"

  /// Throws `TreeError.encryptionKeyUnusable` if a key was named and is none.
  func masterKey() throws(TreeError) -> MasterKey? {
    if let encryptionKeyFile { return try MasterKey(contentsOfFile: encryptionKeyFile) }
    return try MasterKey.isSet(Self.variable) ? MasterKey(environment: Self.variable) : nil
  }

  /// What the data is encrypted with; nil for data in plain.
  package func cipher() throws(TreeError) -> (any BlockCipherProvider)? {
    try masterKey().map { Encryption(masterKey: $0) }
  }

  /// What a tree is looked at with.
  func treeOptions() throws(TreeError) -> TreeOptions {
    var options = TreeOptions()
    options.cipher = try cipher()
    return options
  }
}
