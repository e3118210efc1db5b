/// The type of a member of the API, as far as reading a request needs it.
indirect enum Shape: Sendable {
  case string
  case blob
  case boolean
  /// A 32-bit integer.
  case integer
  /// A 64-bit integer.
  case long
  /// A number with a fraction.
  case double
  case list(Shape)
  /// A map from strings.
  case map(Shape)
  case structure(Structure)
  case attributeValue

  /// The name that the service's errors give the type: it is a Java program, and says so.
  var javaName: String {
    switch self {
    case .string: "java.lang.String"
    case .blob: "java.nio.ByteBuffer"
    case .boolean: "java.lang.Boolean"
    case .integer: "java.lang.Integer"
    case .long: "java.lang.Long"
    case .double: "java.lang.Double"
    case .list(let element): "java.util.List<\(element.javaName)>"
    case .map(let value): "java.util.Map<java.lang.String, \(value.javaName)>"
    case .structure(let structure): "com.amazonaws.dynamodb.v20120810.\(structure.name)"
    case .attributeValue: "com.amazonaws.dynamodb.v20120810.AttributeValue"
    }
  }
}

/// Where a value stands, which changes what the service says of one that has the wrong type.
enum ShapePosition: Sendable {
  /// It is a member of a structure.
  case member
  /// It is an element of a list or a value of a map.
  case element
}

extension SerializationFault {
  /// The service's words for a value that has another JSON type than its shape.
  static func wrongType(
    _ found: JSONKind, isDecimal: Bool, expected: Shape, at position: ShapePosition
  ) -> SerializationFault {
    switch expected {
    case .string: scalar(found, isDecimal, type: "String", expected)
    case .boolean: scalar(found, isDecimal, type: "Boolean", expected)
    case .integer: scalar(found, isDecimal, type: "Integer", expected)
    case .long: scalar(found, isDecimal, type: "Long", expected)
    case .double: scalar(found, isDecimal, type: "Double", expected)
    case .blob:
      switch found {
      case .object, .array: scalar(found, isDecimal, type: "", expected)
      default: SerializationFault("only base-64-encoded strings are convertible to bytes")
      }
    case .list, .map:
      switch found {
      case .object: startOfStructure
      case .array: SerializationFault("Unrecognized collection type \(expected.javaName)")
      default: position == .member ? SerializationFault("Unexpected field type") : parameterizedType
      }
    case .structure, .attributeValue:
      switch found {
      case .array: SerializationFault("Unrecognized collection type class \(expected.javaName)")
      default:
        SerializationFault(
          position == .member ? "Unexpected field type" : "Unexpected value type in payload")
      }
    }
  }

  private static func scalar(
    _ found: JSONKind, _ isDecimal: Bool, type: String, _ expected: Shape
  ) -> SerializationFault {
    switch found {
    case .object: startOfStructure
    case .array: SerializationFault("Unrecognized collection type class \(expected.javaName)")
    case .string:
      type == "Boolean"
        ? SerializationFault("Unexpected token received from parser")
        : SerializationFault("STRING_VALUE cannot be converted to \(type)")
    case .number:
      SerializationFault("\(isDecimal ? "DECIMAL" : "NUMBER")_VALUE cannot be converted to \(type)")
    case .true: SerializationFault("TRUE_VALUE cannot be converted to \(type)")
    case .false: SerializationFault("FALSE_VALUE cannot be converted to \(type)")
    case .null: SerializationFault("NULL_VALUE cannot be converted to \(type)")
    }
  }

  private static let startOfStructure = SerializationFault(
    "Start of structure or map found where not expected")

  // What the service's reflection says of a scalar where a list of lists or a map of lists has a list.
  private static let parameterizedType = SerializationFault(
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
      + "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class "
      + "are in module java.base of loader 'bootstrap')")
}
