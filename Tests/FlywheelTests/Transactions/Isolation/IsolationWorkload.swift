import DynamoModel
import Flywheel
import Foundation
import LSMTree
import Synchronization

/// Clients that append to lists and read them, alone and several at once, move money between accounts, and look whether all
/// of it is still there, while the power goes and comes back.
///
/// Lists are short: after so many appends the clients go on to others.
final class IsolationWorkload: Sendable {
  struct Settings: Sendable {
    var seed: UInt64
    var clients = 4
    /// How many operations there are in all.
    var operations = 4_000
    /// How often the power goes.
    var powerCuts = 2
    var latchesAreBroken = false
    var checksAreUnlatched = false
    /// Which of the ten kinds of operations there are; see `Client.step`.
    var kinds = Array(0..<10)
  }

  private static let table = "lists"
  private static let keysAtATime = 6
  private static let appendsPerKey = 40
  private static let accounts = 5
  private static let accountStart = 100

  let settings: Settings
  private let time = Atomic<Int>(0)
  private let nextValue = Atomic<Int>(1)
  private let operationsLeft: Atomic<Int>
  private let events = Mutex<[IsolationHistory.Event]>([])
  private let complaints = Mutex<[String]>([])

  init(_ settings: Settings) {
    self.settings = settings
    operationsLeft = Atomic(settings.operations)
  }

  /// Does it all. The history, and what clients found wrong themselves.
  func run() throws -> (history: IsolationHistory, complaints: [String]) {
    var random = HistoryRandom(seed: settings.seed)
    var disk = FaultFileSystem()
    var options = DatabaseOptions.small
    options.latchesAreBroken = settings.latchesAreBroken
    options.checksAreUnlatched = settings.checksAreUnlatched
    options.tree.memtableBytesMax = 256 << 10
    for phase in 0...settings.powerCuts {
      let database = try Database.open(at: "/db", options: options, fileSystem: disk)
      if phase == 0 { try setUp(database) }
      let quota = settings.operations * (phase + 1) / (settings.powerCuts + 1)
      let isLast = phase == settings.powerCuts
      let seeds = (0..<settings.clients).map { _ in random.next() }
      let stopAt = settings.operations - quota
      DispatchQueue.concurrentPerform(iterations: settings.clients) { [disk] client in
        let client = Client(workload: self, database: database, random: HistoryRandom(seed: seeds[client]))
        while operationsLeft.load(ordering: .relaxed) > stopAt, !disk.isOff {
          operationsLeft.subtract(1, ordering: .relaxed)
          guard client.step() else { break }
          // In the middle of what the others do.
          if !isLast, operationsLeft.load(ordering: .relaxed) <= stopAt { disk.setPlan { _ in .cutPower } }
        }
        events.withLock { $0 += client.events }
      }
      if isLast {
        let lists = try finalLists(database)
        try database.close()
        return (
          IsolationHistory(events: events.withLock { $0 }, lists: lists), complaints.withLock { $0 }
        )
      }
      let after = disk.afterPowerCut(seed: random.next())
      try? database.close()
      disk = after
    }
    preconditionFailure("there is a last phase")
  }

  private func setUp(_ database: Database) throws {
    try database.create(.plain(Self.table))
    for account in 0..<Self.accounts {
      try database.put(
        Self.table, ["pk": .string("account \(account)"), "money": .number(DynamoNumber(Self.accountStart))])
    }
  }

  private func finalLists(_ database: Database) throws -> [Int: [Int]] {
    var lists: [Int: [Int]] = [:]
    let last = nextValue.load(ordering: .relaxed) / (Self.keysAtATime * Self.appendsPerKey)
    for key in 0..<(last + 1) * Self.keysAtATime {
      let item = try database.performAndWait(
        GetItem.self,
        GetItemRequest(tableName: Self.table, key: Item(["pk": .string("\(key)")]), consistentRead: true)
      ).item
      lists[key] = Self.list(item)
    }
    return lists
  }

  private static func list(_ item: Item?) -> [Int] {
    guard case .list(let values)? = item?["l"] else { return [] }
    return values.map { value in
      guard case .string(let text) = value else { return -1 }
      return Int(text) ?? -1
    }
  }
}

extension IsolationWorkload {
  /// One client. It does one thing at a time.
  private final class Client {
    private let workload: IsolationWorkload
    private let database: Database
    private var random: HistoryRandom
    private(set) var events: [IsolationHistory.Event] = []

    init(workload: IsolationWorkload, database: Database, random: HistoryRandom) {
      self.workload = workload
      self.database = database
      self.random = random
    }

    /// Does something. False once the database answers no more.
    func step() -> Bool {
      do {
        switch workload.settings.kinds.randomElement(using: &random)! {
        case 0, 1: try append(to: keys(1...4))
        case 2, 3: try look(at: keys(1...4))
        case 4: try appendAlone(to: keys(1...1)[0])
        case 5: try lookAlone(at: keys(1...1)[0])
        case 6: try changeWhatWasSeen(keys(1...3), checkedOnly: 0)
        case 7: try changeWhatWasSeen(keys(2...2), checkedOnly: 1)
        case 8: try moveMoney()
        default: try countMoney()
        }
        return true
      } catch {
        return false
      }
    }

    private func keys(_ count: ClosedRange<Int>) -> [Int] {
      let generation = workload.nextValue.load(ordering: .relaxed) / (keysAtATime * appendsPerKey)
      let all = Array(generation * keysAtATime..<(generation + 1) * keysAtATime)
      return Array(all.shuffled(using: &random).prefix(Int.random(in: count, using: &random)))
    }

    private func now() -> Int { workload.time.add(1, ordering: .sequentiallyConsistent).newValue }

    private func newValue() -> Int { workload.nextValue.add(1, ordering: .relaxed).oldValue }

    private func key(_ key: Int) throws -> Item { try Item(["pk": .string("\(key)")]) }

    /// Does `body`, and notes what came of it.
    private func record(
      sights: [IsolationHistory.Sight] = [], appends: [IsolationHistory.Append] = [],
      _ body: () throws -> [IsolationHistory.Sight]
    ) throws {
      var event = IsolationHistory.Event(
        began: now(), ended: 0, outcome: .done, sights: sights, appends: appends)
      do {
        event.sights += try body()
        event.ended = now()
        events.append(event)
      } catch let error as ServiceError {
        switch error.code {
        case .conditionalCheckFailed, .transactionCanceled, .transactionConflict:
          event.ended = now()
          event.outcome = .refused
          event.sights = []
          events.append(event)
        default:
          event.outcome = .unknown
          events.append(event)
          throw error
        }
      }
    }

    private func sight(_ key: Int, _ item: Item?) -> IsolationHistory.Sight {
      let list = IsolationWorkload.list(item)
      return IsolationHistory.Sight(key: key, length: list.count, hash: IsolationHistory.hash(of: list))
    }

    private func update(
      _ append: IsolationHistory.Append, onlyIf sight: IsolationHistory.Sight? = nil
    ) throws -> TransactWriteItem.Update {
      var values = [
        ":v": try EncodedValue(.list([.string("\(append.value)")])), ":none": try EncodedValue(.list([])),
      ]
      if let sight, sight.length > 0 { values[":n"] = try EncodedValue(.number(DynamoNumber(sight.length))) }
      return TransactWriteItem.Update(
        tableName: table, key: try key(append.key),
        updateExpression: "SET l = list_append(if_not_exists(l, :none), :v)",
        conditionExpression: sight.map { $0.length > 0 ? "size(l) = :n" : "attribute_not_exists(l)" },
        expressionAttributeValues: values)
    }

    private func check(_ sight: IsolationHistory.Sight) throws -> TransactWriteItem.ConditionCheck {
      TransactWriteItem.ConditionCheck(
        tableName: table, key: try key(sight.key),
        conditionExpression: sight.length > 0 ? "size(l) = :n" : "attribute_not_exists(l)",
        expressionAttributeValues: sight.length > 0
          ? [":n": try EncodedValue(.number(DynamoNumber(sight.length)))] : nil)
    }

    private func append(to keys: [Int]) throws {
      let appends = keys.map { IsolationHistory.Append(key: $0, value: newValue()) }
      let items = try appends.map { TransactWriteItem.update(try update($0)) }
      try record(appends: appends) {
        _ = try database.performAndWait(
          TransactWriteItems.self, TransactWriteItemsRequest(transactItems: items))
        return []
      }
    }

    private func look(at keys: [Int]) throws {
      let gets = try keys.map { TransactGetItem(tableName: table, key: try key($0)) }
      try record {
        let found = try database.performAndWait(
          TransactGetItems.self, TransactGetItemsRequest(transactItems: gets)
        ).responses
        return zip(keys, found).map { sight($0, $1) }
      }
    }

    private func appendAlone(to key: Int) throws {
      let append = IsolationHistory.Append(key: key, value: newValue())
      try record(appends: [append]) {
        try perform(try update(append))
        return []
      }
    }

    private func perform(_ update: TransactWriteItem.Update) throws {
      _ = try database.performAndWait(
        UpdateItem.self,
        UpdateItemRequest(
          tableName: update.tableName, key: update.key, updateExpression: update.updateExpression,
          conditionExpression: update.conditionExpression,
          expressionAttributeValues: update.expressionAttributeValues))
    }

    private func lookAlone(at key: Int) throws {
      let request = GetItemRequest(tableName: table, key: try self.key(key), consistentRead: true)
      try record { [sight(key, try database.performAndWait(GetItem.self, request).item)] }
    }

    /// Reads some lists, and then appends to them if they are still as they were; the last `checkedOnly` of them are only
    /// looked at again, in the same step: two clients that do so crosswise are the shape of write skew.
    private func changeWhatWasSeen(_ keys: [Int], checkedOnly: Int) throws {
      try look(at: keys)
      guard let seen = events.last?.sights, seen.count == keys.count else { return }
      let changed = seen.dropLast(checkedOnly)
      let appends = changed.map { IsolationHistory.Append(key: $0.key, value: newValue()) }
      let updates = try zip(changed, appends).map { try update($1, onlyIf: $0) }
      if seen.count == 1, Bool.random(using: &random) {
        return try record(sights: seen, appends: appends) {
          try perform(updates[0])
          return []
        }
      }
      let items =
        updates.map { TransactWriteItem.update($0) }
        + (try seen.suffix(checkedOnly).map { TransactWriteItem.conditionCheck(try check($0)) })
      try record(sights: seen, appends: appends) {
        _ = try database.performAndWait(
          TransactWriteItems.self, TransactWriteItemsRequest(transactItems: items))
        return []
      }
    }

    // MARK: Money

    private func moveMoney() throws {
      let pair = Array(0..<accounts).shuffled(using: &random).prefix(2)
      let amount = try EncodedValue(.number(DynamoNumber(Int.random(in: 1...30, using: &random))))
      let items = try pair.enumerated().map { position, account in
        TransactWriteItem.update(
          .init(
            tableName: table, key: try Item(["pk": .string("account \(account)")]),
            updateExpression: "SET money = money \(position == 0 ? "-" : "+") :amount",
            conditionExpression: position == 0 ? "money >= :amount" : nil,
            expressionAttributeValues: [":amount": amount]))
      }
      try record {
        _ = try database.performAndWait(
          TransactWriteItems.self, TransactWriteItemsRequest(transactItems: items))
        return []
      }
    }

    private func countMoney() throws {
      let gets = try (0..<accounts).map {
        TransactGetItem(tableName: table, key: try Item(["pk": .string("account \($0)")]))
      }
      try record {
        let found = try database.performAndWait(
          TransactGetItems.self, TransactGetItemsRequest(transactItems: gets)
        ).responses
        var sum = DynamoNumber(0)
        for item in found {
          guard case .number(let money)? = item?["money"] else { continue }
          sum = try sum.adding(money)
          if money < DynamoNumber(0) { complain("an account is overdrawn") }
        }
        if sum != DynamoNumber(accounts * accountStart) { complain("the accounts add up to \(sum)") }
        return []
      }
    }

    private func complain(_ text: String) {
      workload.complaints.withLock { $0.append(text) }
    }
  }
}
