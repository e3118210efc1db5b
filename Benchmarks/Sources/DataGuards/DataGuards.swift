/// One operation on items on fixed input, for `Scripts/guards.py`, which counts its instructions and allocations: by itself, as
/// bytes of JSON in and out, and beside both the raw tree's work on the same bytes.
///
/// Arguments: a work, and how many operations. Everything before the operations is made outside `guardedOperations`, which is where callgrind
/// begins and ends to count, and only on the thread that calls it.
@main
enum DataGuards {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3, let work = Work(rawValue: arguments[1]), let count = Int(arguments[2]),
      count > 0
    else {
      print(Work.allCases.map(\.rawValue).joined(separator: "\n"))
      return
    }
    do {
      let bench = try DataBench(work)
      // Once outside: what is made at its first use is not a cost of an operation.
      bench.run(count / 10 + 1)
      guardedOperations(bench, count)
      try bench.close()
    } catch {
      fatalError("\(work): \(error)")
    }
  }
}

/// What callgrind finds by its name.
@inline(never)
func guardedOperations(_ bench: DataBench, _ count: Int) { bench.run(count) }

/// Of the tree, of the database, and of its wire. A query reads 100 items; a scan a page of them, of which a filter keeps 1%.
enum Work: String, CaseIterable {
  case treeGet = "tree-get"
  case getItem = "get-item"
  case getItemJSON = "get-item-json"
  case treePut = "tree-put"
  case putItem = "put-item"
  case putItemJSON = "put-item-json"
  case treeUpdate = "tree-update"
  case updateItem = "update-item"
  case updateItemJSON = "update-item-json"
  case treeQuery = "scan-tree-query"
  case query = "scan-query"
  case queryJSON = "scan-query-json"
  case treeScan = "scan-tree"
  case scan = "scan"
  case scanJSON = "scan-json"

  /// Whether the items are to lie in tables, none in a memtable.
  var readsOnly: Bool {
    switch self {
    case .treePut, .putItem, .putItemJSON, .treeUpdate, .updateItem, .updateItemJSON: false
    default: true
    }
  }
}
