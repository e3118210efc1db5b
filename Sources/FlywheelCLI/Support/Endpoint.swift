import ArgumentParser

/// A server's address as people write it: `http://host:port`, without the scheme, without the port (80 then), or `:port`
/// on this machine. An IPv6 address stands in brackets.
package struct Endpoint: Sendable, Equatable {
  /// A name or an address, without brackets.
  package let host: String
  package let port: Int

  private static let scheme = "http://"
  private static let defaultPort = 80

  /// What is wrong with an address.
  package struct Malformed: Error, Equatable {
    package var message: String

    package init(message: String) {
      self.message = message
    }
  }

  package init(url: String) throws(Malformed) {
    var rest = url[...]
    if rest.hasPrefix(Self.scheme) {
      rest = rest.dropFirst(Self.scheme.count)
    } else if rest.contains("://") {
      throw Malformed(message: "\(url) does not begin with http://, the only scheme there is")
    }
    while rest.last == "/" { rest.removeLast() }
    let (name, port) = Self.split(rest)
    if let port {
      guard port.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(port),
        (1...65_535).contains(number)
      else { throw Malformed(message: "\(url) has no usable port") }
      self.port = number
    } else {
      self.port = Self.defaultPort
    }
    if name.isEmpty, port != nil {
      host = "127.0.0.1"
    } else if name.first == "[", name.last == "]" {
      host = String(name.dropFirst().dropLast())
    } else {
      host = String(name)
    }
    let isBracketed = name.first == "["
    guard !host.isEmpty, host.unicodeScalars.allSatisfy({ Self.isOfHost($0, isBracketed: isBracketed) })
    else {
      throw Malformed(message: "\(url) names no host")
    }
  }

  /// What names the host, and what stands behind the colon that follows.
  private static func split(_ authority: Substring) -> (name: Substring, port: Substring?) {
    guard let colon = authority.lastIndex(of: ":"), authority.last != "]" else { return (authority, nil) }
    return (authority[..<colon], authority[authority.index(after: colon)...])
  }

  /// Nothing that ends a host in a URL or a line in a header; colons in brackets only.
  private static func isOfHost(_ scalar: Unicode.Scalar, isBracketed: Bool) -> Bool {
    scalar.value > 0x20 && scalar.value != 0x7F && !"/?#@[]\\".unicodeScalars.contains(scalar)
      && (isBracketed || scalar != ":")
  }

  /// The address as a `Host` header has it.
  package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension Endpoint {
  /// Of an argument or option.
  init(argument: String) throws(ValidationError) {
    do throws(Malformed) {
      self = try Endpoint(url: argument)
    } catch {
      throw ValidationError(error.message)
    }
  }
}
