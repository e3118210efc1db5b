#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Asks an admin port by HTTP/1.1, one connection a question: as little of a client as that takes.
struct AdminClient {
  let host: String
  let port: Int

  /// Seconds that connecting and each read may take.
  private static let secondsMax = 10
  private static let answerBytesMax = 64 << 20

  /// Why a question was not answered.
  struct Failure: Error {
    var reason: String
  }

  /// Takes `http://host:port`, `host:port`, or `:port` on this machine; nil for anything else.
  init?(url: String) {
    var rest = url[...]
    if rest.hasPrefix("http://") { rest = rest.dropFirst(7) }
    while rest.hasSuffix("/") { rest = rest.dropLast() }
    guard let colon = rest.lastIndex(of: ":"), let port = Int(rest[rest.index(after: colon)...]),
      (1...65_535).contains(port)
    else { return nil }
    var host = rest[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    self.host = host.isEmpty ? "127.0.0.1" : String(host)
    self.port = port
  }

  /// What the port answers to GET; throws unless the status is 200.
  func get(_ path: String) throws(Failure) -> [UInt8] {
    let socket = try connected()
    defer { close(socket) }
    let name = host.contains(":") ? "[\(host)]" : host
    try send("GET \(path) HTTP/1.1\r\nHost: \(name):\(port)\r\nConnection: close\r\n\r\n", to: socket)
    return try body(of: try receive(from: socket))
  }

  private func connected() throws(Failure) -> Int32 {
    var hints = addrinfo()
    #if canImport(Darwin)
      hints.ai_socktype = SOCK_STREAM
    #else
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #endif
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, "\(port)", &hints, &found)
    guard status == 0 else { throw Failure(reason: String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(found) }
    var reason = "no address"
    var next = found
    while let address = next {
      let made = socket(address.pointee.ai_family, address.pointee.ai_socktype, address.pointee.ai_protocol)
      if made >= 0 {
        var limit = timeval(tv_sec: Self.secondsMax, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
          setsockopt(made, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        if connect(made, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 { return made }
        reason = describe(errno: errno)
        close(made)
      }
      next = address.pointee.ai_next
    }
    throw Failure(reason: reason)
  }

  private func send(_ text: String, to socket: Int32) throws(Failure) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure(reason: describe(errno: errno)) }
      rest = rest.dropFirst(count)
    }
  }

  private func receive(from socket: Int32) throws(Failure) -> [UInt8] {
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while answer.count <= Self.answerBytesMax {
      let count = chunk.withUnsafeMutableBytes { read(socket, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Failure(reason: describe(errno: errno)) }
      if count == 0 { return answer }
      answer += chunk[..<count]
    }
    throw Failure(reason: "the answer is larger than \(Self.answerBytesMax) bytes")
  }

  private func body(of answer: [UInt8]) throws(Failure) -> [UInt8] {
    let end = Array("\r\n\r\n".utf8)
    guard let split = answer.indices.first(where: { answer[$0...].starts(with: end) }) else {
      throw Failure(reason: "it does not speak HTTP")
    }
    let head = String(decoding: answer[..<split], as: UTF8.self)
    guard head.hasPrefix("HTTP/1.1 200") else {
      throw Failure(reason: "it answers \(head.prefix { $0 != "\r\n" })")
    }
    return Array(answer[(split + end.count)...])
  }
}
