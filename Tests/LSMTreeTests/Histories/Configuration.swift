import LSMTree

/// One way to set a tree up, of twenty; number 0 is what people get who set nothing. Options are no part of the format, so every
/// second configuration opens the tree with others each time.
struct Configuration: CustomStringConvertible, Sendable {
  let number: Int
  private let seed: UInt64

  init(number: Int, seed: UInt64) {
    self.number = number
    self.seed = seed
  }

  func options(opening: Int) -> TreeOptions {
    if number == 0 { return TreeOptions() }
    let turn = number % 2 == 0 ? opening : 0
    var random = SeededGenerator(seed: seed &+ UInt64(number) &* 1_000_003 &+ UInt64(turn) &* 7)
    var options = TreeOptions.random(&random)
    // A third is encrypted, some of it only when it is opened again; what is encrypted stays so.
    if number % 3 == 2, number % 4 != 0 || opening > 0 { options.cipher = ToyCiphers() }
    return options
  }

  var description: String { "configuration \(number)" }
}
