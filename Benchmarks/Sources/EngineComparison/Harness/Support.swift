import Foundation

/// Nanoseconds of a clock that never goes back.
enum Clock {
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}

/// Where what was read ends, so that the reading isn't optimised away.
@_optimize(none) func sink(_ value: Int) {}

/// Ends the program, with what it has left on disk removed.
func fail(_ reason: String) -> Never {
  FileHandle.standardError.write(Data("engine-comparison: \(reason)\n".utf8))
  Scratch.removeAll()
  exit(1)
}

func attempt<Result, Failure: Error>(_ body: () throws(Failure) -> Result) -> Result {
  do { return try body() } catch { fail("\(error)") }
}

extension Bytes {
  /// As C's string interfaces want it.
  var characters: UnsafePointer<CChar>? { baseAddress?.assumingMemoryBound(to: CChar.self) }
}

/// The folders that stores are measured in: under the system's temporary folder (`TMPDIR`), removed afterwards.
enum Scratch {
  private static let root = FileManager.default.temporaryDirectory
    .appendingPathComponent("engine-comparison-\(ProcessInfo.processInfo.processIdentifier)")

  /// Gives `body` a new folder.
  static func with<Result>(_ body: (String) -> Result) -> Result {
    let folder = root.appendingPathComponent(UUID().uuidString)
    attempt { () throws in
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(at: folder) }
    return body(folder.path)
  }

  static func removeAll() {
    try? FileManager.default.removeItem(at: root)
  }

  /// Bytes on disk of the files in a folder.
  static func bytesStored(in folder: String) -> Int {
    let files = FileManager.default.enumerator(
      at: URL(fileURLWithPath: folder), includingPropertiesForKeys: nil)
    var bytes = 0
    while let file = files?.nextObject() as? URL {
      var status = stat()
      if stat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        bytes += Int(status.st_blocks) * 512
      }
    }
    return bytes
  }
}

/// What this process has handed to the operating system's write calls, log and tables together.
enum ProcessWrites {
  private static let quietMilliseconds = 150
  private static let quietMillisecondsMax = 60_000

  /// Nil where the system doesn't count it (it is Linux that does).
  static var bytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/io", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("wchar:") })
    else { return nil }
    return Int(line.dropFirst("wchar: ".count))
  }

  /// Waits until background work has ended: until nothing was written for a while.
  static func waitUntilQuiet() {
    var last = bytes
    var quiet = 0
    var waited = 0
    while quiet < quietMilliseconds, waited < quietMillisecondsMax {
      usleep(10_000)
      waited += 10
      let now = bytes
      quiet = now == last ? quiet + 10 : 0
      last = now
    }
  }
}
