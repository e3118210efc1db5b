#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension FileSystem {
  /// Gives a file that no longer changes one more name; where the file system can't, across devices above all, copies it and
  /// syncs the copy. The new name is durable only after a sync of its directory.
  func linkOrCopy(_ path: String, to newPath: String) throws(TreeError) {
    do throws(TreeError) {
      try link(path, to: newPath)
    } catch {
      guard error.saysNoLinks else { throw error }
      try copy(path, to: newPath)
    }
  }

  /// Copies a file's bytes and syncs them.
  func copy(_ path: String, to newPath: String) throws(TreeError) {
    let source = try openForReading(path)
    let target = try createFile(newPath)
    let sizeBytes = try source.sizeBytes()
    var offset = 0
    while offset < sizeBytes {
      let end = min(offset + copyStepBytes, sizeBytes)
      let bytes = try source.readBytes(offset..<end)
      try target.write(bytes.span.bytes, at: offset)
      offset = end
    }
    try target.sync()
    try target.close()
  }

  private var copyStepBytes: Int { 1 << 20 }
}

extension TreeError {
  /// Whether a hard link failed because there can't be one.
  fileprivate var saysNoLinks: Bool {
    if case .io(_, _, let code) = self { return [EXDEV, EMLINK, EPERM, ENOTSUP].contains(code) }
    return false
  }
}
