/// A directed graph of numbered nodes, and the parts of it in which one gets from everywhere to everywhere.
struct DirectedGraph {
  let nodeCount: Int
  private(set) var sources: [Int32] = []
  private(set) var targets: [Int32] = []

  init(nodeCount: Int) { self.nodeCount = nodeCount }

  mutating func add(_ source: Int, _ target: Int) {
    sources.append(Int32(source))
    targets.append(Int32(target))
  }

  /// For each node where its edges are in the second list, which has the edges' numbers.
  private func adjacency() -> (starts: [Int32], edges: [Int32]) {
    var starts = [Int32](repeating: 0, count: nodeCount + 1)
    for source in sources { starts[Int(source) + 1] += 1 }
    for node in 0..<nodeCount { starts[node + 1] += starts[node] }
    var next = starts
    var edges = [Int32](repeating: 0, count: sources.count)
    for (edge, source) in sources.enumerated() {
      edges[Int(next[Int(source)])] = Int32(edge)
      next[Int(source)] += 1
    }
    return (starts, edges)
  }

  /// Strongly connected components of more than one node, by Tarjan's algorithm, without recursion.
  func components() -> [[Int]] {
    let (starts, edges) = adjacency()
    var index = [Int32](repeating: -1, count: nodeCount)
    var low = [Int32](repeating: 0, count: nodeCount)
    var isOnStack = [Bool](repeating: false, count: nodeCount)
    var stack: [Int] = []
    var calls: [(node: Int, next: Int32)] = []
    var count: Int32 = 0
    var found: [[Int]] = []
    for root in 0..<nodeCount where index[root] < 0 {
      calls.append((root, starts[root]))
      while let (node, next) = calls.last {
        if index[node] < 0 {
          index[node] = count
          low[node] = count
          count += 1
          stack.append(node)
          isOnStack[node] = true
        }
        if next < starts[node + 1] {
          calls[calls.count - 1].next += 1
          let target = Int(targets[Int(edges[Int(next)])])
          if index[target] < 0 {
            calls.append((target, starts[target]))
          } else if isOnStack[target] {
            low[node] = min(low[node], index[target])
          }
          continue
        }
        calls.removeLast()
        if let parent = calls.last?.node { low[parent] = min(low[parent], low[node]) }
        guard low[node] == index[node] else { continue }
        var component: [Int] = []
        repeat {
          component.append(stack.removeLast())
          isOnStack[component.last!] = false
        } while component.last! != node
        if component.count > 1 { found.append(component) }
      }
    }
    return found
  }

  /// The edges of a shortest way from a node of `component` through it and back.
  func cycle(in component: [Int]) -> [Int] {
    let members = Set(component)
    let (starts, edges) = adjacency()
    let origin = component.min()!
    var cameBy: [Int: Int] = [:]
    var queue = [origin]
    var position = 0
    while position < queue.count {
      let node = queue[position]
      position += 1
      for next in starts[node]..<starts[node + 1] {
        let edge = Int(edges[Int(next)])
        let target = Int(targets[edge])
        if target == origin {
          var way = [edge]
          var at = node
          while at != origin, let before = cameBy[at] {
            way.append(before)
            at = Int(sources[before])
          }
          return way.reversed()
        }
        guard members.contains(target), cameBy[target] == nil else { continue }
        cameBy[target] = edge
        queue.append(target)
      }
    }
    return []
  }
}
