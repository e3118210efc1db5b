import ArgumentParser

/// The `flywheel` command. Each subcommand has a folder or file of its own.
@main
struct FlywheelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "flywheel",
    abstract: "A key-value database with the DynamoDB API.",
    version: version,
    subcommands: [
      ServeCommand.self, ShellCommand.self, TopCommand.self, InspectCommand.self, VerifyCommand.self,
      RotateKeyCommand.self,
    ])

  static let version = "0.1.0"

  init() {}
}
