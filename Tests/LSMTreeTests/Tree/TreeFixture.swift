import LSMTree
import Synchronization

extension Tree {
  /// The value of a key, copied.
  func bytes(
    _ key: [UInt8], in view: borrowing ReadView, io: ReadIO = .blocking
  ) throws(TreeError) -> [UInt8]? {
    guard let value = try get(key, in: view, io: io) else { return nil }
    return Array(value.bytes)
  }

  /// Everything a view shows.
  func content(in view: borrowing ReadView) throws(TreeError) -> [[UInt8]: [UInt8]] {
    var content: [[UInt8]: [UInt8]] = [:]
    var cursor = try cursor(in: view)
    try cursor.seekToFirst()
    while cursor.isValid {
      content[Array(cursor.key)] = Array(cursor.value)
      try cursor.next()
    }
    return content
  }
}

extension Array where Element == UInt8 {
  init(_ span: RawSpan) { self = span.withUnsafeBytes { Array($0) } }
}

/// Lets callers pass until it is closed, and then when it is opened.
final class Gate: Sendable {
  private let monitor = Monitor()
  private let opened = Monitor.Condition()
  private let isOpen = Mutex(true)

  func close() { isOpen.withLock { $0 = false } }

  func open() {
    isOpen.withLock { $0 = true }
    monitor.withLock { opened.broadcast() }
  }

  func pass() {
    monitor.withLock {
      while !isOpen.withLock({ $0 }) { opened.wait(in: monitor, milliseconds: 10) }
    }
  }
}

/// Something noncopyable that closures share.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}
