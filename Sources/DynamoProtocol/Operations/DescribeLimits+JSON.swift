import Flywheel

extension DescribeLimits: WireOperation {
  static let input = Structure.withoutMembers("DescribeLimitsInput")

  @_lifetime(wire: copy wire)
  static func read(_ wire: inout RequestReader) throws(SerializationFault) -> DescribeLimitsRequest {
    try wire.nothing(input)
    return DescribeLimitsRequest()
  }

  static func write(_ response: DescribeLimitsResponse, to json: inout JSONWriter) {
    json.integer(response.accountMaxReadCapacityUnits, named: "AccountMaxReadCapacityUnits")
    json.integer(response.accountMaxWriteCapacityUnits, named: "AccountMaxWriteCapacityUnits")
    json.integer(response.tableMaxReadCapacityUnits, named: "TableMaxReadCapacityUnits")
    json.integer(response.tableMaxWriteCapacityUnits, named: "TableMaxWriteCapacityUnits")
  }
}
