package import DynamoModel
package import Flywheel

/// The wire from its other end: requests written and responses read, for a client that comes with the server.
package enum ClientJSON {
  // MARK: Requests

  package static func executeStatement(_ statement: String, nextToken: String?, limit: Int) -> [UInt8] {
    var json = JSONWriter(capacityBytes: 128 + statement.utf8.count)
    json.beginObject()
    json.string(statement, named: "Statement")
    json.string(nextToken, named: "NextToken")
    json.integer(limit, named: "Limit")
    json.endObject()
    return json.finish()
  }

  package static func listTables(after last: String?) -> [UInt8] {
    var json = JSONWriter(capacityBytes: 64)
    json.beginObject()
    json.string(last, named: "ExclusiveStartTableName")
    json.endObject()
    return json.finish()
  }

  // MARK: Responses

  private enum PageField: Int, CaseIterable { case items, nextToken }
  private static let page = Structure("ExecuteStatementOutput", of: PageField.self) { field in
    switch field {
    case .items: Member("Items", .list(.map(.attributeValue)))
    case .nextToken: Member("NextToken", .string)
    }
  }

  /// Reads the response to an ExecuteStatement.
  ///
  /// - Throws: SerializationException for a body that is none.
  package static func statementPage(
    _ body: RawSpan
  ) throws(ServiceError) -> (items: [Item], nextToken: String?) {
    var wire = RequestReader(body)
    var items: [Item] = []
    var nextToken: String?
    do throws(SerializationFault) {
      var members = try wire.begin(page, at: .element)
      while let field = try wire.next(&members, as: PageField.self) {
        switch field {
        case .items:
          items = try wire.list(members) { wire throws(SerializationFault) in
            try wire.itemElement(of: PageField.items.rawValue)
          }
        case .nextToken: nextToken = try wire.string(members)
        }
      }
    } catch {
      throw ServiceError(.serialization, error.message ?? "")
    }
    guard wire.valueFaults.isEmpty else { throw ServiceError(.serialization, wire.valueFaults[0].message) }
    return (items, nextToken)
  }

  private enum TablesField: Int, CaseIterable { case tableNames, lastEvaluatedTableName }
  private static let tables = Structure("ListTablesOutput", of: TablesField.self) { field in
    switch field {
    case .tableNames: Member("TableNames", .list(.string))
    case .lastEvaluatedTableName: Member("LastEvaluatedTableName", .string)
    }
  }

  /// Reads the response to a ListTables.
  ///
  /// - Throws: SerializationException for a body that is none.
  package static func tableNames(_ body: RawSpan) throws(ServiceError) -> (names: [String], last: String?) {
    var wire = RequestReader(body)
    var names: [String] = []
    var last: String?
    do throws(SerializationFault) {
      var members = try wire.begin(tables, at: .element)
      while let field = try wire.next(&members, as: TablesField.self) {
        switch field {
        case .tableNames: names = try wire.strings(members)
        case .lastEvaluatedTableName: last = try wire.string(members)
        }
      }
    } catch {
      throw ServiceError(.serialization, error.message ?? "")
    }
    return (names, last)
  }

  private enum ErrorField: Int, CaseIterable { case type, message, capitalMessage }
  private static let error = Structure("Error", of: ErrorField.self) { field in
    switch field {
    case .type: Member("__type", .string)
    case .message: Member("message", .string)
    case .capitalMessage: Member("Message", .string)
    }
  }

  /// What an error says: its name without the namespace, and its text; empty where it says nothing of the kind.
  package static func error(_ body: RawSpan) -> (type: String, message: String) {
    var wire = RequestReader(body)
    var type = ""
    var message = ""
    do throws(SerializationFault) {
      var members = try wire.begin(error, at: .element)
      while let field = try wire.next(&members, as: ErrorField.self) {
        switch field {
        case .type: type = try wire.string(members)
        case .message, .capitalMessage: message = try wire.string(members)
        }
      }
    } catch {
      return (type, message)
    }
    return (type.split(separator: "#").last.map(String.init) ?? "", message)
  }
}
