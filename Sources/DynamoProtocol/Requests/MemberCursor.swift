/// Where the reading of one structure stands.
struct MemberCursor: Sendable {
  let structure: Structure
  /// Which member was met last.
  var index = -1
  /// A bit for each member that was met with a value other than null.
  var seen: UInt64 = 0
  var isFirst = true

  var member: Member { structure.members[index] }
}
