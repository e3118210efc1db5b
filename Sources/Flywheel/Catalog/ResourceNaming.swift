/// How things are named in ARNs: the region and the account are options, and mean nothing else.
package struct ResourceNaming: Sendable {
  package let region: String
  package let accountID: String

  package init(region: String, accountID: String) {
    self.region = region
    self.accountID = accountID
  }

  package func tableARN(_ name: String) -> String {
    "arn:aws:dynamodb:\(region):\(accountID):table/\(name)"
  }

  package func indexARN(table: String, index: String) -> String {
    "\(tableARN(table))/index/\(index)"
  }

  /// The ARN of an encryption key, given as a client may: an ARN, an alias or a key id.
  package func keyARN(_ key: String) -> String {
    if key.utf8.starts(with: "arn:".utf8) { return key }
    let path = key.utf8.starts(with: "alias/".utf8) ? key : "key/\(key)"
    return "arn:aws:kms:\(region):\(accountID):\(path)"
  }
}
