extension ReadView {
  /// The value of `key`, or nil: what `Tree.get` does, without the tree.
  package func get(_ key: RawSpan, io: ReadIO = .blocking) throws(TreeError) -> PinnedValue? {
    try superversion.get(key, at: sequence, io)
  }

  /// A cursor over the live entries between two keys: what `Tree.cursor` does, without the tree.
  package func cursor(
    from lower: [UInt8] = [], to upper: [UInt8]? = nil, io: ReadIO = .blocking
  ) throws(TreeError) -> TreeCursor {
    try superversion.cursor(at: sequence, from: lower, to: upper, io)
  }
}
