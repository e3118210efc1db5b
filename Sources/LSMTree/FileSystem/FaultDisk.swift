/// What a `FaultFileSystem` holds: names and bytes as programs see them, beside what would be left of them after a
/// power cut.
struct FaultDisk {
  /// A file apart from its names.
  final class Node {
    /// As programs see it.
    var live: [UInt8] = []
    /// As it surely is after a power cut.
    var durable: [UInt8] = []
    /// Changes since the last sync, oldest first.
    var pending: [Change] = []
    /// Changes that a failed sync may have lost: a later sync does not bring them back, which is what Linux does.
    var doubtful: [Change] = []
  }

  enum Change {
    case write([UInt8], at: Int)
    case truncate(to: Int)

    func apply(to bytes: inout [UInt8]) {
      switch self {
      case .write(let source, let offset):
        if bytes.count < offset + source.count {
          bytes.append(contentsOf: repeatElement(0, count: offset + source.count - bytes.count))
        }
        bytes.replaceSubrange(offset..<offset + source.count, with: source)
      case .truncate(let count):
        if count < bytes.count {
          bytes.removeLast(bytes.count - count)
        } else {
          bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
        }
      }
    }
  }

  /// One change of names, which survives as a whole or not at all.
  struct NameChange {
    var directory: String
    var set: [String: Node] = [:]
    var removed: [String] = []

    func apply(to names: inout [String: Node]) {
      for path in removed { names[path] = nil }
      names.merge(set) { _, new in new }
    }
  }

  private(set) var names: [String: Node] = [:]
  private var durableNames: [String: Node] = [:]
  private var pendingNames: [NameChange] = []
  /// Directories are made once, when a tree is first opened; the model lets them survive.
  private(set) var directories: Set<String> = []

  mutating func change(_ change: NameChange) {
    change.apply(to: &names)
    pendingNames.append(change)
  }

  mutating func makeDirectory(_ path: String) {
    var path = path[...]
    while !path.isEmpty, directories.insert(String(path)).inserted {
      guard let slash = path.lastIndex(of: "/") else { break }
      path = path[..<slash]
    }
  }

  func change(_ node: Node, _ change: Change) {
    change.apply(to: &node.live)
    node.pending.append(change)
  }

  func sync(_ node: Node) {
    for change in node.pending { change.apply(to: &node.durable) }
    node.pending = []
  }

  func failSync(_ node: Node) {
    node.doubtful += node.pending
    node.pending = []
  }

  mutating func syncDirectory(_ path: String) {
    for change in pendingNames where change.directory == path { change.apply(to: &durableNames) }
    pendingNames.removeAll { $0.directory == path }
  }

  /// The disk that a machine finds when its power comes back.
  ///
  /// Names: of each directory's changes that were not synced, the first few survive, as in a journal. Bytes: of
  /// each file's writes that were not synced any may survive, in any combination, and any of them in part. What was
  /// synced is there.
  func afterPowerCut(_ generator: inout some RandomNumberGenerator) -> FaultDisk {
    var survivor = FaultDisk()
    survivor.directories = directories
    var names = durableNames
    for directory in Set(pendingNames.map(\.directory)).sorted() {
      let changes = pendingNames.filter { $0.directory == directory }
      for change in changes.prefix(Int.random(in: 0...changes.count, using: &generator)) {
        change.apply(to: &names)
      }
    }
    // A file of two names must stay one file, and the order of the dice must not depend on that of a dictionary.
    var copies: [ObjectIdentifier: Node] = [:]
    for (path, node) in names.sorted(by: { $0.key < $1.key }) {
      let copy = copies[ObjectIdentifier(node)] ?? Self.survivor(of: node, &generator)
      copies[ObjectIdentifier(node)] = copy
      survivor.names[path] = copy
    }
    survivor.durableNames = survivor.names
    return survivor
  }

  private static func survivor(of node: Node, _ generator: inout some RandomNumberGenerator) -> Node {
    let copy = Node()
    copy.durable = node.durable
    // Sometimes nothing survives, sometimes everything, mostly something.
    let fate = Int.random(in: 0..<4, using: &generator)
    for change in node.doubtful + node.pending {
      switch (fate, change) {
      case (0, _): break
      case (1, _): change.apply(to: &copy.durable)
      case (_, .truncate): if Bool.random(using: &generator) { change.apply(to: &copy.durable) }
      case (_, .write(let bytes, let offset)):
        guard Bool.random(using: &generator) else { continue }
        let count =
          Bool.random(using: &generator) ? bytes.count : Int.random(in: 0...bytes.count, using: &generator)
        Change.write(Array(bytes[..<count]), at: offset).apply(to: &copy.durable)
      }
    }
    copy.live = copy.durable
    return copy
  }
}
