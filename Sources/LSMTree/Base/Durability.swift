/// When a commit counts as durable, which is when readers see it.
public enum Durability: Sendable, Equatable {
  /// When the log has been synced to stable storage. Nothing that is not on disk is shown to anyone.
  case fsync
  /// At once. The log is written and synced every so many milliseconds (1 to 60,000): a crash of the process
  /// or the machine loses at most about that much, and always a suffix of the history.
  case interval(milliseconds: Int)
  /// At once. The log is handed to the operating system within a few milliseconds and never synced, except
  /// when a segment is finished or the tree is closed or flushed.
  case none
}
