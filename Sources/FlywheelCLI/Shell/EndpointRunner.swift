import DynamoProtocol
import Flywheel

/// Runs statements at an endpoint with the DynamoDB API.
///
/// Requests carry a signature that is none, which is enough for a server that does not check signatures.
package struct EndpointRunner: StatementRunner {
  private let client: HTTPClient

  package init(_ endpoint: Endpoint) {
    client = HTTPClient(endpoint)
  }

  package func run(_ statement: String, nextToken: String?) async throws(ShellFailure) -> ShellPage {
    let body = try await ask(
      "ExecuteStatement",
      ClientJSON.executeStatement(statement, nextToken: nextToken, limit: ShellPage.itemsMax))
    let page = try decoded { () throws(ServiceError) in try ClientJSON.statementPage(body.span.bytes) }
    return ShellPage(items: page.items, nextToken: page.nextToken)
  }

  package func tableNames() async throws(ShellFailure) -> [String] {
    var names: [String] = []
    var last: String?
    repeat {
      let body = try await ask("ListTables", ClientJSON.listTables(after: last))
      let page = try decoded { () throws(ServiceError) in try ClientJSON.tableNames(body.span.bytes) }
      names += page.names
      last = page.last
    } while last != nil
    return names
  }

  private func decoded<Value>(_ body: () throws(ServiceError) -> Value) throws(ShellFailure) -> Value {
    do throws(ServiceError) {
      return try body()
    } catch {
      throw ShellFailure("the endpoint's answer makes no sense")
    }
  }

  /// Sends one request and waits for its answer.
  private func ask(_ operation: String, _ body: [UInt8]) async throws(ShellFailure) -> [UInt8] {
    let answer: HTTPClient.Answer
    do throws(HTTPClient.Failure) {
      answer = try await client.post(
        "/",
        headers: [
          "X-Amz-Target": "DynamoDB_20120810.\(operation)",
          "Content-Type": "application/x-amz-json-1.0",
          "Authorization": "AWS4-HMAC-SHA256 Credential=shell/20260101/us-east-1/dynamodb/aws4_request, "
            + "SignedHeaders=host;x-amz-target, Signature=0",
        ], body: body)
    } catch {
      throw ShellFailure("can't talk to \(client.endpoint.authority): \(error.reason)")
    }
    guard answer.status == 200 else {
      let error = ClientJSON.error(answer.body.span.bytes)
      throw ShellFailure(
        error.type.isEmpty
          ? "the endpoint answers with status \(answer.status)"
          : error.message.isEmpty ? error.type : "\(error.type): \(error.message)")
    }
    return answer.body
  }
}
