/// Where operations ask whether they may go on, and say what they used. With throttling off, each of these is one
/// branch.
///
/// A read is admitted while its buckets are not in debt, and charged once its size is known. A write is asked for
/// before anything is read for it (`admitWrite`), so that a refused one costs next to nothing; what it does to global
/// indexes is known when it is staged, and an index that is in debt refuses it there (`StagedWrites.stage`), before
/// anything is committed.
extension Database {
  /// Refuses a read of what lies under a key of the tree, or behind the beginning of one, if its table or index,
  /// or the partition, has given what it can.
  ///
  /// - Parameter index: the index that is read, if it is one. Local indexes use their table's units.
  /// - Returns: what the read is to be charged to.
  package func admitRead(
    at key: RawSpan, of table: Table, by index: Index? = nil
  ) throws(Interruption) -> AdmittedRead {
    guard let admission = index?.admission ?? table.admission else { return AdmittedRead() }
    let read = AdmittedRead(admission, Keyspace.hash(ofKey: key), now: admissionTime)
    if let refusal = admission.refusalOfRead(read.hash, at: read.now) { throw .refused(refusal) }
    return read
  }

  /// Why a read would be refused now; nil if it would be admitted. For operations that answer part of what they
  /// are asked for.
  package func refusalOfRead(at key: RawSpan, of table: Table) -> AdmissionRefusal? {
    guard let admission = table.admission else { return nil }
    return admission.refusalOfRead(Keyspace.hash(ofKey: key), at: admissionTime)
  }

  /// Charges a read to a ledger, for answers that may still have to be found afresh.
  func charge(reading units: Double, at key: RawSpan, of table: Table, to ledger: inout ChargeLedger) {
    guard let admission = table.admission else { return }
    ledger.charge(admission, Keyspace.hash(ofKey: key), .read, units, at: admissionTime)
  }

  /// Refuses a write under a key of the tree if its table or the partition has given what it can.
  package func admitWrite(at key: RawSpan, of table: Table) throws(Interruption) {
    if let refusal = refusalOfWrite(at: key, of: table) { throw .refused(refusal) }
  }

  /// Why a write would be refused now; nil if it would be admitted, as far as its table is asked.
  package func refusalOfWrite(at key: RawSpan, of table: Table) -> AdmissionRefusal? {
    guard let admission = table.admission, admission.limitsWrites else { return nil }
    return admission.refusalOfWrite(Keyspace.hash(ofKey: key), at: admissionTime)
  }

  /// Charges a write that changes nothing since its condition does not hold: it costs what writing the item that
  /// stands would.
  package func chargeFailedWrite(at key: RawSpan, of table: Table, itemBytes: Int, factor: Double = 1) {
    guard let admission = table.admission else { return }
    admission.charge(
      writing: CapacityUnits.write(oldBytes: itemBytes, newBytes: 0) * factor,
      to: Keyspace.hash(ofKey: key), at: admissionTime)
  }

  /// The moment by which buckets are asked and charged.
  package var admissionTime: Int64 { clockControl.elapsedNanoseconds }
}

/// A read that was admitted, and what it is charged to.
package struct AdmittedRead: Sendable {
  private let admission: ResourceAdmission?
  fileprivate let hash: UInt64
  fileprivate let now: Int64

  /// A read that nobody counts.
  fileprivate init() {
    admission = nil
    hash = 0
    now = 0
  }

  fileprivate init(_ admission: ResourceAdmission, _ hash: UInt64, now: Int64) {
    self.admission = admission
    self.hash = hash
    self.now = now
  }

  /// Charges what was read. To be called once nothing can keep the answer from being given.
  package func charge(_ tally: CapacityTally) {
    guard let admission else { return }
    admission.charge(reading: tally.totalUnits, of: hash, at: now)
  }
}
