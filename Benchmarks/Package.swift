// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what only measurements need never reaches a user of the library.
let package = Package(
  name: "flywheel-benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")
  ],
  targets: [
    // The least an HTTP server built on NIO can do: what Flywheel's server is held against.
    .executableTarget(
      name: "bare-http",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      path: "Sources/BareHTTP")
  ],
  swiftLanguageModes: [.v6]
)
