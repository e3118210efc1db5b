typealias Bytes = UnsafeRawBufferPointer

/// What every engine is told. Where an engine has no such thing (LMDB has no cache, SQLite no memtable), it
/// goes without.
struct EngineSettings: Sendable {
  /// Whether a write is on disk when it returns.
  var isSynced = false
  var cacheBytes = 256 << 20
  var memtableBytes = 64 << 20
  var tableBytes = 32 << 20
  /// Bytes of the first level below L0.
  var levelBaseBytes = 256 << 20
  var blockBytes = 8 << 10
  var bloomBitsPerKey = 10
}

/// A store under measurement, used through its own interface in the way its documentation recommends.
///
/// Whatever goes wrong ends the program: a comparison with an engine that failed is none.
protocol Engine: AnyObject, Sendable {
  associatedtype Connection: EngineConnection
  /// Whether writes that were committed wait in a log when the store is closed, to be replayed when it is opened.
  static var replaysLog: Bool { get }
  /// Opens the store in a directory that exists, or begins one.
  init(directory: String, settings: EngineSettings)
  /// What one thread works with; made on that thread.
  func connect() -> Connection
  /// Moves what is in memory into tables, where there are any.
  func flush()
  func close()
}

protocol EngineConnection: AnyObject {
  /// One write, committed on its own.
  func put(_ key: Bytes, _ value: Bytes)
  /// One write of a batch, and the commit of the batch.
  func add(_ key: Bytes, _ value: Bytes)
  func commit()
  /// Looks the value up and touches it where it lies. Something that depends on the value, or nil if there is none.
  func get(_ key: Bytes) -> Int?
  /// Reads entries one after the other from `key`, which exists or precedes all, on (or back). Returns how many.
  func scan(from key: Bytes, entriesMax: Int, isReverse: Bool) -> Int
}
