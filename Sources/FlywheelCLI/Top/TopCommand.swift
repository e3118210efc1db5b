import ArgumentParser
import FlywheelServer

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `flywheel top`: shows what a server's tables are asked for, as it happens.
struct TopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Show live what a server's tables are asked for: units, throttles, partitions, hot keys.",
    discussion: """
      Looks at the admin port of "flywheel serve --admin-port N". Each partition is a cell of the strip behind its table: \
      the higher, the nearer to what a partition can give; on red ground if it refuses requests. q or Ctrl-C quits.
      """)

  @Argument(help: "The admin port: http://host:port, or :port on this machine.")
  var url = "http://127.0.0.1:8001"

  @Option(help: "Seconds between two pictures, 0.1 to 60.")
  var interval = 1.0

  @Flag(help: "Print one picture, of one interval, and end.")
  var once = false

  @Flag(help: "Print the numbers as JSON, a line an interval, instead of a picture.")
  var json = false

  init() {}

  func validate() throws {
    guard AdminClient(url: url) != nil else {
      throw ValidationError("\(url) is not http://host:port.")
    }
    guard (0.1...60).contains(interval) else {
      throw ValidationError("--interval must be between 0.1 and 60.")
    }
  }

  func run() throws {
    let client = AdminClient(url: url)!
    do throws(AdminClient.Failure) {
      if json {
        try printJSON(client)
      } else if once {
        try printOnce(client)
      } else {
        try show(client)
      }
    } catch {
      tell("flywheel: can't ask \(url): \(error.reason)")
      throw ExitCode.unavailable
    }
  }

  private func printJSON(_ client: AdminClient) throws(AdminClient.Failure) {
    while true {
      announce(String(decoding: try client.get("/activity"), as: UTF8.self))
      if once { return }
      pause()
    }
  }

  private func printOnce(_ client: AdminClient) throws(AdminClient.Failure) {
    let before = try activity(client)
    pause()
    let frame = TopFrame(try activity(client), since: before, source: url, width: 120, isColoured: false)
    for line in frame.lines(height: .max) { print(line) }
  }

  private func show(_ client: AdminClient) throws(AdminClient.Failure) {
    var now = try activity(client)
    guard let terminal = TerminalSession() else {
      throw AdminClient.Failure(reason: "there is no terminal to draw on; --once and --json need none")
    }
    var before: Activity?
    var failure: AdminClient.Failure?
    while true {
      let size = terminal.size
      let frame = TopFrame(now, since: before, source: url, width: size.width, isColoured: true)
      terminal.draw(frame.lines(height: size.height))
      if terminal.wait(milliseconds: Int(interval * 1_000)) { break }
      do throws(AdminClient.Failure) {
        (before, now) = (now, try activity(client))
      } catch {
        failure = error
        break
      }
    }
    terminal.leave()
    if let failure { throw failure }
  }

  private func activity(_ client: AdminClient) throws(AdminClient.Failure) -> Activity {
    guard let activity = Activity(json: try client.get("/activity")) else {
      throw AdminClient.Failure(reason: "it is not an admin port of this release")
    }
    return activity
  }

  private func pause() { usleep(UInt32(interval * 1e6)) }
}
