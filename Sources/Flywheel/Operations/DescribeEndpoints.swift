/// Asks where the service can be reached.
public struct DescribeEndpointsRequest: Sendable {
  public init() {}
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
