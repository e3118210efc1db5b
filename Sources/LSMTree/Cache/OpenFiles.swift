import Synchronization

/// Table files and value files held open for reading, at most so many at a time.
///
/// Only descriptors are bounded here. What a reader needs of a table at all times (index, filter, properties) stays
/// in memory as long as the table is part of a version, so a get that finds its block in the cache touches no file
/// and nothing in this type; a file is looked up only when a block must be read from it. Replacement is second chance:
/// a hand goes round and closes the first file that was not used since it last came by.
package final class OpenFiles: Sendable {
  private struct Slot {
    var number: UInt64
    var file: any ReadableFile
    var wasUsed: Bool
  }

  private struct State {
    var slots: [Slot] = []
    var indexByNumber: [UInt64: Int] = [:]
    var hand = 0
  }

  private let fileSystem: any FileSystem
  private let pathOfNumber: @Sendable (UInt64, FileKind) -> String
  private let countMax: Int
  private let state = Mutex(State())

  package init(
    fileSystem: any FileSystem, countMax: Int,
    pathOfNumber: @escaping @Sendable (UInt64, FileKind) -> String
  ) {
    precondition(countMax > 0)
    self.fileSystem = fileSystem
    self.countMax = countMax
    self.pathOfNumber = pathOfNumber
  }

  package func path(of number: UInt64, _ kind: FileKind = .table) -> String { pathOfNumber(number, kind) }

  /// The open file of that number; opens it if need be. A file that is closed here while someone reads from it closes
  /// when they are done.
  package func file(_ number: UInt64, _ kind: FileKind = .table) throws(TreeError) -> any ReadableFile {
    let known = state.withLock { state -> (any ReadableFile)? in
      guard let index = state.indexByNumber[number] else { return nil }
      state.slots[index].wasUsed = true
      return state.slots[index].file
    }
    if let known { return known }
    let file = try fileSystem.openForReading(pathOfNumber(number, kind))
    return state.withLock { state in
      if let index = state.indexByNumber[number] { return state.slots[index].file }
      let slot = Slot(number: number, file: file, wasUsed: true)
      if state.slots.count < countMax {
        state.indexByNumber[number] = state.slots.count
        state.slots.append(slot)
      } else {
        let index = Self.victim(&state)
        state.indexByNumber[state.slots[index].number] = nil
        state.indexByNumber[number] = index
        state.slots[index] = slot
      }
      return file
    }
  }

  /// Lets go of a file that is about to be removed.
  package func close(_ number: UInt64) {
    state.withLock { state in
      guard let index = state.indexByNumber.removeValue(forKey: number) else { return }
      let last = state.slots.removeLast()
      if index < state.slots.count {
        state.slots[index] = last
        state.indexByNumber[last.number] = index
      }
      if state.hand >= state.slots.count { state.hand = 0 }
    }
  }

  package var count: Int { state.withLock { $0.slots.count } }

  private static func victim(_ state: inout State) -> Int {
    while true {
      let index = state.hand
      state.hand = (state.hand + 1) % state.slots.count
      if !state.slots[index].wasUsed { return index }
      state.slots[index].wasUsed = false
    }
  }
}
