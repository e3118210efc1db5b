import DynamoProtocol
import Flywheel

/// The clock and the faults over the admin port.
extension AdminAPI {
  func showClock() -> AdminResponse {
    let control = database.clockControl
    return .json { json in
      json.member("time", Self.seconds(control.now.nanosecondsSince1970))
      json.member("frozen", control.isFrozen)
      json.member("secondsAhead", Self.seconds(control.nanosecondsAhead))
    }
  }

  /// Changes the clock: `release` first, then `time`, `advanceSeconds`, `frozen`, as far as they are there.
  func changeClock(_ call: AdminCall) throws(AdminFault) -> AdminResponse {
    var fields = try AdminFields(call.body)
    let releases = try fields.bool("release") ?? false
    let time = try fields.number("time")
    let advance = try fields.number("advanceSeconds")
    let frozen = try fields.bool("frozen")
    try fields.finish()
    guard releases || time != nil || advance != nil || frozen != nil else {
      throw .badRequest("one of time, advanceSeconds, frozen and release is needed")
    }
    if let time, !(0...Self.secondsMax).contains(time) {
      throw .badRequest("time must be seconds since 1970, up to the end of the year 2099")
    }
    if let advance, !(0...Self.secondsMax).contains(advance) {
      throw .badRequest("advanceSeconds must not be negative or larger than any time")
    }
    let control = database.clockControl
    if releases { control.release() }
    // Stopped before it is moved, it stands exactly where it is moved to.
    if frozen == true { control.freeze() }
    if let time { control.set(to: Timestamp(nanosecondsSince1970: Self.nanoseconds(time))) }
    if let advance { control.advance(by: .nanoseconds(Self.nanoseconds(advance))) }
    if frozen == false { control.resume() }
    return showClock()
  }

  private static let secondsMax = 4_102_444_800.0

  /// Whole seconds are exact, fractions as exact as a double has them.
  private static func nanoseconds(_ seconds: Double) -> Int64 {
    let whole = seconds.rounded(.down)
    return Int64(whole) * 1_000_000_000 + Int64(((seconds - whole) * 1e9).rounded())
  }

  private static func seconds(_ nanoseconds: Int64) -> Double {
    Double(nanoseconds / 1_000_000_000) + Double(nanoseconds % 1_000_000_000) / 1e9
  }

  // MARK: Faults

  func listFaults() -> AdminResponse {
    .json { json in
      json.name("faults")
      json.beginArray()
      for status in database.faults.list() { json.fault(status) }
      json.endArray()
    }
  }

  func addFault(_ call: AdminCall) throws(AdminFault) -> AdminResponse {
    var fields = try AdminFields(call.body)
    let fault = Fault(
      try Self.effect(&fields), operations: Set(try fields.strings("operations") ?? []),
      tableName: try fields.string("table"), key: try Self.key(&fields), extent: try Self.extent(&fields))
    try fields.finish()
    let id: Int
    do throws(DatabaseError) {
      id = try database.faults.add(fault)
    } catch {
      guard case .invalidOption(let name, let reason) = error else { throw .badRequest("\(error)") }
      throw .badRequest("\(name): \(reason)")
    }
    return .json(201) { json in
      json.member("id", id)
      json.member("seed", database.faults.list().first { $0.id == id }?.seed.map { Int($0) })
    }
  }

  func removeFault(_ call: AdminCall) throws(AdminFault) -> AdminResponse {
    guard let id = Int(call.path[1]), let status = database.faults.remove(id) else {
      throw .notFound("there is no fault \(call.path[1])")
    }
    return .json { json in
      json.name("removed")
      json.fault(status)
    }
  }

  func clearFaults() -> AdminResponse {
    let count = database.faults.list().count
    database.faults.clear()
    return .json { $0.member("removed", count) }
  }

  private static func effect(_ fields: inout AdminFields) throws(AdminFault) -> Fault.Effect {
    let name = try fields.string("effect")
    switch name {
    case "throttle": return .throttle
    case "delay":
      guard let milliseconds = try fields.integer("milliseconds") else {
        throw .badRequest("a delay needs milliseconds")
      }
      return .delay(milliseconds: milliseconds)
    case "fail":
      guard let errorName = try fields.string("error") else { throw .badRequest("a failure needs an error") }
      guard let code = ErrorCode(name: errorName) else {
        throw .badRequest("\(errorName) is none of the service's errors")
      }
      let error = ServiceError(code, try fields.string("message") ?? code.usualMessage)
      return try fields.bool("afterwards") ?? false ? .failAfterwards(error) : .fail(error)
    default: throw .badRequest("effect must be fail, throttle or delay")
    }
  }

  private static func extent(_ fields: inout AdminFields) throws(AdminFault) -> Fault.Extent {
    let next = try fields.integer("next")
    let probability = try fields.number("probability")
    let seed = try fields.integer("seed")
    guard seed == nil || probability != nil else { throw .badRequest("a seed goes with a probability") }
    switch (next, probability) {
    case (nil, nil): return .every
    case (let count?, nil): return .next(count)
    case (nil, let probability?):
      guard seed ?? 0 >= 0 else { throw .badRequest("seed must not be negative") }
      return .probability(probability, seed: seed.map { UInt64($0) })
    default: throw .badRequest("next and probability exclude each other")
    }
  }

  private static func key(_ fields: inout AdminFields) throws(AdminFault) -> Item? {
    guard let bytes = fields.bytes("key") else { return nil }
    do throws(ServiceError) {
      return try ItemJSON.item(bytes.span.bytes)
    } catch {
      throw .badRequest("key: \(error.message.isEmpty ? "not an item in the API's JSON" : error.message)")
    }
  }
}

extension JSONWriter {
  fileprivate mutating func fault(_ status: FaultStatus) {
    beginObject()
    member("id", status.id)
    effect(status.fault.effect)
    if !status.fault.operations.isEmpty {
      name("operations")
      beginArray()
      for operation in status.fault.operations.sorted() { string(operation) }
      endArray()
    }
    member("table", status.fault.tableName)
    if let key = status.fault.key {
      name("key")
      item(key.view)
    }
    switch status.fault.extent {
    case .every: break
    case .next(let count): member("next", count)
    case .probability(let probability, _): member("probability", probability)
    }
    member("seed", status.seed.map { Int(truncatingIfNeeded: $0) })
    member("matched", status.matchedCount)
    member("injected", status.injectedCount)
    member("remaining", status.remainingCount)
    endObject()
  }

  private mutating func effect(_ effect: Fault.Effect) {
    switch effect {
    case .throttle: member("effect", "throttle")
    case .delay(let milliseconds):
      member("effect", "delay")
      member("milliseconds", milliseconds)
    case .fail(let error), .failAfterwards(let error):
      member("effect", "fail")
      member("error", error.code.name)
      member("message", error.message)
      if case .failAfterwards = effect { member("afterwards", true) }
    }
  }
}
