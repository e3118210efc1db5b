import Testing

@Suite struct SizeTests {
  private static let fileLinesMax = 500

  @Test func aFileHasOneIdea() throws {
    for file in try SourceTree.read().files {
      #expect(file.lines.count <= Self.fileLinesMax, "\(file.path) has \(file.lines.count) lines")
    }
  }
}
