/// Asks where the service can be reached.
public struct DescribeEndpointsRequest: Sendable {
  /// The host and port that the client spoke to, which is what it is told to go on speaking to. Nil for an
  /// app that asks in its own process: it is told the name that the service would have in the region of the
  /// options.
  public var address: String?

  public init(address: String? = nil) {
    self.address = address
  }
}

/// The addresses to use and for how long.
public struct DescribeEndpointsResponse: Sendable {
  public var endpoints: [EndpointDescription]

  public init(endpoints: [EndpointDescription]) {
    self.endpoints = endpoints
  }
}

/// One address of the service.
public struct EndpointDescription: Sendable, Hashable {
  public var address: String
  /// How long the answer holds.
  public var cachePeriodInMinutes: Int

  public init(address: String, cachePeriodInMinutes: Int) {
    self.address = address
    self.cachePeriodInMinutes = cachePeriodInMinutes
  }
}

extension Database {
  /// Tells where the service can be reached: where it was reached.
  nonisolated(nonsending) public func describeEndpoints(
    _ request: DescribeEndpointsRequest = DescribeEndpointsRequest()
  ) async throws(ServiceError) -> DescribeEndpointsResponse {
    try await performAsync(DescribeEndpoints.self, request)
  }
}

package enum DescribeEndpoints: Operation {
  package static let name = "DescribeEndpoints"
  /// How long clients may keep the answer: the service's own number.
  static let cachePeriodInMinutes = 1_440

  package static func run(
    _ request: DescribeEndpointsRequest, in database: Database, _ context: inout OperationContext
  ) throws(Interruption) -> DescribeEndpointsResponse {
    let address = request.address ?? "dynamodb.\(database.options.region).amazonaws.com"
    return DescribeEndpointsResponse(
      endpoints: [EndpointDescription(address: address, cachePeriodInMinutes: cachePeriodInMinutes)])
  }
}
