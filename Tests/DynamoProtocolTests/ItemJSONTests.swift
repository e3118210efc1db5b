import DynamoModel
import DynamoProtocol
import Flywheel
import Testing

/// Attribute values as JSON: what is one, and what the service says of what is not.
@Suite struct ItemJSONTests {
  private func item(_ json: String) throws(ServiceError) -> Item {
    try json.withBytes { bytes throws(ServiceError) in try ItemJSON.item(bytes) }
  }

  private func json(_ item: Item) -> String {
    String(decoding: ItemJSON.json(item.view), as: UTF8.self)
  }

  /// What an item whose attribute "a" is `value` is refused with.
  private func refusal(of value: String) -> ServiceError? {
    do throws(ServiceError) {
      _ = try item("{\"a\":\(value)}")
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    #"{}"#, #"{"a":{"S":"x"}}"#, #"{"a":{"S":""}}"#, #"{"a":{"N":"-12.5"}}"#, #"{"a":{"B":"Zm9v"}}"#,
    #"{"a":{"B":""}}"#, #"{"a":{"BOOL":true}}"#, #"{"a":{"BOOL":false}}"#, #"{"a":{"NULL":true}}"#,
    #"{"a":{"L":[]}}"#, #"{"a":{"M":{}}}"#, #"{"a":{"SS":["a","b"]}}"#, #"{"a":{"NS":["1","2"]}}"#,
    #"{"a":{"BS":["AA==","AQ=="]}}"#, #"{"a":{"SS":[""]}}"#,
    #"{"a":{"M":{"b":{"L":[{"S":"c"},{"M":{"d":{"NULL":true}}},{"N":"0"}]}}},"é":{"S":"\"\\\n"}}"#,
  ])
  func comesBackAsItWas(_ text: String) throws {
    #expect(json(try item(text)) == text)
  }

  /// Small integers are printed in a way of their own; whatever the number, its text is the model's.
  @Test func printsNumbersAsTheModelDoes() throws {
    var numbers: [DynamoNumber] = [.zero]
    for power in 0..<36 {
      let text = "1" + String(repeating: "0", count: power)
      let ten = try DynamoNumber(text: text)
      for near in [ten, try ten.adding(1), try ten.adding(-1), try ten.adding(DynamoNumber(text: "0.5"))] {
        numbers += [near, near.negated]
      }
    }
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      let digits = Int.random(in: 1...18, using: &generator)
      let value = Int.random(in: 0...Int(String(repeating: "9", count: digits))!, using: &generator)
      numbers += [DynamoNumber(value), try DynamoNumber(text: "\(value)e-\(digits / 2)")]
      numbers.append(try DynamoNumber(text: "\(value)e\(digits)"))
    }
    for number in numbers {
      #expect(json(try Item(["a": .number(number)])) == "{\"a\":{\"N\":\"\(number)\"}}")
    }
  }

  @Test(arguments: [
    (#"{"N":"1.50"}"#, #"{"N":"1.5"}"#), (#"{"N":"1e2"}"#, #"{"N":"100"}"#), (#"{"N":"-0"}"#, #"{"N":"0"}"#),
    (#"{"N":"0001"}"#, #"{"N":"1"}"#), (#"{"N":"1E-5"}"#, #"{"N":"0.00001"}"#),
    (#"{"BOOL":"TRUE"}"#, #"{"BOOL":true}"#), (#"{"BOOL":"no"}"#, #"{"BOOL":false}"#),
    (#"{"NULL":"yes"}"#, #"{"NULL":true}"#), (#"{"S":"a","N":null}"#, #"{"S":"a"}"#),
    (#"{"S":"a","X":[1,{}]}"#, #"{"S":"a"}"#), (#"{"S":"\u0041\ud83d\ude00"}"#, #"{"S":"A😀"}"#),
    (#"{"SS":["b","a"]}"#, #"{"SS":["a","b"]}"#), (#" { "S" : "a" } "#, #"{"S":"a"}"#),
  ])
  func takesOtherForms(_ value: String, _ canonical: String) throws {
    #expect(json(try item("{\"a\":\(value)}")) == "{\"a\":\(canonical)}")
  }

  @Test func theLastOfTwoAttributesWithOneNameStays() throws {
    #expect(
      json(try item(#"{"a":{"S":"x"},"b":{"N":"1"},"a":{"S":"y"}}"#)) == #"{"a":{"S":"y"},"b":{"N":"1"}}"#)
  }

  @Test(arguments: [
    ("{}", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    (#"{"a":""}"#, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    (#"{"S":null}"#, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    ("null", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    (
      #"{"M":{"a":{}}}"#,
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    ),
    (#"{"L":[{}]}"#, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
    (
      #"{"L":[null]}"#,
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    ),
    (
      #"{"S":"a","N":"1"}"#,
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
    ),
    (#"{"S":"a","N":"b"}"#, "The parameter cannot be converted to a numeric value: b"),
    (#"{"S":"","N":""}"#, "The parameter cannot be converted to a numeric value"),
    (#"{"N":""}"#, "The parameter cannot be converted to a numeric value"),
    (#"{"N":"x"}"#, "The parameter cannot be converted to a numeric value: x"),
    (#"{"NS":["1","b"]}"#, "The parameter cannot be converted to a numeric value: b"),
    (
      #"{"N":"123456789012345678901234567890123456789"}"#,
      "Attempting to store more than 38 significant digits in a Number"
    ),
    (
      #"{"N":"1e126"}"#,
      "Number overflow. Attempting to store a number with magnitude larger than supported range"
    ),
    (
      #"{"N":"-1e-131"}"#,
      "Number underflow. Attempting to store a number with magnitude smaller than supported range"
    ),
    (#"{"SS":[]}"#, "One or more parameter values were invalid: An string set  may not be empty"),
    (#"{"NS":[]}"#, "One or more parameter values were invalid: An number set  may not be empty"),
    (#"{"BS":[]}"#, "One or more parameter values were invalid: Binary sets should not be empty"),
    (
      #"{"SS":["a","a"]}"#,
      "One or more parameter values were invalid: Input collection [a, a] contains duplicates."
    ),
    (#"{"NS":["1","1.0"]}"#, "Input collection contains duplicates"),
    (
      #"{"BS":["Yg==","Yg=="]}"#,
      "One or more parameter values were invalid: Input collection [Yg==, Yg==]of type BS contains duplicates."
    ),
    (
      #"{"NULL":"no"}"#,
      "One or more parameter values were invalid: Null attribute value types must have the value of true"
    ),
    (
      #"{"NULL":false}"#,
      "One or more parameter values were invalid: Null attribute value types must have the value of true"
    ),
  ])
  func refusesWhatIsNoValue(_ value: String, _ message: String) {
    #expect(refusal(of: value)?.code == .validation)
    #expect(refusal(of: value)?.message == message)
  }

  /// The service's words for each JSON type in each place, as recorded from it.
  static let castMessage =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "
    + "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of "
    + "loader 'bootstrap')"

  @Test(arguments: [
    ("\"23\"", "Unexpected value type in payload"), ("34.56", "Unexpected value type in payload"),
    ("[]", "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"),
    (#"{"S":true}"#, "TRUE_VALUE cannot be converted to String"),
    (#"{"S":false}"#, "FALSE_VALUE cannot be converted to String"),
    (#"{"S":-2147483648}"#, "NUMBER_VALUE cannot be converted to String"),
    (#"{"N":34.56}"#, "DECIMAL_VALUE cannot be converted to String"),
    (#"{"S":[]}"#, "Unrecognized collection type class java.lang.String"),
    (#"{"N":{}}"#, "Start of structure or map found where not expected"),
    (#"{"B":23}"#, "only base-64-encoded strings are convertible to bytes"),
    (#"{"B":[]}"#, "Unrecognized collection type class java.nio.ByteBuffer"),
    (#"{"B":{}}"#, "Start of structure or map found where not expected"),
    (#"{"B":"23456"}"#, "Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
    (#"{"BOOL":"23"}"#, "Unexpected token received from parser"),
    (#"{"BOOL":23}"#, "NUMBER_VALUE cannot be converted to Boolean"),
    (#"{"NULL":34.56}"#, "DECIMAL_VALUE cannot be converted to Boolean"),
    (#"{"NULL":[]}"#, "Unrecognized collection type class java.lang.Boolean"),
    (#"{"BOOL":{}}"#, "Start of structure or map found where not expected"),
    (#"{"SS":"23"}"#, "Unexpected field type"), (#"{"SS":true}"#, "Unexpected field type"),
    (#"{"SS":{}}"#, "Start of structure or map found where not expected"),
    (#"{"NS":[23]}"#, "NUMBER_VALUE cannot be converted to String"),
    (#"{"BS":[true]}"#, "only base-64-encoded strings are convertible to bytes"),
    (#"{"L":"23"}"#, "Unexpected field type"), (#"{"L":["23"]}"#, "Unexpected value type in payload"),
    (#"{"L":[[]]}"#, "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"),
    (#"{"M":23}"#, "Unexpected field type"),
    (
      #"{"M":[]}"#,
      "Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>"
    ),
    (#"{"M":{"a":true}}"#, "Unexpected value type in payload"),
    (#"{"S":"a" "N":"1"}"#, ""), (#"{"S":"a"#, ""),
  ])
  func tellsWrongTypes(_ value: String, _ message: String) {
    #expect(refusal(of: value)?.code == .serialization)
    #expect(refusal(of: value)?.message == message)
  }

  /// A wrong type is told before a value that is none, whichever comes first.
  @Test func wrongTypesComeFirst() {
    #expect(refusal(of: #"{"L":[{"N":"x"},{"S":1}]}"#)?.code == .serialization)
    #expect(refusal(of: #"{"L":[{"N":"x"},{"SS":[]}]}"#)?.message.hasSuffix("numeric value: x") == true)
  }

  @Test func nestsThirtyOneDeep() throws {
    func nested(_ levels: Int, _ open: String, _ close: String) -> String {
      String(repeating: open, count: levels) + #"{"S":"x"}"# + String(repeating: close, count: levels)
    }
    let tooDeep =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
    for (open, close) in [(#"{"L":["#, "]}"), (#"{"M":{"a":"#, "}}")] {
      #expect(refusal(of: nested(31, open, close)) == nil)
      #expect(refusal(of: nested(32, open, close))?.message == tooDeep)
      #expect(refusal(of: nested(100_000, open, close))?.message == tooDeep)
      // What is wrong with its JSON counts even there.
      #expect(refusal(of: nested(100_000, open, close) + "]")?.code == .serialization)
    }
  }
}

extension ServiceError {
  var description: String { "\(code): \(message)" }
}
