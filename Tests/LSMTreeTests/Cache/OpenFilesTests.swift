import LSMTree
import Testing

@Suite struct OpenFilesTests {
  @Test func noMoreFilesAreOpenThanAllowed() throws {
    let fileSystem = MemoryFileSystem()
    for number in 0..<20 { _ = try fileSystem.createFile("/t/\(number)") }
    let files = OpenFiles(fileSystem: fileSystem, countMax: 4) { number, _ in "/t/\(number)" }
    for number in 0..<20 {
      #expect(try files.file(UInt64(number)).path == "/t/\(number)")
      #expect(files.count <= 4)
    }
    for number in [19, 18, 19] { #expect(try files.file(UInt64(number)).path == "/t/\(number)") }
    files.close(19)
    #expect(files.count == 3)
    files.close(19)
    #expect(files.count == 3)
  }

  @Test func aMissingFileIsAnErrorAndTakesNoPlace() {
    let files = OpenFiles(fileSystem: MemoryFileSystem(), countMax: 4) { number, _ in "/t/\(number)" }
    #expect(throws: TreeError.self) { _ = try files.file(1) }
    #expect(files.count == 0)
  }
}
