import DynamoModel
import Synchronization

/// A parsed expression, shared by everything that is bound to it.
package final class Shared<Syntax: Sendable>: Sendable {
  package let syntax: Syntax

  package init(_ syntax: Syntax) {
    self.syntax = syntax
  }
}

/// Parsed expressions by their text.
///
/// Programs send few texts and send them for ever, with what varies in the placeholders. So parsing is paid
/// once a text: a hit costs one hash, one short lock and one retain.
///
/// Each shard has two generations: what is used is in the young one, which becomes the old one when it is full,
/// and what was old and not used since is forgotten. It bounds memory as a list in order of use would, without
/// one to maintain, and a client that sends a million different texts can't grow it. Texts that are refused are
/// not kept: their cost is their sender's.
package final class ParsedExpressions<Syntax: Sendable>: Sendable {
  private struct Generations {
    var young: [ByteText: Shared<Syntax>] = [:]
    var old: [ByteText: Shared<Syntax>] = [:]
  }

  /// A lock of its own for each shard, so that threads seldom meet.
  private final class Shard: Sendable {
    let generations = Mutex(Generations())
  }

  private static var shardCount: Int { 16 }
  private let entriesPerGenerationMax: Int
  private let shards: [Shard]
  private let parse: @Sendable (String) throws(Rejection) -> Syntax

  /// A cache in front of `parse`.
  ///
  /// - Parameter entriesMax: how many texts are kept at most, the old generation included. At least 32.
  package init(entriesMax: Int, parse: @escaping @Sendable (String) throws(Rejection) -> Syntax) {
    precondition(entriesMax >= 2 * Self.shardCount)
    entriesPerGenerationMax = entriesMax / (2 * Self.shardCount)
    shards = (0..<Self.shardCount).map { _ in Shard() }
    self.parse = parse
  }

  /// The parsed form of `text`. Allocates nothing when the text is known.
  package func expression(_ text: String) throws(Rejection) -> Shared<Syntax> {
    let shard = shards[Self.shardIndex(of: text)]
    let key = ByteText(text)
    if let known = shard.generations.withLock({ find(key, in: &$0) }) { return known }
    let parsed = Shared(try parse(text))
    shard.generations.withLock { keep(parsed, as: key, in: &$0) }
    return parsed
  }

  /// How many texts are kept now.
  package var count: Int {
    shards.reduce(0) { total, shard in
      total + shard.generations.withLock { $0.young.count + $0.old.count }
    }
  }

  private func find(_ text: ByteText, in generations: inout Generations) -> Shared<Syntax>? {
    if let young = generations.young[text] { return young }
    guard let old = generations.old.removeValue(forKey: text) else { return nil }
    keep(old, as: text, in: &generations)
    return old
  }

  private func keep(_ parsed: Shared<Syntax>, as text: ByteText, in generations: inout Generations) {
    if generations.young.count >= entriesPerGenerationMax {
      generations.old = generations.young
      generations.young = [:]
    }
    generations.young[text] = parsed
  }

  /// Spreads texts well enough without hashing a text twice.
  private static func shardIndex(of text: String) -> Int {
    let bytes = text.utf8
    let last = bytes.last ?? 0
    return (bytes.count &* 31 &+ Int(last)) % shardCount
  }
}

/// The process's parsed expressions.
package enum ParsedExpressionCaches {
  package static let conditions = ParsedExpressions<ConditionSyntax>(entriesMax: 8192) {
    text throws(Rejection) in try ConditionSyntax(parsing: text)
  }
  package static let updates = ParsedExpressions<UpdateSyntax>(entriesMax: 8192) {
    text throws(Rejection) in try UpdateSyntax(parsing: text)
  }
  package static let projections = ParsedExpressions<ProjectionSyntax>(entriesMax: 8192) {
    text throws(Rejection) in try ProjectionSyntax(parsing: text)
  }
}
