import DynamoProtocol

/// What the tables of a database are asked for, at one moment: counts since it was opened, from which two moments make
/// rates. `GET /activity` answers with one; `flywheel top` reads it.
package struct Activity: Sendable, Equatable {
  /// Seconds of real time since some moment; not the database's clock, which may stand.
  package var seconds: Double
  /// The time by the database's clock, in seconds since 1970.
  package var time: Double
  /// Tables, each with its global indexes behind it.
  package var resources: [Resource]

  /// A table or a global index.
  package struct Resource: Sendable, Equatable {
    package var table: String
    /// Nil for the table itself.
    package var index: String?
    package var isProvisioned: Bool
    package var provisionedReadUnits = 0
    package var provisionedWriteUnits = 0
    package var items = 0
    package var bytes = 0
    package var readUnits = 0.0
    package var writeUnits = 0.0
    package var throttledReads = 0.0
    package var throttledWrites = 0.0
    /// Requests that succeeded or were refused; 0 for indexes.
    package var requests = 0.0
    package var partitions: [Partition] = []

    package init(table: String, index: String? = nil, isProvisioned: Bool) {
      self.table = table
      self.index = index
      self.isProvisioned = isProvisioned
    }
  }

  package struct Partition: Sendable, Equatable {
    package var readUnits = 0.0
    package var writeUnits = 0.0
    package var throttled = 0.0
    package var hotKeys: [HotKey] = []

    package init() {}
  }

  package struct HotKey: Sendable, Equatable {
    /// In the API's JSON.
    package var key: String
    /// Of the partition's requests, 0 to 1.
    package var share: Double

    package init(key: String, share: Double) {
      self.key = key
      self.share = share
    }
  }

  package init(seconds: Double, time: Double, resources: [Resource]) {
    self.seconds = seconds
    self.time = time
    self.resources = resources
  }
}

// MARK: - Writing

extension Activity {
  func write(to json: inout JSONWriter) {
    json.member("seconds", seconds)
    json.member("time", time)
    json.name("resources")
    json.beginArray()
    for resource in resources { resource.write(to: &json) }
    json.endArray()
  }
}

extension Activity.Resource {
  fileprivate func write(to json: inout JSONWriter) {
    json.beginObject()
    json.member("table", table)
    json.member("index", index)
    json.member("provisioned", isProvisioned)
    json.member("provisionedReadUnits", provisionedReadUnits)
    json.member("provisionedWriteUnits", provisionedWriteUnits)
    json.member("items", items)
    json.member("bytes", bytes)
    json.member("readUnits", readUnits)
    json.member("writeUnits", writeUnits)
    json.member("throttledReads", throttledReads)
    json.member("throttledWrites", throttledWrites)
    json.member("requests", requests)
    json.name("partitions")
    json.beginArray()
    for partition in partitions {
      json.beginObject()
      json.member("readUnits", partition.readUnits)
      json.member("writeUnits", partition.writeUnits)
      json.member("throttled", partition.throttled)
      json.name("hotKeys")
      json.beginArray()
      for key in partition.hotKeys {
        json.beginObject()
        json.member("key", key.key)
        json.member("share", key.share)
        json.endObject()
      }
      json.endArray()
      json.endObject()
    }
    json.endArray()
    json.endObject()
  }
}

// MARK: - Reading

extension Activity {
  /// Reads what `write` wrote; nil if it is something else, or has numbers that nothing comes to.
  package init?(json: [UInt8]) {
    guard let tree = AdminJSON(json), let seconds = tree["seconds"]?.count, let time = tree["time"]?.count,
      let resources = tree["resources"]?.elements
    else { return nil }
    self.init(seconds: seconds, time: time, resources: [])
    for element in resources {
      guard let resource = Resource(element) else { return nil }
      self.resources.append(resource)
    }
  }
}

extension Activity.Resource {
  fileprivate init?(_ json: AdminJSON) {
    guard let table = json["table"]?.text, let isProvisioned = json["provisioned"]?.truth,
      let partitions = json["partitions"]?.elements
    else { return nil }
    self.init(table: table, index: json["index"]?.text, isProvisioned: isProvisioned)
    guard let provisionedReadUnits = json.count("provisionedReadUnits"),
      let provisionedWriteUnits = json.count("provisionedWriteUnits"),
      let items = json.count("items"), let bytes = json.count("bytes"),
      let readUnits = json.count("readUnits"), let writeUnits = json.count("writeUnits"),
      let throttledReads = json.count("throttledReads"), let throttledWrites = json.count("throttledWrites"),
      let requests = json.count("requests")
    else { return nil }
    self.provisionedReadUnits = Int(provisionedReadUnits)
    self.provisionedWriteUnits = Int(provisionedWriteUnits)
    self.items = Int(items)
    self.bytes = Int(bytes)
    self.readUnits = readUnits
    self.writeUnits = writeUnits
    self.throttledReads = throttledReads
    self.throttledWrites = throttledWrites
    self.requests = requests
    for element in partitions {
      guard let partition = Activity.Partition(element) else { return nil }
      self.partitions.append(partition)
    }
  }
}

extension Activity.Partition {
  fileprivate init?(_ json: AdminJSON) {
    guard let readUnits = json.count("readUnits"), let writeUnits = json.count("writeUnits"),
      let throttled = json.count("throttled")
    else { return nil }
    self.readUnits = readUnits
    self.writeUnits = writeUnits
    self.throttled = throttled
    for element in json["hotKeys"]?.elements ?? [] {
      guard let key = element["key"]?.text, let share = element["share"]?.count else {
        return nil
      }
      hotKeys.append(Activity.HotKey(key: key, share: share))
    }
  }
}

extension AdminJSON {
  fileprivate subscript(name: String) -> AdminJSON? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }

  /// A number that counts something: as far as doubles have all whole numbers, which an `Int` has, too.
  fileprivate var count: Double? {
    guard case .number(let value) = self, (0...0x1p53).contains(value) else { return nil }
    return value
  }

  /// A member that counts something; 0 if it is absent.
  fileprivate func count(_ name: String) -> Double? {
    guard let value = self[name] else { return 0 }
    return value.count
  }

  fileprivate var text: String? { if case .string(let value) = self { value } else { nil } }
  fileprivate var truth: Bool? { if case .bool(let value) = self { value } else { nil } }
  fileprivate var elements: [AdminJSON]? { if case .array(let value) = self { value } else { nil } }
}
