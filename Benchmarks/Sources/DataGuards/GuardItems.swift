/// The items of the works, 400 bytes each as the service counts, and the requests for them.
enum GuardItems {
  static let count = 10_000
  static let partitionItems = 100
  static let buckets = 100
  private static let table = #""TableName":"orders""#

  static func key(_ number: Int) -> String {
    #"{"pk":{"S":"\#(partition(number))"},"sk":{"N":"\#(number % partitionItems)"}}"#
  }

  static func item(_ number: Int) -> String {
    var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
    func letters(_ count: Int) -> String {
      String(
        decoding: (0..<count).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          return 97 + UInt8(state >> 33 % 26)
        }, as: UTF8.self)
    }
    return #"""
      {"address":{"M":{"city":{"S":"\#(letters(12))"},"street":{"S":"\#(letters(20))"}}},\#
      "bucket":{"N":"\#(number % buckets)"},"comment":{"S":"\#(letters(230))"},"counter":{"N":"0"},\#
      "isOpen":{"BOOL":true},"labels":{"L":[{"S":"new"},{"S":"gift"}]},"name":{"S":"\#(letters(24))"},\#
      "pk":{"S":"\#(partition(number))"},"sk":{"N":"\#(number % partitionItems)"}}
      """#
  }

  static func partition(_ number: Int) -> String {
    let digits = String(number / partitionItems)
    return "customer-" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  // MARK: Answers

  /// Whether a scan that looked at so many items looked at a page of them.
  static func isPage(_ items: Int) -> Bool { (2_500...2_900).contains(items) }

  /// Whether so many items are what the filter leaves of a page: one of each partition.
  static func isFiltered(_ items: Int) -> Bool { (25...29).contains(items) }

  /// Whether a text of so many bytes can be of so many items, each with its types and punctuation.
  static func isText(_ bytes: Int, ofItems items: Int) -> Bool { (450 * items...700 * items).contains(bytes) }

  // MARK: Requests

  static func get(_ number: Int) -> String { #"{\#(table),"Key":\#(key(number)),"ConsistentRead":true}"# }

  static func put(_ number: Int) -> String { #"{\#(table),"Item":\#(item(number))}"# }

  static func update(_ number: Int) -> String {
    #"""
    {\#(table),"Key":\#(key(number)),"UpdateExpression":"SET #c = #c + :one","ConditionExpression":"#c >= :zero",\#
    "ExpressionAttributeNames":{"#c":"counter"},"ExpressionAttributeValues":{":one":{"N":"1"},":zero":{"N":"0"}}}
    """#
  }

  static func query(_ number: Int) -> String {
    #"""
    {\#(table),"KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"\#(partition(number))"}}}
    """#
  }

  static let scan = #"""
    {\#(table),"FilterExpression":"#b = :b","ExpressionAttributeNames":{"#b":"bucket"},\#
    "ExpressionAttributeValues":{":b":{"N":"7"}}}
    """#
}
