extension Engine {
  /// A compaction thread.
  func runCompactions() {
    pipeline.monitor.lock()
    while !live.isClosing {
      live.compactionIsDue.wait(in: pipeline.monitor)
    }
    pipeline.monitor.unlock()
  }

  func compact(from lower: [UInt8], to upper: [UInt8]?) throws(TreeError) { try flush() }
}
