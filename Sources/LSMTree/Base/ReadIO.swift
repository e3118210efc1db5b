/// Whether a read may wait for a disk.
public enum ReadIO: Sendable {
  /// Answer from memory or throw `TreeError.wouldBlock`. For event loops.
  case memoryOnly
  /// Read from disk where needed, on the calling thread.
  case blocking
}
