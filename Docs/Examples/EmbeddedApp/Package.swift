// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "EmbeddedApp",
  platforms: [.macOS(.v26), .iOS(.v26)],
  dependencies: [
    .package(name: "flywheel", path: "../../..")
  ],
  targets: [
    .executableTarget(
      name: "EmbeddedApp", dependencies: [.product(name: "Flywheel", package: "flywheel")])
  ],
  swiftLanguageModes: [.v6]
)
