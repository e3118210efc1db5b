import Flywheel

extension DescribeEndpoints: WireOperation {
  static let input = Structure.withoutMembers("DescribeEndpointsRequest")

  @_lifetime(wire: copy wire)
  static func read(
    _ wire: inout RequestReader
  ) throws(SerializationFault) -> DescribeEndpointsRequest {
    try wire.nothing(input)
    return DescribeEndpointsRequest()
  }

  static func write(_ response: DescribeEndpointsResponse, to json: inout JSONWriter) {
    json.array(response.endpoints, named: "Endpoints") { json, endpoint in
      json.beginObject()
      json.string(endpoint.address, named: "Address")
      json.integer(endpoint.cachePeriodInMinutes, named: "CachePeriodInMinutes")
      json.endObject()
    }
  }
}
