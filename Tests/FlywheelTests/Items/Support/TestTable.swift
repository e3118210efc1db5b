import DynamoModel
import Flywheel

/// Makes tables from few words.
enum TestTable {
  /// The request that a transcript's `Table` stands for:
  /// `Table table=name key=["pk:S", "sk:N"] global=[{name: g key: ["gpk:S"] include: ["a"]}] local=[…]`.
  static func request(_ parameters: [String: Literal]) throws -> CreateTableRequest {
    var definitions: [AttributeDefinition] = []
    let key = schema(parameters["key"]!, &definitions)
    let global = parameters["global"]?.elements.map { index in
      GlobalSecondaryIndex(
        indexName: index["name"]!.text, keySchema: schema(index["key"]!, &definitions),
        projection: projection(index))
    }
    let local = parameters["local"]?.elements.map { index in
      LocalSecondaryIndex(
        indexName: index["name"]!.text, keySchema: schema(index["key"]!, &definitions),
        projection: projection(index))
    }
    return CreateTableRequest(
      tableName: parameters["table"]?.text ?? "things", attributeDefinitions: definitions, keySchema: key,
      localSecondaryIndexes: local, globalSecondaryIndexes: global, billingMode: .payPerRequest)
  }

  private static func schema(_ key: Literal, _ definitions: inout [AttributeDefinition]) -> [KeySchemaElement]
  {
    key.elements.enumerated().map { position, attribute in
      let parts = attribute.text.split(separator: ":").map(String.init)
      let definition = AttributeDefinition(parts[0], ScalarAttributeType(rawValue: parts[1])!)
      if !definitions.contains(definition) { definitions.append(definition) }
      let isHash = parts.count > 2 ? parts[2] == "HASH" : position == 0
      return KeySchemaElement(parts[0], isHash ? .hash : .range)
    }
  }

  private static func projection(_ index: Literal) -> Projection {
    if let included = index["include"] {
      return Projection(.include, nonKeyAttributes: included.elements.map(\.text))
    }
    return Projection(index["keysOnly"] == nil ? .all : .keysOnly)
  }
}
