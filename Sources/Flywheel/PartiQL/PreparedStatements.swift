import DynamoModel
import PartiQL
import Synchronization

/// Statements that were read before, by their text.
///
/// Programs send few texts and put what varies in parameters, so reading a statement, which costs more than
/// the lookup it asks for, is paid once a text. Two generations bound the memory: what is used is in the young
/// one, which becomes the old one when it is full, and what was old and not used since is forgotten. Long texts
/// and those that are refused are not kept: the former are made of literals and seldom come again, the latter
/// are their sender's to pay for.
final class PreparedStatements: Sendable {
  /// The process's statements.
  static let shared = PreparedStatements()

  private static let entriesPerGenerationMax = 1_024
  private static let textBytesMax = 1_024

  /// A text, told from others by its bytes, and its hash, which is found before the lock is taken.
  private struct TextKey: Hashable {
    private let text: ByteText
    private let hash: Int

    init(_ text: String) {
      self.text = ByteText(text)
      hash = self.text.hashValue
    }

    static func == (left: TextKey, right: TextKey) -> Bool {
      left.hash == right.hash && left.text == right.text
    }

    func hash(into hasher: inout Hasher) { hasher.combine(hash) }
  }

  private final class Entry: Sendable {
    let statement: PreparedStatement

    init(_ statement: PreparedStatement) { self.statement = statement }
  }

  private struct Generations {
    var young: [TextKey: Entry] = [:]
    var old: [TextKey: Entry] = [:]
  }

  private let generations = Mutex(Generations())

  /// The statement that a text is.
  ///
  /// - Throws: a ValidationException with what the service says of a text that is none, or of one that it
  ///   does not run.
  func statement(_ text: String) throws(Interruption) -> PreparedStatement {
    let key = text.utf8.count <= Self.textBytesMax ? TextKey(text) : nil
    if let key, let known = generations.withLock({ Self.find(key, in: &$0) }) { return known.statement }
    let statement = try Interruption.ofStatement { () throws(StatementError) in try PreparedStatement(text) }
    if let key {
      let entry = Entry(statement)
      generations.withLock { Self.keep(entry, as: key, in: &$0) }
    }
    return statement
  }

  /// The statement that a text is, with values in the place of its parameters.
  ///
  /// - Throws: as ``statement(_:)``, and what the service says of too few or too many values.
  func bound(_ text: String, _ parameters: [EncodedValue]?) throws(Interruption) -> Statement {
    let prepared = try statement(text)
    return try Interruption.ofStatement { () throws(StatementError) in
      try prepared.bound(to: parameters ?? [])
    }
  }

  private static func find(_ text: TextKey, in generations: inout Generations) -> Entry? {
    if let young = generations.young[text] { return young }
    guard let old = generations.old.removeValue(forKey: text) else { return nil }
    keep(old, as: text, in: &generations)
    return old
  }

  private static func keep(_ entry: Entry, as text: TextKey, in generations: inout Generations) {
    if generations.young.count >= entriesPerGenerationMax {
      generations.old = generations.young
      generations.young = [:]
    }
    generations.young[text] = entry
  }
}
