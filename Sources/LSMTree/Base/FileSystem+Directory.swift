extension FileSystem {
  /// Makes a directory that is missing and its name durable in the one above, if that can be opened.
  func createDirectoryDurably(_ path: String) throws(TreeError) {
    if exists(path) { return }
    try createDirectory(path)
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    try syncDirectory(String(path[..<slash]))
  }
}
