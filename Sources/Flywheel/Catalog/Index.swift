package import DynamoModel

/// An index as the request path sees it: immutable, made afresh whenever its table's definition changes.
package final class Index: Sendable {
  package enum Kind: Sendable, Hashable {
    /// Shares the table's partition key.
    case local
    case global
  }

  /// What an index holds of each item.
  package enum Content: Sendable, Hashable {
    case all
    case keysOnly
    /// The keys and the attributes of these names.
    case include(Set<ByteText>)
  }

  /// What the index's keys begin with.
  package let id: UInt32
  package let name: String
  package let kind: Kind
  package let status: IndexStatus
  package let key: KeyShape
  package let content: Content
  /// Names of the attributes that an entry holds unless `content` is `.all`: the index's key, the table's,
  /// and those included. Ordered by their bytes, as attributes are in an item.
  package let projectedNames: [String]
  package let counters: ItemCounters
  /// What admits reads by a global index and writes that change it; nil for local ones, which use their table's
  /// units, and if nothing is limited or counted.
  package let admission: ResourceAdmission?
  /// Where requests find it, without counting a reference.
  let admissionAddress: OwnAddress<AdmissionPath>?

  package init(
    id: UInt32, name: String, kind: Kind, status: IndexStatus, key: KeyShape, tableKey: KeyShape,
    projection: Projection, counters: ItemCounters, admission: ResourceAdmission? = nil
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.status = status
    self.key = key
    self.counters = counters
    self.admission = admission
    admissionAddress = admission?.address
    var names = Set((key.parts + tableKey.parts).map { ByteText($0.name) })
    switch projection.projectionType {
    case .include:
      let included = Set((projection.nonKeyAttributes ?? []).map(ByteText.init))
      content = .include(included)
      names.formUnion(included)
    case .keysOnly: content = .keysOnly
    case .all, nil: content = .all
    }
    projectedNames = names.map(\.string).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// A copy for the threads of a stripe; see `Table.copy()`.
  func copy() -> Index { Index(copying: self) }

  private init(copying index: Index) {
    id = index.id
    name = index.name
    kind = index.kind
    status = index.status
    key = index.key.copy()
    content = index.content
    projectedNames = index.projectedNames.map { $0.copy() }
    counters = index.counters
    admission = index.admission
    admissionAddress = index.admissionAddress
  }

  /// Whether an entry holds the attribute, if the item has it.
  package func projects(_ attributeName: String) -> Bool {
    content == .all || projectedNames.hasSame(attributeName)
  }
}
