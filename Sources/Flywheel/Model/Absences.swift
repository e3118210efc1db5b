/// What is answered about things that this release does not make, and of which there are therefore none: backups, exports,
/// imports, global tables, Kinesis destinations and streams.
///
/// **Why some operations are here and others are not.** To list what there is none of, to describe or to delete one of them
/// by a name that nothing has, needs nothing but the service's own words: the answer is the whole truth, and tools that
/// ask on their way (Terraform reads continuous backups after every table it makes) go on. What would make one answers
/// UnknownOperationException: there is no honest answer that is a success, and an error of the service's would say that
/// the request was wrong.
enum Absences {
  /// Checks that `arn` is one of a table's parts: `arn:aws:dynamodb:…:table/Music/backup/0170`.
  static func check(_ arn: String, isOf kind: String, _ name: String) throws(Interruption) {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    if parts.count == 6, parts[0] == "arn", parts[2] == "dynamodb" {
      let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
      if path.count == 4, path[0] == "table", path[2] == kind, !path[1].isEmpty, !path[3].isEmpty { return }
    }
    throw .validation("Invalid \(name)")
  }

  /// Checks the name of a global table, as the operations of their first version do.
  static func checkGlobalTableName(_ name: String) throws(Interruption) {
    guard TableName.lengthRange.contains(name.utf16.count) else {
      throw .validation(
        "TableName must be at least \(TableName.lengthRange.lowerBound) characters long and at most "
          + "\(TableName.lengthRange.upperBound) characters long")
    }
  }

  /// There is no global table of this name.
  static func globalTable(_ name: String) -> String {
    "Global table with name: '\(name)' does not exist."
  }

  /// The first version of global tables, which the service does not make any more either.
  static let firstGlobalTables = ServiceError.validation(
    "One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is not supported. We recommend "
      + "using DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy).")

  /// There is no stream with this ARN.
  static func stream(_ arn: String) throws(Interruption) -> ServiceError {
    try check(arn, isOf: "stream", "StreamArn")
    return ServiceError(.resourceNotFound, "Requested resource not found: Stream: \(arn) not found")
  }

  /// A page of a list was asked for that goes on behind one that was never given.
  static func token(_ token: String) -> Interruption {
    .validation("Invalid Request: Provided nextToken is invalid: \(token)")
  }
}
