/// One version of a key, or a range deletion over it, and where it is kept.
public struct KeyVersion: Sendable, Equatable {
  public enum Place: Sendable, Equatable {
    case log
    case table(level: Int, number: UInt64)
  }

  public enum Kind: Sendable, Equatable {
    case value(bytes: Int)
    /// A value that is kept in a value file.
    case valueInFile(name: String, bytes: Int)
    case deletion
    case rangeDeletion(from: [UInt8], to: [UInt8])
  }

  public var place: Place
  public var sequence: SequenceNumber
  public var kind: Kind
  /// Bounds on when it was written, in seconds since 1970, as far as its table's block knows; nil in the log.
  public var times: ClosedRange<UInt32>?
}

extension TreeInspection {
  /// Every version of a key that is still kept, and every range deletion that covers it: newest first. Reads the log again, and
  /// a block of each table that may hold the key.
  public func history(of key: [UInt8]) throws(TreeError) -> [KeyVersion] {
    var found: [KeyVersion] = []
    try forEachLogBatch { payload, first in found += Self.versions(of: key, inBatch: payload, first) }
    for (level, files) in version.levels.enumerated() {
      for file in files
      where file.info.range.overlaps(KeyRange(lower: key, upper: key, isUpperIncluded: true)) {
        found += try versions(of: key, in: file, level)
      }
    }
    return found.sorted { $0.sequence > $1.sequence }
  }

  private static func versions(
    of key: [UInt8], inBatch payload: UnsafeRawBufferPointer, _ first: SequenceNumber
  ) -> [KeyVersion] {
    var found: [KeyVersion] = []
    var reader = WriteBatchReader(payload)
    var sequence = first
    while let entry = reader.next() {
      let order = key.withUnsafeBytes { KeyOrder.compare(entry.key, $0) }
      let kind: KeyVersion.Kind? =
        switch entry.kind {
        case .value where order == 0: .value(bytes: entry.value.count)
        case .deletion where order == 0: .deletion
        case .rangeDeletion
        where order <= 0 && key.withUnsafeBytes({ KeyOrder.compare($0, entry.value) }) < 0:
          .rangeDeletion(from: Array(entry.key), to: Array(entry.value))
        default: nil
        }
      if let kind { found.append(KeyVersion(place: .log, sequence: sequence, kind: kind)) }
      sequence += 1
    }
    return found
  }

  private func versions(
    of key: [UInt8], in file: TableFile, _ level: Int
  ) throws(TreeError) -> [KeyVersion] {
    let place = KeyVersion.Place.table(level: level, number: file.number)
    var found: [KeyVersion] = []
    if file.info.entryCount > 0 {
      let cursor = RunCursor([file], CursorOptions(io: .blocking, usesCache: false))
      try cursor.seek(InternalKey.beforeAllVersions(of: key).span.bytes)
      while cursor.isValid, InternalKey.userKey(of: Array(cursor.unsafeKey)) == key {
        let trailer = InternalKey.trailer(of: cursor.key)
        let times = cursor.times
        found.append(
          KeyVersion(
            place: place, sequence: InternalKey.sequence(ofTrailer: trailer),
            kind: try Self.kind(ofTrailer: trailer, cursor.unsafeValue),
            times: times.earliest...max(times.earliest, times.latest)))
        try cursor.next()
      }
    }
    let index = key.withUnsafeBytes { file.rangeDeletions.firstEnding(after: $0) }
    if index < file.rangeDeletions.fragments.count {
      let fragment = file.rangeDeletions.fragments[index]
      if KeyOrder.compare(fragment.lower, key) <= 0 {
        found += fragment.sequences.map {
          KeyVersion(
            place: place, sequence: $0, kind: .rangeDeletion(from: fragment.lower, to: fragment.upper))
        }
      }
    }
    return found
  }

  private static func kind(
    ofTrailer trailer: UInt64, _ value: UnsafeRawBufferPointer
  ) throws(TreeError) -> KeyVersion.Kind {
    switch InternalKey.kind(ofTrailer: trailer) {
    case .value: return .value(bytes: value.count)
    case .deletion: return .deletion
    case .valuePointer:
      guard let pointer = ValuePointer(value) else { throw ValuePointer.malformed }
      return .valueInFile(name: FileNames.values(pointer.file), bytes: pointer.rawBytes)
    case .rangeDeletion, .merge, nil: throw Superversion.unknownKind
    }
  }
}
