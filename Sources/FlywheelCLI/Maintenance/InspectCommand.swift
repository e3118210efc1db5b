import ArgumentParser
import Flywheel
import LSMTree

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// `flywheel inspect`: says what a data directory holds.
struct InspectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a data directory holds: tables, indexes, and the files below them.")

  @OptionGroup var argument: DirectoryArgument

  func run() async throws {
    do throws(DatabaseError) {
      let database = try Database.open(at: argument.directory)
      // After a crash the counters are counted afresh in the background; until then they say nothing.
      while database.recountsPending > 0 { usleep(10_000) }
      for line in try await lines(database) { announce(line) }
      try database.close()
    } catch {
      tell("flywheel: \(argument.directory): \(describe(error))")
      throw exitStatus(for: error)
    }
  }

  private func lines(_ database: Database) async throws(DatabaseError) -> [String] {
    var lines: [String] = []
    do throws(ServiceError) {
      for name in try await tableNames(database) {
        let table = try await database.describeTable(.init(tableName: name)).table
        lines.append("table \(name): \(table.itemCount) items, \(table.tableSizeBytes) bytes")
        for index in table.globalSecondaryIndexes ?? [] {
          lines.append("  index \(index.indexName): \(index.itemCount) items, \(index.indexSizeBytes) bytes")
        }
        for index in table.localSecondaryIndexes ?? [] {
          lines.append(
            "  local index \(index.indexName): \(index.itemCount) items, \(index.indexSizeBytes) bytes")
        }
      }
    } catch {
      throw .catalogCorrupt(reason: error.message)
    }
    for (level, files) in database.tree.metrics().levels.enumerated() where files.files > 0 {
      lines.append("level \(level): \(files.files) tables, \(files.bytes) bytes")
    }
    return lines
  }

  private func tableNames(_ database: Database) async throws(ServiceError) -> [String] {
    var names: [String] = []
    var last: String?
    repeat {
      let page = try await database.listTables(.init(exclusiveStartTableName: last))
      names += page.tableNames
      last = page.lastEvaluatedTableName
    } while last != nil
    return names
  }
}
