import ArgumentParser
import FlywheelServer

/// `flywheel top`: shows what a server's tables are asked for, as it happens.
struct TopCommand: AsyncParsableCommand {
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
    _ = try Endpoint(argument: url)
    guard (0.1...60).contains(interval) else {
      throw ValidationError("--interval must be between 0.1 and 60.")
    }
  }

  func run() async throws {
    let client = HTTPClient(try Endpoint(argument: url))
    do throws(Failure) {
      if json {
        try await printJSON(client)
      } else if once {
        try await printOnce(client)
      } else {
        try await show(client)
      }
    } catch {
      switch error {
      case .unanswered(let reason):
        tell("flywheel: can't ask \(url): \(reason)")
        throw ExitCode.unavailable
      case .noTerminal:
        throw ValidationError("There is no terminal to draw on; --once and --json need none.")
      case .outputLost(let lost): throw FlywheelCLI.failure(lost)
      }
    }
  }

  /// Why pictures end. Told when the terminal is as it was.
  private enum Failure: Error {
    case unanswered(reason: String)
    case noTerminal
    case outputLost(OutputLost)
  }

  private func printJSON(_ client: HTTPClient) async throws(Failure) {
    while true {
      let json = String(decoding: try await ask(client), as: UTF8.self)
      try printLine(DisplayText.printableJSON(json))
      if once { return }
      await pause()
    }
  }

  private func printOnce(_ client: HTTPClient) async throws(Failure) {
    let before = try await activity(client)
    await pause()
    let frame = TopFrame(
      try await activity(client), since: before, source: url, width: 120, isColoured: false)
    for line in frame.lines(height: .max) { try printLine(line) }
  }

  private func printLine(_ line: String) throws(Failure) {
    do throws(OutputLost) {
      try Terminal.write(line + "\n")
    } catch {
      throw .outputLost(error)
    }
  }

  private func show(_ client: HTTPClient) async throws(Failure) {
    guard Terminal.isInteractive else { throw .noTerminal }
    let first = try await activity(client)
    guard let screen = TopScreen() else {
      throw .noTerminal
    }
    do throws(Failure) {
      try await draw(on: screen, from: first, client)
    } catch {
      screen.leave()
      throw error
    }
    screen.leave()
  }

  /// Draws a picture an interval until the user wants to leave.
  private func draw(
    on screen: borrowing TopScreen, from first: Activity, _ client: HTTPClient
  ) async throws(Failure) {
    var now = first
    var before: Activity?
    while true {
      let size = Terminal.size ?? (80, 24)
      let frame = TopFrame(now, since: before, source: url, width: size.width, isColoured: true)
      do throws(OutputLost) {
        try screen.draw(frame.lines(height: size.height))
      } catch {
        throw .outputLost(error)
      }
      if screen.wait(milliseconds: Int32(interval * 1_000)) { return }
      (before, now) = (now, try await activity(client))
    }
  }

  private func activity(_ client: HTTPClient) async throws(Failure) -> Activity {
    guard let activity = Activity(json: try await ask(client)) else {
      throw .unanswered(reason: "it is not an admin port of this release")
    }
    return activity
  }

  private func ask(_ client: HTTPClient) async throws(Failure) -> [UInt8] {
    let answer: HTTPClient.Answer
    do throws(HTTPClient.Failure) {
      answer = try await client.get("/activity")
    } catch {
      throw .unanswered(reason: error.reason)
    }
    guard answer.status == 200 else { throw .unanswered(reason: "it answers with status \(answer.status)") }
    return answer.body
  }

  private func pause() async { try? await Task.sleep(for: .seconds(interval)) }
}
