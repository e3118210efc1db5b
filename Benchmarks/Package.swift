// swift-tools-version: 6.2
import PackageDescription

/// An engine that LSMTree is compared with, if the machine has it.
struct Peer {
  let name: String
  let module: String
  let package: String
}

let peers = [
  Peer(name: "rocksdb", module: "CRocksDB", package: "librocksdb-dev"),
  Peer(name: "leveldb", module: "CLevelDB", package: "libleveldb-dev"),
  Peer(name: "lmdb", module: "CLMDB", package: "liblmdb-dev"),
  Peer(name: "sqlite3", module: "CSQLite", package: "libsqlite3-dev"),
]

// `make bench-engine` names those whose headers it has found. A manifest that looked for itself would be
// evaluated once and remembered, whatever is installed afterwards.
let installed = (Context.environment["FLYWHEEL_BENCH_PEERS"] ?? "").split(separator: " ").map(String.init)
let present = peers.filter { installed.contains($0.name) }

// A package of its own, so that what only measurements need never reaches a user of the library.
let package = Package(
  name: "flywheel-benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [
    .package(name: "flywheel", path: ".."),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
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
      path: "Sources/BareHTTP"),
    // What it costs a read to be admitted.
    .executableTarget(
      name: "admission-cost", dependencies: [.product(name: "Flywheel", package: "flywheel")],
      path: "Sources/AdmissionCost"),
    // The storage engine beside its peers, the same loops over each one's own interface. What a loop costs is
    // part of every figure, so it isn't checked for overlapping accesses.
    .executableTarget(
      name: "engine-comparison",
      dependencies: [.product(name: "LSMTree", package: "flywheel")]
        + present.map { .target(name: $0.module) },
      path: "Sources/EngineComparison",
      swiftSettings: present.map { .define("HAS_" + $0.name.uppercased()) }
        + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]),
    // Operations on items beside the raw tree, the same through JSON, and SQLite.
    .executableTarget(
      name: "data-comparison",
      dependencies: [
        .product(name: "Flywheel", package: "flywheel"), .product(name: "LSMTree", package: "flywheel"),
        .product(name: "DynamoProtocol", package: "flywheel"),
      ] + present.filter { $0.name == "sqlite3" }.map { .target(name: $0.module) },
      path: "Sources/DataComparison",
      swiftSettings: present.filter { $0.name == "sqlite3" }.map { _ in .define("HAS_SQLITE3") }),
  ]
    + present.map {
      .systemLibrary(name: $0.module, path: "Sources/" + $0.module, providers: [.apt([$0.package])])
    },
  swiftLanguageModes: [.v6]
)
