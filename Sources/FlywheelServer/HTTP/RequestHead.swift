import NIOHTTP1

/// What the server wants to know of a request's headers, found in one pass over them.
struct RequestHead {
  /// What kind of request it is, by its method and content type.
  enum Purpose {
    /// A POST: an operation of the API.
    case operation
    /// A GET or HEAD: is anyone there?
    case health
    /// Anything else.
    case unknown
  }

  var purpose: Purpose
  /// The value of `X-Amz-Target`, or "".
  var target = ""
  /// Nil when the header is there and names a type that the API does not speak, or is not there.
  var contentType: ContentType?
  /// What the headers say the body's length is; nil when they don't.
  var contentLength: Int?
  /// The client waits for `100 Continue` before it sends the body.
  var expectsContinue = false
  var keepsAlive: Bool
  var isHTTP10: Bool
  var isHead: Bool

  init(_ head: HTTPRequestHead) {
    switch head.method {
    case .POST: purpose = .operation
    case .GET, .HEAD: purpose = .health
    default: purpose = .unknown
    }
    isHead = head.method == .HEAD
    isHTTP10 = head.version.major == 1 && head.version.minor == 0
    keepsAlive = head.isKeepAlive && head.method != .CONNECT

    for (name, value) in head.headers {
      switch name.utf8.count {
      case 6 where Self.equal(name, "expect"):
        expectsContinue = Self.equal(value, "100-continue") && !isHTTP10
      case 7 where Self.equal(name, "upgrade"):
        // The decoder stops at a request that asks to change the protocol; so does the connection.
        keepsAlive = false
      case 12 where Self.equal(name, "x-amz-target"):
        target = value
      case 12 where Self.equal(name, "content-type"):
        contentType = ContentType(header: value)
      case 14 where Self.equal(name, "content-length"):
        contentLength = Int(value)
      default:
        break
      }
    }
  }

  /// Whether `text` is `lowercase`, ASCII case aside. `lowercase` is all lower-case letters and hyphens.
  private static func equal(_ text: String, _ lowercase: StaticString) -> Bool {
    lowercase.withUTF8Buffer { expected in
      text.utf8.elementsEqual(expected) { byte, letter in
        let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        return (isUpper ? byte | 0x20 : byte) == letter
      }
    }
  }
}
