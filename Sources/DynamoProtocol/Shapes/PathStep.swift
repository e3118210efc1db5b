/// A step of the way from a request to a value in it.
enum PathStep: Sendable {
  /// A member of a structure.
  case member(Structure, Int)
  /// An element of a list, counted from 0.
  case element(Int)
  /// A value of a map, and which of them it is.
  case entry(String, Int)
}

extension [PathStep] {
  /// The path as the service writes it: `requestItems.Music.member.1.member.putRequest.item`. Elements are
  /// counted from 1.
  var text: String {
    var text = ""
    for step in self {
      switch step {
      case .member(let structure, let index):
        if !text.isEmpty { text += "." }
        text += structure.members[index].pathName
      case .element(let index): text += ".\(index + 1).member"
      case .entry(let name, _): text += ".\(name).member"
      }
    }
    return text
  }

  /// What violations are ordered by.
  var place: [Int] {
    map { step in
      switch step {
      case .member(_, let index), .element(let index), .entry(_, let index): index
      }
    }
  }
}
