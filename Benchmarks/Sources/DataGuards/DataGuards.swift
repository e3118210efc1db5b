import GuardHarness

/// One operation on items: by itself, as bytes of JSON in and out, and beside both the raw tree's work on the same bytes.
@main
enum DataGuards {
  static func main() { GuardHarness.main(DataBench.self) }
}

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

  /// Whether it is an operation of the database, which answers.
  var isAnswered: Bool {
    switch self {
    case .treeGet, .treePut, .treeUpdate, .treeQuery, .treeScan: false
    default: true
    }
  }

  /// Whether the items are to lie in tables, none in a memtable.
  var readsOnly: Bool {
    switch self {
    case .treePut, .putItem, .putItemJSON, .treeUpdate, .updateItem, .updateItemJSON: false
    default: true
    }
  }
}
