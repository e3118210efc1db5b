import DynamoExpressions
import DynamoModel
import PartiQL

/// How a `SELECT` is answered: what is read, and in what order.
enum ReadPlan {
  /// The item under a key of the tree.
  case lookup([UInt8])
  /// Ranges of the tree's keys that don't touch, in the order in which they are read.
  case ranges([EntryRange], forward: Bool)

  /// Makes the plan.
  ///
  /// Partitions come in the order of their keys' values, and within each the ranges in the order of the sort
  /// key. Without `ORDER BY` both ascend. A statement that has one and does not name the sort key in it gets
  /// the sort key descending, which is the service's way.
  ///
  /// - Throws: the service's errors for keys that no item can have, ranges that overlap, too many of them, and
  ///   orders that can't be had.
  init(_ select: SelectStatement, in target: ReadTarget) throws(Interruption) {
    let branches = try KeyBranches(select.condition, key: target.key)
    try Ordering.check(select.ordering, branches, target.key)
    guard branches.areKeyed else {
      try branches.checkCount()
      let everything = Keyspace.segment(0, of: 1, id: target.id)
      self = .ranges([EntryRange(from: everything.lower, to: everything.upper)], forward: true)
      return
    }
    try Self.checkNotEmpty(branches.branches, in: target)
    let ordering = Ordering(select.ordering, target.key)
    let ranges = try Self.arranged(branches.branches.compactMap { $0.range(in: target) }, ordering)
    try branches.checkCount()
    try Self.checkFilters(branches.branches, in: target)
    if target.index == nil, branches.branches.count == 1, branches.branches[0].namesWholeKey(target.key) {
      self = ranges.isEmpty ? .ranges([], forward: true) : .lookup(ranges[0].lower)
    } else {
      self = .ranges(ranges, forward: ordering.sortAscends)
    }
  }

  /// The ranges in the order in which they are read.
  private static func arranged(
    _ ranges: [PartitionRange], _ ordering: Ordering
  ) throws(Interruption) -> [EntryRange] {
    let ascending = ranges.sorted { $0.isBefore($1) }
    for (one, next) in zip(ascending, ascending.dropFirst()) where one.overlaps(next) {
      throw .validation("Overlapping conditions with range keys are not supported in where clause")
    }
    var partitions: [[PartitionRange]] = []
    for range in ascending {
      if partitions.last?.last?.partition == range.partition {
        partitions[partitions.count - 1].append(range)
      } else {
        partitions.append([range])
      }
    }
    if !ordering.partitionAscends { partitions.reverse() }
    return partitions.flatMap { ordering.sortAscends ? $0 : $0.reversed() }.map(\.range)
  }

  /// Refuses an empty string or binary where a key can't have one.
  private static func checkNotEmpty(
    _ branches: [KeyBranches.Branch], in target: ReadTarget
  ) throws(Interruption) {
    for branch in branches {
      for (part, value) in zip(target.key.partition, branch.partition) {
        guard let value else { continue }
        try KeyChecks.checkNotEmpty(value, part, isPartition: true, target.index)
      }
      for (position, test) in branch.sort {
        for value in test.values {
          try KeyChecks.checkNotEmpty(value, target.key.sort[position], isPartition: false, target.index)
        }
      }
    }
  }

  /// Refuses conditions on attributes that the index does not hold, unless some branch has none of them. The
  /// branch that is told is the one of the greatest partition key.
  private static func checkFilters(
    _ branches: [KeyBranches.Branch], in target: ReadTarget
  ) throws(Interruption) {
    guard let index = target.index, index.content != .all else { return }
    var told: (key: [UInt8], names: [String])?
    for branch in branches {
      let names = try attributeNames(of: branch.filters).filter { !index.projects($0) }
      guard !names.isEmpty else { return }
      let key = branch.partitionKey(in: target)
      if let told, !told.key.lexicographicallyPrecedes(key) { continue }
      told = (key, names)
    }
    guard let told else { return }
    throw .validation(
      "One or more parameter values were invalid: Secondary index \(index.name) does not project one or more "
        + "filter attributes: [\(ServiceOrder.sorted(told.names).joined(separator: ", "))]")
  }

  private static func attributeNames(of filters: [Predicate]) throws(Interruption) -> [String] {
    guard !filters.isEmpty else { return [] }
    return try Interruption.ofStatement { () throws(StatementError) in
      try Predicate.and(filters).condition().attributeNames
    }
  }
}

// MARK: - Order

extension ReadPlan {
  /// In which direction keys come.
  struct Ordering {
    let partitionAscends: Bool
    let sortAscends: Bool

    init(_ terms: [SelectStatement.Ordering], _ key: KeyShape) {
      partitionAscends = !terms.contains { $0.name.isSame(as: key.partition[0].name) && $0.isDescending }
      let sortTerm = terms.first { term in key.sort.contains { $0.name.isSame(as: term.name) } }
      sortAscends = sortTerm.map { !$0.isDescending } ?? terms.isEmpty
    }

    /// Refuses an order that the key does not give.
    static func check(
      _ terms: [SelectStatement.Ordering], _ branches: KeyBranches, _ key: KeyShape
    ) throws(Interruption) {
      guard !terms.isEmpty else { return }
      guard branches.namesPartitions else {
        throw .validation(
          "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."
        )
      }
      for term in terms where !key.contains(term.name) {
        throw .validation("Attribute \(term.name) in ORDER BY clause must be part of the primary key")
      }
      let namesPartition = terms.contains { term in key.partition.contains { $0.name.isSame(as: term.name) } }
      guard namesPartition || Set(branches.branches.map(\.partition)).count <= 1 else {
        throw .validation(
          "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause."
        )
      }
    }
  }
}

// MARK: - Ranges

/// A range of keys within one partition.
private struct PartitionRange {
  /// The partition key as it stands in the tree's keys, behind the hash: these bytes order as the values do.
  let partition: [UInt8]
  let range: EntryRange

  func isBefore(_ other: PartitionRange) -> Bool {
    partition == other.partition
      ? range.lower.lexicographicallyPrecedes(other.range.lower)
      : partition.lexicographicallyPrecedes(other.partition)
  }

  /// Whether a range that does not begin before this one begins before its end.
  func overlaps(_ next: PartitionRange) -> Bool {
    partition == next.partition && next.range.lower.lexicographicallyPrecedes(range.upper)
  }
}

extension KeyBranches.Branch {
  /// Puts what all keys of a keyed branch begin with into an empty buffer.
  private func appendPartition(of target: ReadTarget, to key: inout KeyBuffer) {
    Keyspace.appendPartition(partition.compactMap(\.self), id: target.id, target.key, to: &key)
  }

  /// The partition key of a keyed branch, in bytes that order as the values do.
  fileprivate func partitionKey(in target: ReadTarget) -> [UInt8] {
    var key = KeyBuffer()
    appendPartition(of: target, to: &key)
    return [UInt8](copying: key.bytes.extracting(droppingFirst: Keyspace.idBytes + Keyspace.hashBytes))
  }

  /// The tree's keys that a keyed branch reads; nil if its tests leave none.
  fileprivate func range(in target: ReadTarget) -> PartitionRange? {
    var key = KeyBuffer()
    appendPartition(of: target, to: &key)
    var range = EntryRange(prefix: key.bytes)
    for (position, part) in target.key.sort.enumerated() {
      let prefixBytes = key.count
      var equal: EncodedValue?
      for (testedPosition, test) in sort where testedPosition == position {
        switch test {
        case .equals(let value):
          equal = value
          KeyEncoder.appendPart(value.view.payload, as: part.type, to: &key)
          range.intersect(EntryRange(prefix: key.bytes))
        case .within(let sortRange):
          var tested = EntryRange(prefix: key.bytes)
          tested.narrow(to: sortRange, behind: &key, as: part.type)
          range.intersect(tested)
        }
        key.truncate(to: prefixBytes)
      }
      guard let equal else { break }
      KeyEncoder.appendPart(equal.view.payload, as: part.type, to: &key)
    }
    return range.isEmpty ? nil : PartitionRange(partition: partitionKey(in: target), range: range)
  }

  /// Whether the branch says of every sort attribute what it equals.
  fileprivate func namesWholeKey(_ key: KeyShape) -> Bool {
    key.sort.indices.allSatisfy { position in
      sort.contains { tested in
        guard tested.position == position, case .equals = tested.test else { return false }
        return true
      }
    }
  }
}

extension EntryRange {
  /// Leaves what is in another range, too.
  fileprivate mutating func intersect(_ other: EntryRange) {
    self = EntryRange(
      from: lower.lexicographicallyPrecedes(other.lower) ? other.lower : lower,
      to: upper.lexicographicallyPrecedes(other.upper) ? upper : other.upper)
  }
}
