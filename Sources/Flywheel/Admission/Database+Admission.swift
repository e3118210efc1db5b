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
  /// - Returns: what is to be said when the read is charged, to the same table or index.
  @inline(__always)
  package func admitRead(
    at key: RawSpan, of table: Table, by index: Index? = nil
  ) throws(Interruption) -> AdmittedRead {
    guard let address = Self.address(of: table, index) else {
      return AdmittedRead(hash: 0, position: 0, now: nil)
    }
    let hash = Keyspace.hash(ofKey: key)
    let position = address.pointer.pointee.map.position(of: hash)
    guard address.pointer.pointee.limitsReads else {
      return AdmittedRead(hash: hash, position: position, now: nil)
    }
    let latest = address.pointer.pointee.moments.pointer.pointee.latest
    if address.pointer.pointee.admitsRead(at: position, latest) {
      return AdmittedRead(hash: hash, position: position, now: nil)
    }
    let now = time(for: address)
    if !address.pointer.pointee.admitsRead(at: position, now),
      let refusal = Self.admission(of: table, index)?.refusalOfRead(hash, at: now)
    {
      throw .refused(refusal)
    }
    return AdmittedRead(hash: hash, position: position, now: now)
  }

  /// Charges what was read, to the table or the index that admitted it. To be called once nothing can keep the answer from being
  /// given.
  @inline(__always)
  package func charge(
    _ read: AdmittedRead, _ tally: borrowing CapacityTally, to table: Table, by index: Index? = nil
  ) {
    guard let address = Self.address(of: table, index) else { return }
    let halves = CapacityUnits.halves(tally.totalUnits)
    let row = address.pointer.pointee.row(at: read.position)
    var now: Int64 = 0
    if address.pointer.pointee.pays(readHalves: halves, row) {
      now = read.now ?? time(for: address)
      if now >= address.pointer.pointee.moments.pointer.pointee.minuteEnd {
        Self.admission(of: table, index)?.endMinuteIfDue(at: now)
      }
    }
    if address.pointer.pointee.charge(readHalves: halves, at: read.position, row, now) {
      sample(read, of: table, by: index)
    }
  }

  @inline(never)
  private func sample(_ read: AdmittedRead, of table: Table, by index: Index?) {
    Self.admission(of: table, index)?.sample(read.hash, at: read.position, read.now ?? admissionTime)
  }

  /// The time, also for those who can do with one that has been.
  @inline(__always)
  private func time(for address: OwnAddress<AdmissionPath>) -> Int64 {
    let now = admissionTime
    address.pointer.pointee.moments.pointer.pointee.note(now)
    return now
  }

  /// What admits reads of the table, or by the index if that has units of its own.
  private static func admission(of table: Table, _ index: Index?) -> ResourceAdmission? {
    index?.admission ?? table.admission
  }

  /// Where that is.
  @inline(__always)
  private static func address(of table: Table, _ index: Index?) -> OwnAddress<AdmissionPath>? {
    if let index, let address = index.admissionAddress { return address }
    return table.admissionAddress
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

/// A read that was admitted: what is asked and found for that and said again when it is charged. Holds no reference, so whoever
/// charges it names the table or index once more.
package struct AdmittedRead: Sendable, BitwiseCopyable {
  fileprivate let hash: UInt64
  /// Of the partition.
  fileprivate let position: Int
  /// When it was admitted, if anyone looked.
  fileprivate let now: Int64?
}
