import ArgumentParser

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The data directory that a maintenance command looks at.
struct DirectoryArgument: ParsableArguments {
  @Argument(help: "The data directory. No server may have it open.")
  var directory: String

  func validate() throws { try Self.check(directory) }

  static func check(_ directory: String) throws {
    // Opening would make a directory that is missing; whoever wants one looked at has mistyped its name.
    guard access(directory + "/CURRENT", F_OK) == 0 else {
      throw ValidationError("\(directory) holds no database.")
    }
  }
}
