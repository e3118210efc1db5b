#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

enum FileOutput {
  /// Sends what was printed on its way: the scripts wait for the line.
  static func flush() {
    fflush(nil)
  }
}
