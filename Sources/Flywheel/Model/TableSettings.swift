/// What kind of storage a table is billed as. It changes nothing here but what is described.
public enum TableClass: String, Sendable, Hashable, CaseIterable {
  case standard = "STANDARD"
  case standardInfrequentAccess = "STANDARD_INFREQUENT_ACCESS"
}

/// What a stream record shows of the item that changed.
public enum StreamViewType: String, Sendable, Hashable, CaseIterable {
  case newImage = "NEW_IMAGE"
  case oldImage = "OLD_IMAGE"
  case newAndOldImages = "NEW_AND_OLD_IMAGES"
  case keysOnly = "KEYS_ONLY"
}

/// Whether a table's changes are recorded in a stream, and how much of them.
public struct StreamSpecification: Sendable, Hashable {
  public var streamEnabled: Bool
  public var streamViewType: StreamViewType?

  public init(streamEnabled: Bool, streamViewType: StreamViewType? = nil) {
    self.streamEnabled = streamEnabled
    self.streamViewType = streamViewType
  }
}

/// Who holds the keys that a table is encrypted with.
public enum SSEType: String, Sendable, Hashable, CaseIterable {
  case aes256 = "AES256"
  case kms = "KMS"
}

/// Which encryption at rest a table asks for.
public struct SSESpecification: Sendable, Hashable {
  public var enabled: Bool?
  public var sseType: SSEType?
  public var kmsMasterKeyId: String?

  public init(enabled: Bool? = nil, sseType: SSEType? = nil, kmsMasterKeyId: String? = nil) {
    self.enabled = enabled
    self.sseType = sseType
    self.kmsMasterKeyId = kmsMasterKeyId
  }
}

/// A name and a value that an owner hangs on a table.
public struct Tag: Sendable, Hashable {
  /// 1 to 128 characters; one of a kind on its table.
  public var key: String
  /// 0 to 256 characters.
  public var value: String

  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}
