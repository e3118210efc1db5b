// swift-tools-version: 6.2
import PackageDescription

// Tools 6.2: Span and RawSpan are in the standard library, and a package at this version that sets
// compiler flags may still be used as a versioned dependency.
//
// - InternalImportsByDefault: a dependency that leaks into a public declaration must say `public import`.
// - MemberImportVisibility: a file names every module whose members it uses.
// - ExistentialAny: an existential is always visible at its use, since none belongs on a request's path.
// - Lifetimes: functions may return a Span that borrows from its owner, which is how a cursor or a
//   pinned value shows its bytes without a copy and without an unsafe pointer.
// With FLYWHEEL_STRICT set, as .ci/run sets it, every warning of this package's own targets is an error.
let isStrict = Context.environment["FLYWHEEL_STRICT"] != nil
let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableExperimentalFeature("Lifetimes"),
  ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])
let cSettings: [CSetting] = isStrict ? [.treatAllWarnings(as: .error)] : []

let package = Package(
  name: "flywheel",
  platforms: [.macOS(.v26), .iOS(.v26)],
  products: [
    .library(name: "Flywheel", targets: ["Flywheel"]),
    .library(name: "LSMTree", targets: ["LSMTree"]),
    .library(name: "FlywheelEncryption", targets: ["FlywheelEncryption"]),
    .library(name: "DynamoProtocol", targets: ["DynamoProtocol"]),
    .executable(name: "flywheel", targets: ["FlywheelCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The storage engine and what it stands on.
    .systemLibrary(
      name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
    .target(name: "CPlatform", cSettings: cSettings),
    .target(name: "LSMTree", dependencies: ["CLZ4", "CPlatform"], swiftSettings: settings),

    // Encryption at rest, for those who want it: nothing above depends on it, so nobody else links it.
    .target(
      name: "FlywheelEncryption",
      dependencies: ["LSMTree", .product(name: "Crypto", package: "swift-crypto")], swiftSettings: settings),

    // The data model and its languages: pure.
    .target(name: "DynamoModel", swiftSettings: settings),
    .target(name: "DynamoExpressions", dependencies: ["DynamoModel"], swiftSettings: settings),
    .target(
      name: "PartiQL", dependencies: ["DynamoExpressions", "DynamoModel"], swiftSettings: settings),

    // The database an app imports.
    .target(
      name: "Flywheel",
      dependencies: ["LSMTree", "DynamoModel", "DynamoExpressions", "PartiQL", "CPlatform"],
      swiftSettings: settings),

    // The way in over the network.
    .target(
      name: "DynamoProtocol", dependencies: ["Flywheel", "DynamoExpressions", "DynamoModel", "CPlatform"],
      swiftSettings: settings),
    .target(
      name: "FlywheelServer",
      dependencies: [
        "DynamoProtocol", "Flywheel",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "FlywheelCLI",
      dependencies: [
        "FlywheelServer", "DynamoProtocol", "Flywheel", "FlywheelEncryption", "LSMTree",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),

    // Tests: a target a module, one for what holds between them, and one for what they share.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    .testTarget(name: "ArchitectureTests", swiftSettings: settings),
    .testTarget(name: "LSMTreeTests", dependencies: ["LSMTree", "CPlatform"], swiftSettings: settings),
    .testTarget(
      name: "FlywheelEncryptionTests",
      dependencies: [
        "FlywheelEncryption", "LSMTree", .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .testTarget(name: "DynamoModelTests", dependencies: ["DynamoModel"], swiftSettings: settings),
    .testTarget(
      name: "DynamoExpressionsTests",
      dependencies: ["DynamoExpressions", "DynamoModel", "Flywheel", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "PartiQLTests", dependencies: ["PartiQL", "DynamoExpressions", "DynamoModel"],
      exclude: ["Transcripts"], swiftSettings: settings),
    .testTarget(
      name: "FlywheelTests",
      dependencies: ["Flywheel", "LSMTree", "DynamoModel", "DynamoExpressions", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "DynamoProtocolTests",
      dependencies: ["DynamoProtocol", "Flywheel", "DynamoModel", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "FlywheelServerTests",
      dependencies: [
        "FlywheelServer", "DynamoProtocol", "Flywheel",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "FlywheelCLITests",
      dependencies: [
        "FlywheelCLI", "FlywheelServer", "Flywheel", "LSMTree",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

// `make docs` only: nobody who uses the package resolves a documentation tool.
if Context.environment["FLYWHEEL_DOCS"] != nil {
  package.dependencies.append(.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.4.0"))
}

// `make guard` only: programs whose instructions are counted, built beside what people run. Valgrind gives up on the
// debug information that Swift writes.
if Context.environment["FLYWHEEL_GUARDS"] != nil {
  package.targets.append(
    .target(name: "GuardHarness", path: "Benchmarks/Sources/GuardHarness", swiftSettings: settings))
  package.targets.append(
    .executableTarget(
      name: "engine-guards", dependencies: ["GuardHarness", "LSMTree"],
      path: "Benchmarks/Sources/EngineGuards",
      swiftSettings: settings, linkerSettings: [.unsafeFlags(["-Xlinker", "--strip-debug"])]))
  package.targets.append(
    .executableTarget(
      name: "data-guards",
      dependencies: ["DynamoProtocol", "Flywheel", "DynamoModel", "GuardHarness", "LSMTree"],
      path: "Benchmarks/Sources/DataGuards",
      swiftSettings: settings, linkerSettings: [.unsafeFlags(["-Xlinker", "--strip-debug"])]))
  package.targets.append(
    .executableTarget(
      name: "thread-scaling", dependencies: ["Flywheel", "DynamoModel", "LSMTree"],
      path: "Benchmarks/Sources/ThreadScaling",
      swiftSettings: settings, linkerSettings: [.unsafeFlags(["-Xlinker", "--strip-debug"])]))
}
