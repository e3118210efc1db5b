#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Lets the process open as many files as the system allows it: connections and table files both count,
/// and the usual soft limit of 1,024 is made for programs that use neither.
func raiseOpenFileLimit() {
  #if canImport(Darwin)
    let resource = RLIMIT_NOFILE
  #else
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #endif
  var limit = rlimit()
  guard getrlimit(resource, &limit) == 0 else { return }
  limit.rlim_cur = limit.rlim_max
  // When it is refused the old limit holds, and connections beyond it wait in the kernel.
  _ = setrlimit(resource, &limit)
}
