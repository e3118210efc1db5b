import FlywheelEncryption
import Foundation
import LSMTree
import Testing

/// Where a master key may come from, and what is none.
@Suite struct MasterKeyTests {
  private static let bytes: [UInt8] = (0..<32).map { $0 &* 37 &+ 11 }

  private func withFile<R>(_ content: [UInt8], mode: Int = 0o600, _ body: (String) throws -> R) throws -> R {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    try Data(content).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  /// Two keys are the same if one opens what the other sealed.
  private func isTheKey(_ key: MasterKey) throws -> Bool {
    let disk = MemoryFileSystem()
    try disk.createDirectory("/k")
    _ = try Encryption(masterKey: try MasterKey(bytes: Self.bytes)).create(
      "/k", in: disk, plain: PlainFiles())
    return (try? Encryption(masterKey: key).open("/k", in: disk)) != nil
  }

  @Test func everyFormOfAKeyIsRead() throws {
    let hex = Self.bytes.map { String(format: "%02x", $0) }.joined()
    let base64 = Data(Self.bytes).base64EncodedString()
    let texts = [
      Self.bytes, Self.bytes + [10], Array(hex.utf8), Array((hex.uppercased() + "\n").utf8),
      Array((base64 + "\r\n").utf8), Array(base64.dropLast().utf8),
    ]
    for text in texts {
      #expect(try withFile(text) { try isTheKey(try MasterKey(contentsOfFile: $0)) }, "\(text)")
    }
    setenv("FLYWHEEL_TEST_KEY", hex, 1)
    defer { unsetenv("FLYWHEEL_TEST_KEY") }
    #expect(try isTheKey(try MasterKey(environment: "FLYWHEEL_TEST_KEY")))
  }

  private func isRefused(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch TreeError.encryptionKeyUnusable(_, let reason) {
      return !reason.isEmpty
    } catch {
      return false
    }
  }

  @Test func whatIsNoKeyIsRefused() throws {
    let base64 = Data(Self.bytes).base64EncodedString()
    let texts: [[UInt8]] = [
      [], Array("password".utf8), Array(Self.bytes.dropLast()), [UInt8](repeating: 0, count: 32),
      Array(String(repeating: "xy", count: 32).utf8), Array((base64.dropLast(2) + "!=").utf8),
      [UInt8](repeating: 65, count: 1000),
    ]
    for text in texts {
      #expect(try withFile(text) { path in isRefused { _ = try MasterKey(contentsOfFile: path) } }, "\(text)")
    }
    #expect(isRefused { _ = try MasterKey(contentsOfFile: "/nowhere/at/all") })
    #expect(isRefused { _ = try MasterKey(contentsOfFile: "/tmp") })
    #expect(isRefused { _ = try MasterKey(environment: "FLYWHEEL_NO_SUCH_KEY") })
  }

  @Test func aFileThatOthersReachIsRefused() throws {
    for mode in [0o644, 0o604, 0o620, 0o666] {
      #expect(
        try withFile(Self.bytes, mode: mode) { path in isRefused { _ = try MasterKey(contentsOfFile: path) } }
      )
    }
    for mode in [0o600, 0o400, 0o440, 0o640] {
      #expect(try withFile(Self.bytes, mode: mode) { try isTheKey(try MasterKey(contentsOfFile: $0)) })
    }
  }
}
