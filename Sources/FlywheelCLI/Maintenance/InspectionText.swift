package import Flywheel
package import LSMTree

/// What an inspection shows, for a person.
package enum InspectionText {
  package static func lines(_ summary: DatabaseSummary) -> [String] {
    func line(_ what: String, _ holding: DatabaseSummary.Holding) -> String {
      "\(what) \(holding.name): \(holding.items) items, \(holding.bytes) bytes"
    }
    return summary.tables.flatMap { table in
      [line("table", table.table)] + table.globalIndexes.map { line("  index", $0) }
        + table.localIndexes.map { line("  local index", $0) }
    }
  }

  package static func lines(_ inspection: TreeInspection) -> [String] {
    var lines = [
      "manifest \(inspection.manifestName): all up to \(inspection.flushedSequence) is in tables, "
        + "the last write is \(inspection.lastSequence)"
    ]
    for segment in inspection.logSegments { lines.append("log \(segment.name): up to \(segment.last)") }
    for file in inspection.valueFiles {
      lines.append("values \(file.name): \(file.sizeBytes) bytes, of values in use \(file.liveBytes)")
    }
    let tables = inspection.tables
    for level in Set(tables.map(\.level)).sorted() {
      let files = tables.filter { $0.level == level }
      lines.append("level \(level): \(files.count) tables, \(files.reduce(0) { $0 + $1.sizeBytes }) bytes")
      lines += files.map(line)
    }
    return lines
  }

  private static func line(_ table: TableSummary) -> String {
    // What a part has of its file is an estimate.
    let about = table.isVirtual ? "about " : ""
    var parts = ["\(about)\(table.sizeBytes) bytes", "\(about)\(table.entryCount) entries"]
    if table.deletionCount > 0 { parts.append("\(about)\(table.deletionCount) of them deletions") }
    if table.rangeDeletionCount > 0 { parts.append("\(table.rangeDeletionCount) range deletions") }
    if table.sequenceMin <= table.sequenceMax {
      parts.append("sequences \(table.sequenceMin) to \(table.sequenceMax)")
      parts.append("written \(time(table.timeMin)) to \(time(table.timeMax))")
    }
    if let sequence = table.ingestedAt { parts.append("ingested at \(sequence)") }
    let name = table.isVirtual ? "table \(table.number), a part of \(table.fileName)" : table.fileName
    return "  \(name): \(parts.joined(separator: ", ")), "
      + "\(text(table.smallestKey)) to \(text(table.largestKey))"
  }

  package static func lines(_ history: [KeyVersion]) -> [String] {
    if history.isEmpty { return ["the key was never written, or nothing of it is kept"] }
    return history.map { version in
      let place =
        switch version.place {
        case .log: "log"
        case .table(let level, let number): "table \(number) in level \(level)"
        }
      let what =
        switch version.kind {
        case .value(let bytes): "value of \(bytes) bytes"
        case .valueInFile(let name, let bytes): "value of \(bytes) bytes in \(name)"
        case .deletion: "deletion"
        case .rangeDeletion(let lower, let upper): "deletion of \(text(lower)) to \(text(upper))"
        }
      let when = version.times.map { ", written \(time($0.lowerBound)) to \(time($0.upperBound))" } ?? ""
      return "\(version.sequence): \(what), \(place)\(when)"
    }
  }

  // MARK: Keys and times

  /// The bytes that an argument stands for: those behind `0x`, or of the text. Nil if what is behind `0x` is not hex.
  package static func key(_ argument: String) -> [UInt8]? {
    guard argument.hasPrefix("0x") else { return Array(argument.utf8) }
    let digits = Array(argument.utf8.dropFirst(2))
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
    }
    return bytes
  }

  /// A key as `key(_:)` reads it: in quotes if all of it can be printed.
  package static func text(_ key: [UInt8]) -> String {
    let isPrintable = key.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") }
    if isPrintable { return "\"\(String(decoding: key, as: UTF8.self))\"" }
    return "0x" + key.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Seconds since 1970 as a date and a time, in UTC.
  package static func time(_ seconds: UInt32) -> String {
    let (days, rest) = Int(seconds).quotientAndRemainder(dividingBy: 86_400)
    // Years of 400 from the first of March 2000 on, since leap days then come last (Hinnant, "chrono-compatible
    // low-level date algorithms").
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + 400 * era + (month <= 2 ? 1 : 0)
    func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
    return "\(year)-\(two(month))-\(two(day))T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))Z"
  }
}
