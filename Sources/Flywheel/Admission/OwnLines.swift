/// A value on lines of the cache that it has to itself, shared by all who keep this, and reached by its address without counting
/// references.
///
/// What every request of every thread writes must not lie beside what they only read, nor beside anything else that is written:
/// who writes takes the whole line from all others. Two lines are one to the processors that fetch them in pairs. And the
/// count of references to an object is written by every thread that uses it: so what they use is reached by address.
final class OwnLines<Value: ~Copyable & Sendable>: Sendable {
  static var lineBytes: Int { 128 }

  let address: OwnAddress<Value>

  init(_ value: consuming Value) {
    let bytes = (MemoryLayout<Value>.size + Self.lineBytes - 1) / Self.lineBytes * Self.lineBytes
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.lineBytes)
      .bindMemory(to: Value.self, capacity: 1)
    pointer.initialize(to: value)
    address = OwnAddress(pointer: UnsafePointer(pointer))
  }

  deinit {
    let pointer = UnsafeMutablePointer(mutating: address.pointer)
    pointer.deinitialize(count: 1)
    UnsafeMutableRawPointer(pointer).deallocate()
  }
}

/// The address of what an `OwnLines` has. Whoever keeps one keeps that too: it lives exactly as long.
///
/// Unchecked: what lies there is `Sendable` and nobody writes it but by its own atomics.
struct OwnAddress<Value: ~Copyable & Sendable>: @unchecked Sendable, BitwiseCopyable {
  let pointer: UnsafePointer<Value>
}
