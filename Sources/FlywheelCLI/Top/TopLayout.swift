/// How the columns of one picture share its width: the name, the numbers, and the strip of partitions.
///
/// Numbers come in pairs, which are shown or left out together, the least telling first. What is left over makes the name
/// as wide as it may become, and then the strip.
struct TopLayout {
  /// Columns with numbers, in the order in which they stand.
  enum Column: CaseIterable {
    case reads, provisionedReads, writes, provisionedWrites, throttledReads, throttledWrites, items

    var head: String {
      switch self {
      case .reads: "READ/s"
      case .writes: "WRITE/s"
      case .provisionedReads, .provisionedWrites: "OF"
      case .throttledReads: "THR R/s"
      case .throttledWrites: "THR W/s"
      case .items: "ITEMS"
      }
    }
  }

  private static let nameWidths = 12...26
  /// A blank, and the six characters of the longest number or the seven of the longest head.
  private static let numberWidth = 8
  /// Two blanks, and the head of the strip.
  private static let stripWidthMin = 12
  private static let byImportance: [[Column]] = [
    [.reads, .writes], [.throttledReads, .throttledWrites], [.items],
    [.provisionedReads, .provisionedWrites],
  ]

  /// Nothing is drawn narrower.
  static let widthMin = nameWidths.lowerBound + stripWidthMin

  let columns: [Column]
  /// Without the blanks before it.
  let stripWidth: Int
  private let nameWidth: Int

  init(width: Int) {
    let width = max(Self.widthMin, width)
    // A quarter for the name, before the less telling numbers get room.
    var nameWidth = min(max(width / 4, Self.nameWidths.lowerBound), Self.nameWidths.upperBound)
    var room = width - nameWidth - Self.stripWidthMin
    var shown: Set<Column> = []
    for group in Self.byImportance {
      guard group.count * Self.numberWidth <= room else { break }
      room -= group.count * Self.numberWidth
      shown.formUnion(group)
    }
    let widening = min(room, Self.nameWidths.upperBound - nameWidth)
    nameWidth += widening
    self.nameWidth = nameWidth
    columns = Column.allCases.filter(shown.contains)
    stripWidth = Self.stripWidthMin - 2 + room - widening
  }

  func name(_ text: String) -> String { DisplayText.fitted(text, to: nameWidth - 1) + " " }

  func number(_ text: String) -> String { " " + DisplayText.flushRight(text, to: Self.numberWidth - 1) }
}
