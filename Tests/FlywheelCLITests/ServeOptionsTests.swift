import ArgumentParser
import Flywheel
import FlywheelCLI
import LSMTree
import Testing

@Suite struct ServeOptionsTests {
  @Test func theDefaultsAreSafeOnes() throws {
    let options = try ServeOptions.parse([])
    #expect(options.dataDir == "./flywheel-data")
    #expect(options.host == "127.0.0.1")
    #expect(options.port == 8000)
    #expect(options.databaseOptions.durability == .fsync)
    #expect(!options.isInMemory)
    #expect(options.adminPort == nil && options.adminHost == "127.0.0.1")
  }

  @Test func everyOptionReachesTheDatabase() throws {
    let options = try ServeOptions.parse([
      "--data-dir", ":memory:", "--port", "0", "--auth", "off", "--durability", "interval", "--throttling",
      "off",
      "--cache-mib", "7", "--memtable-mib", "3", "--table-delay-ms", "30", "--index-delay-ms", "40",
      "--eventual-lag-ms", "50", "--transaction-item-limit", "100",
    ])
    #expect(options.isInMemory)
    #expect(options.port == 0)
    #expect(options.databaseOptions.durability == .interval(milliseconds: 100))
    #expect(options.databaseOptions.throttling == .off)
    #expect(options.databaseOptions.cacheBytesMax == 7 * 1_048_576)
    #expect(options.databaseOptions.memtableBytesMax == 3 * 1_048_576)
    #expect(options.databaseOptions.tableDelayMilliseconds == 30)
    #expect(options.databaseOptions.indexDelayMilliseconds == 40)
    #expect(options.databaseOptions.eventualLagMilliseconds == 50)
    #expect(options.databaseOptions.transactionItemsMax == 100)
    #expect(try ServeOptions.parse([]).databaseOptions.transactionItemsMax == 25)
    #expect(try ServeOptions.parse(["--durability", "none"]).databaseOptions.durability == .none)
    #expect(try ServeOptions.parse([]).databaseOptions.throttling == .on)
    #expect(try ServeOptions.parse(["--throttling", "all"]).databaseOptions.throttling == .all)
  }

  @Test(arguments: ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
  func thisMachinesOwnAddressesAreAllowed(_ host: String) throws {
    #expect(try ServeOptions.parse(["--host", host]).host == host)
  }

  @Test(arguments: [
    "0.0.0.0", "::", "192.168.1.4", "example.com", "127.0.0.1.example.com", "127.0.0", "localhost.x",
  ])
  func otherAddressesMustBeAskedFor(_ host: String) throws {
    let refusal = #expect(throws: (any Error).self) { try ServeOptions.parse(["--host", host]) }
    #expect(ServeOptions.message(for: refusal!).contains("not authenticated"))
    #expect(try ServeOptions.parse(["--host", host, "--allow-unauthenticated-remote"]).host == host)
    #expect(throws: (any Error).self) { try ServeOptions.parse(["--admin-port", "0", "--admin-host", host]) }
  }

  @Test(arguments: [
    ["--auth", "sigv4"], ["--throttling", "maybe"], ["--durability", "maybe"], ["--port", "65536"],
    ["--port", "-1"],
    ["--port", "x"], ["--cache-mib", "-1"], ["--cache-mib", "9999999"], ["--data-dir", ""], ["--unknown"],
    ["--memtable-mib", "0"], ["--admin-port", "65536"], ["--index-delay-ms", "-1"],
    ["--eventual-lag-ms", "600001"],
    ["--table-delay-ms", "x"],
    ["--transaction-item-limit", "0"], ["--transaction-item-limit", "101"],
  ])
  func whatIsNotThereIsRefused(_ arguments: [String]) {
    #expect(throws: (any Error).self) { try ServeOptions.parse(arguments) }
  }

  @Test func whatIsNotAvailableYetSaysSo() {
    let refusal = #expect(throws: (any Error).self) { try ServeOptions.parse(["--auth", "sigv4"]) }
    #expect(ServeOptions.message(for: refusal!).contains("sigv4 is not available in this release"))
  }

  @Test func aKeyThatIsNoneIsNamedAndNotShown() throws {
    let options = try ServeOptions.parse(["--encryption-key-file", "/nowhere/key"])
    #expect(options.encryption.encryptionKeyFile == "/nowhere/key")
    #expect(throws: TreeError.self) { _ = try options.encryption.cipher() }
    let plain = try ServeOptions.parse([]).encryption.cipher()
    #expect(plain == nil)
  }
}
