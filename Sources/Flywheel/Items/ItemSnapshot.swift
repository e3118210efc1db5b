import DynamoModel
import LSMTree

/// An item as it stands in a view, kept in the engine's memory for as long as this value lives.
struct ItemSnapshot: ~Copyable {
  private let found: PinnedValue?

  /// Looks the item up.
  init(
    _ key: RawSpan, in view: borrowing ReadView, of database: Database, io: ReadIO
  ) throws(Interruption) {
    do throws(TreeError) {
      found = try database.tree.get(key, in: view, io: io)
    } catch {
      throw Interruption(error)
    }
  }

  /// The item; nil if there is none.
  var item: ItemView? {
    @_lifetime(borrow self) get {
      switch found {
      case .some(let value): _overrideLifetime(ItemView(trusting: value.bytes), borrowing: self)
      case .none: nil
      }
    }
  }

  /// A copy of the item; nil if there is none.
  var copy: Item? {
    guard let item else { return nil }
    return Item(item)
  }
}
