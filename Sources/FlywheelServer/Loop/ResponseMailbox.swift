import DynamoProtocol
import NIOCore
import Synchronization

/// Brings responses from other threads to an event loop.
///
/// One sync of the commit log answers many writers at once, and waking a loop costs a system call. So the
/// first response that comes to an empty mailbox wakes the loop, and the others of the group are there
/// when it looks. It never holds more than one response a connection, since a connection has one request
/// in service at a time.
final class ResponseMailbox: Sendable {
  /// A response and the request it answers.
  struct Letter: Sendable {
    let connection: NIOLoopBound<ConnectionHandler>
    let requestNumber: UInt64
    let response: WireResponse
  }

  private let eventLoop: any EventLoop
  private let letters = Mutex<[Letter]>([])

  init(eventLoop: any EventLoop) {
    self.eventLoop = eventLoop
  }

  /// Leaves a response, from any thread.
  func post(_ letter: Letter) {
    let isFirst = letters.withLock { letters in
      letters.append(letter)
      return letters.count == 1
    }
    if isFirst {
      eventLoop.execute { self.deliver() }
    }
  }

  private func deliver() {
    let delivered = letters.withLock { letters in
      let all = letters
      letters = []
      return all
    }
    for letter in delivered {
      letter.connection.value.respond(letter.response, to: letter.requestNumber)
    }
  }
}
