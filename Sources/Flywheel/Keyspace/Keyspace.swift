package import DynamoModel

/// Why an item has no key of the shape that was asked for.
package enum KeyFault: Error, Sendable, Equatable {
  /// The item does not have the attribute.
  case missing(KeyPart)
  /// It has one that can't be part of a key.
  case invalid(KeyPart, KeyError)
}

/// Where everything lies in the one tree: builds keys, and the bounds of ranges of keys.
///
///     item          <table id> <hash of partition key> <partition key> <sort key>
///     local index   <index id> <hash of partition key> <partition key> <index sort key> <table sort key>
///     global index  <index id> <hash of index partition key> <index partition key> <index sort key>
///                   <table partition key> <table sort key>
///
/// An id is four bytes, a hash eight, both most significant byte first; key parts are encoded so that their
/// bytes order as their values do and none is the beginning of another (`KeyEncoder`). So no key of the tree
/// is the beginning of another, items of one partition key lie together in order of their sort keys, and a
/// partition of the hash space is a range. Byte by byte: Docs/Formats/Keyspace.md.
package enum Keyspace {
  /// Bytes of an id and of a hash.
  package static let idBytes = 4
  package static let hashBytes = 8

  // MARK: Keys

  /// Appends the key under which `table` has the item with the key attributes of `item`, which may have
  /// others.
  ///
  /// - Throws: what keeps the attributes from being the table's key, partition before sort.
  package static func append(
    keyOf item: borrowing ItemView, in table: Table, to key: inout KeyBuffer
  ) throws(KeyFault) {
    try appendPartition(of: item, id: table.id, table.key, to: &key)
    for part in table.key.sort {
      try append(part, of: item, limitBytes: ModelLimits.sortKeyBytesMax, to: &key)
    }
  }

  /// Appends the key of the entry that `index` has for `item` of `table`. False, with nothing certain about
  /// `key`, if it has none: a key attribute is missing or can't be one. Then the item is not in the index.
  package static func append(
    entryOf item: borrowing ItemView, in index: Index, of table: Table, to key: inout KeyBuffer
  ) -> Bool {
    do throws(KeyFault) {
      try appendPartition(of: item, id: index.id, index.key, to: &key)
      for part in index.key.sort {
        try append(part, of: item, limitBytes: ModelLimits.sortKeyBytesMax, to: &key)
      }
      if index.kind == .global {
        for part in table.key.partition {
          try append(part, of: item, limitBytes: ModelLimits.partitionKeyBytesMax, to: &key)
        }
      }
      for part in table.key.sort {
        try append(part, of: item, limitBytes: ModelLimits.sortKeyBytesMax, to: &key)
      }
      return true
    } catch {
      return false
    }
  }

  /// Appends what all keys of one partition key begin with: id, hash and the partition attributes of `item`. Nothing is certain about
  /// `key` where it throws.
  package static func appendPartition(
    of item: borrowing ItemView, id: UInt32, _ shape: KeyShape, to key: inout KeyBuffer
  ) throws(KeyFault) {
    key.append(bigEndian: id)
    // The hash is of all the attributes, which are looked for once: its place is filled in behind them.
    let place = key.count
    key.append(bigEndian: UInt64(0))
    var hash = PartitionHash()
    for part in shape.partition {
      let value = try checked(part, of: item, limitBytes: ModelLimits.partitionKeyBytesMax)
      hash.combine(value.payload, as: part.type)
      KeyEncoder.appendPart(value.payload, as: part.type, to: &key)
    }
    key.store(bigEndian: hash.value, at: place)
  }

  /// Appends what all keys of one partition key begin with, from the values of its attributes in their order.
  ///
  /// - Precondition: there is a value for each attribute, of its type.
  package static func appendPartition(
    _ values: [EncodedValue], id: UInt32, _ shape: KeyShape, to key: inout KeyBuffer
  ) {
    precondition(values.count == shape.partition.count)
    var hash = PartitionHash()
    for (part, value) in zip(shape.partition, values) { hash.combine(value.view.payload, as: part.type) }
    key.append(bigEndian: id)
    key.append(bigEndian: hash.value)
    for (part, value) in zip(shape.partition, values) {
      KeyEncoder.appendPart(value.view.payload, as: part.type, to: &key)
    }
  }

  /// The hash in a key of a table or an index, or in the beginning of one; 0 where that does not reach so far.
  package static func hash(ofKey key: RawSpan) -> UInt64 {
    if key.byteCount >= idBytes + hashBytes {
      return UInt64(bigEndian: key.unsafeLoadUnaligned(fromUncheckedByteOffset: idBytes, as: UInt64.self))
    }
    var hash: UInt64 = 0
    for offset in idBytes..<(idBytes + hashBytes) {
      hash =
        hash << 8
        | (offset < key.byteCount ? UInt64(key.unsafeLoad(fromByteOffset: offset, as: UInt8.self)) : 0)
    }
    return hash
  }

  /// How many bytes of an item's key, whose table has a key of `shape`, are common to its partition key: id,
  /// hash and the partition attributes.
  package static func partitionBytes(of key: RawSpan, _ shape: KeyShape) -> Int {
    var reader = KeyReader(key, at: idBytes + hashBytes)
    do throws(EncodingFault) {
      for part in shape.partition { try reader.skip(part.type) }
    } catch {
      preconditionFailure("an item's key is broken: \(error.reason)")
    }
    return reader.offset
  }

  /// The hash in which the partition key of `item` falls.
  package static func partitionHash(of item: borrowing ItemView, _ shape: KeyShape) throws(KeyFault) -> UInt64
  {
    var hash = PartitionHash()
    for part in shape.partition {
      let value = try checked(part, of: item, limitBytes: ModelLimits.partitionKeyBytesMax)
      hash.combine(value.payload, as: part.type)
    }
    return hash.value
  }

  private static func append(
    _ part: KeyPart, of item: borrowing ItemView, limitBytes: Int, to key: inout KeyBuffer
  ) throws(KeyFault) {
    let value = try checked(part, of: item, limitBytes: limitBytes)
    KeyEncoder.appendPart(value.payload, as: part.type, to: &key)
  }

  @_lifetime(copy item)
  private static func checked(
    _ part: KeyPart, of item: borrowing ItemView, limitBytes: Int
  ) throws(KeyFault) -> ValueView {
    guard let value = item.attribute(named: part.name) else { throw .missing(part) }
    do throws(KeyError) {
      try KeyEncoder.check(value, as: part.type, limitBytes: limitBytes)
    } catch {
      throw .invalid(part, error)
    }
    return value
  }

  // MARK: Ranges

  /// The keys of `segment` of `segmentCount` equal parts of an id's hash space, for a scan in parallel.
  package static func segment(
    _ segment: Int, of segmentCount: Int, id: UInt32
  ) -> (lower: [UInt8], upper: [UInt8]) {
    precondition(segmentCount > 0 && (0..<segmentCount).contains(segment))
    return (bound(segment, of: segmentCount, id: id), bound(segment + 1, of: segmentCount, id: id))
  }

  private static func bound(_ segment: Int, of segmentCount: Int, id: UInt32) -> [UInt8] {
    if segment == 0 { return CatalogKeys.bytes(of: id) }
    if segment == segmentCount { return CatalogKeys.bytes(of: id + 1) }
    // segment / segmentCount of 2^64.
    let hash = UInt64(segmentCount).dividingFullWidth((UInt64(segment), 0)).quotient
    return CatalogKeys.bytes(of: id)
      + stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: hash >> UInt64($0)) }
  }

  /// The first key behind all that begin with `prefix`. Nil if there is none, which no key of this layout
  /// has.
  package static func successor(ofPrefix prefix: RawSpan) -> [UInt8]? {
    var bytes = [UInt8](copying: prefix)
    while let last = bytes.popLast() {
      if last < UInt8.max {
        bytes.append(last + 1)
        return bytes
      }
    }
    return nil
  }
}
