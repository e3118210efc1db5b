import LSMTree

/// A client's token for a transaction: who sends the same request with the same token again within ten minutes is told
/// that it is done, and nothing is done twice.
///
/// **Where it is kept.** In a record of the catalog's keyspace that is written in the transaction's own batch: so there
/// is a record if and only if the transaction happened, whatever crash comes between. The token has a latch as an item has,
/// held with those of the items: of two requests with one token at a time, the second finds the first one's record.
///
/// **How it goes away.** Records lie by the ten minutes in which they were written, then by token. One is looked for in the
/// present ten minutes, in those before, and in those to come (the clock may have been set back), and counts if it is
/// less than ten minutes old. All of an earlier ten minutes go with one range deletion, so that forgetting
/// costs nothing that grows with them. Rejected: an entry by time for each record, which costs every
/// transaction another write to save two lookups in memory.
package struct TransactionToken: Sendable {
  /// Tokens of different operations have nothing to do with each other.
  package enum Scope: UInt8, Sendable {
    case transactWriteItems = 1
    case executeTransaction = 2
  }

  /// For how long a token is known. Source: API reference, TransactWriteItems, ClientRequestToken.
  package static let validNanoseconds: Int64 = 600_000_000_000

  let scope: Scope
  let text: String
  let fingerprint: TransactionFingerprint

  /// Source: API reference, TransactWriteItems, ClientRequestToken.
  private static let characters = 1...36

  /// - Parameters:
  ///   - text: the token, 1 to 36 characters: `check(_:)` has been asked.
  ///   - fingerprint: of everything in the request that must be the same when it comes again.
  package init(_ text: String, scope: Scope, fingerprint: TransactionFingerprint) {
    self.text = text
    self.scope = scope
    self.fingerprint = fingerprint
  }

  /// Refuses a token that is too short or too long, before anything else of a request is looked at, in the words of the
  /// request's model. The wire has refused it before; what comes here comes from an app.
  static func check(_ text: String?) throws(Interruption) {
    guard let text, !characters.contains(text.utf16.count) else { return }
    throw .validation(
      "1 validation error detected: Value '\(text)' at 'clientRequestToken' failed to satisfy constraint: "
        + (text.isEmpty
          ? "Member must have length greater than or equal to \(characters.lowerBound)"
          : "Member must have length less than or equal to \(characters.upperBound)"))
  }

  /// The latch that stands for the token.
  var stripe: Int {
    let key = CatalogKeys.token(span: 0, scope: scope.rawValue, text)
    return KeyLatches.stripe(of: key.span.bytes)
  }

  /// What is known of a transaction that was done.
  struct Record {
    let fingerprint: TransactionFingerprint
    /// A byte for each action; none in a record of a release that did not keep them.
    fileprivate let units: [UInt8]

    /// The read units of an action's item, of the larger of what it was and what it became.
    func replayUnits(at position: Int) -> Double? {
      position < units.count ? Double(units[position]) : nil
    }
  }

  /// What was done with this token in the last ten minutes, if anything was.
  func record(
    in view: borrowing ReadView, of database: Database, io: ReadIO
  ) throws(Interruption) -> Record? {
    let now = database.clock.nanosecondsSince1970
    let present = Self.span(of: now)
    for span in [present, present &- 1, present &+ 1] {
      let key = CatalogKeys.token(span: span, scope: scope.rawValue, text)
      do throws(TreeError) {
        guard let found = try database.tree.get(key, in: view, io: io),
          let record = StoredToken.decode(found.bytes),
          abs(now - record.nanoseconds) < Self.validNanoseconds
        else { continue }
        return Record(fingerprint: record.fingerprint, units: record.units)
      } catch {
        throw Interruption(error)
      }
    }
    return nil
  }

  /// Adds the record to the writes of its transaction.
  ///
  /// - Parameter replayUnits: the read units of each action's item, of which one of 400 KB has a hundred.
  func stage(in staged: inout StagedWrites, at nanoseconds: Int64, replayUnits: [Double]) {
    let key = CatalogKeys.token(span: Self.span(of: nanoseconds), scope: scope.rawValue, text)
    let units = replayUnits.map { UInt8(min($0, Double(UInt8.max))) }
    staged.stageRecord(key, StoredToken.encode(nanoseconds, fingerprint, units))
  }

  /// Which ten minutes a time falls in, counted from 1970.
  static func span(of nanoseconds: Int64) -> UInt32 {
    UInt32(clamping: nanoseconds / validNanoseconds)
  }
}

/// What a token's record says: the time of the transaction and the fingerprint, three little-endian numbers of eight bytes,
/// and a byte for each action: the read units that its item costs when the request comes again.
private enum StoredToken {
  private static let headBytes = 24

  static func encode(
    _ nanoseconds: Int64, _ fingerprint: TransactionFingerprint, _ units: [UInt8]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    for number in [UInt64(bitPattern: nanoseconds), fingerprint.low, fingerprint.high] {
      for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
    return bytes + units
  }

  static func decode(
    _ bytes: RawSpan
  ) -> (nanoseconds: Int64, fingerprint: TransactionFingerprint, units: [UInt8])? {
    guard bytes.byteCount >= headBytes else { return nil }
    func number(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    return (
      Int64(bitPattern: number(0)), TransactionFingerprint(low: number(8), high: number(16)),
      [UInt8](copying: bytes.extracting(headBytes..<bytes.byteCount))
    )
  }
}

extension ServiceError {
  /// Another request with the same token has not come to its end. Text: an answer of the service in an SDK's issue.
  static let transactionInProgress = ServiceError(
    .transactionInProgress, "Transaction from previous request is still in progress")

  /// The token was used for another request. Text: API reference.
  static let idempotentParameterMismatch = ServiceError(
    .idempotentParameterMismatch,
    "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent "
      + "token that was already used.")
}
