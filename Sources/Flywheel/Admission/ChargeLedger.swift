/// What an attempt at an operation has been charged and refused, until it is certain that it is answered: what was charged for an
/// attempt that ends without effect (it is run again on another thread, say) is given back when the ledger goes, and its
/// refusals are not counted.
struct ChargeLedger: ~Copyable {
  private struct Entry {
    var admission: ResourceAdmission
    var hash: UInt64
    var direction: CapacityDirection
    var units: Double
    var moment: Int64
  }

  /// Most operations have one charge, which needs no array.
  private var first: Entry?
  private var more: [Entry] = []
  private var refusals: [AdmissionRefusal] = []

  deinit {
    if let first { Self.takeBack(first) }
    for entry in more { Self.takeBack(entry) }
  }

  mutating func charge(
    _ admission: ResourceAdmission, _ hash: UInt64, _ direction: CapacityDirection, _ units: Double,
    at now: Int64
  ) {
    switch direction {
    case .read: admission.charge(reading: units, of: hash, at: now)
    case .write: admission.charge(writing: units, to: hash, at: now)
    }
    let entry = Entry(admission: admission, hash: hash, direction: direction, units: units, moment: now)
    if first == nil { first = entry } else { more.append(entry) }
  }

  /// Notes what is refused of an operation that may do the rest.
  mutating func note(_ refusal: AdmissionRefusal) { refusals.append(refusal) }

  /// Says that what was charged for has happened, and what was refused is answered so.
  mutating func settle() {
    first = nil
    more = []
    for refusal in refusals { refusal.count() }
    refusals = []
  }

  private static func takeBack(_ entry: Entry) {
    entry.admission.takeBack(entry.units, entry.direction, of: entry.hash, at: entry.moment)
  }
}
