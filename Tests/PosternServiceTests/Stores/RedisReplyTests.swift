// Replies are cut out of whatever pieces come, and what is no reply ends the reading.

import NIOCore
import Testing

@testable import PosternService

@Suite("Redis replies")
struct RedisReplyTests {
  private static let stream =
    "+OK\r\n:42\r\n$5\r\na\r\nbc\r\n$-1\r\n*3\r\n$1\r\nx\r\n*0\r\n:-1\r\n-ERR no\r\n$0\r\n\r\n*-1\r\n"
  private static let replies: [RedisReply] = [
    .text("OK"), .integer(42), .text("a\r\nbc"), .none, .list([.text("x"), .list([]), .integer(-1)]),
    .refusal("ERR no"), .text(""), .none,
  ]

  @Test("replies come out whole, whatever pieces they come in", arguments: [1, 2, 3, 7, 1_000])
  func pieces(byteCount: Int) throws {
    let reader = RedisReplyReader()
    var found: [RedisReply] = []
    var rest = Array(Self.stream.utf8)[...]
    while !rest.isEmpty {
      try reader.feed(ByteBuffer(bytes: rest.prefix(byteCount)))
      rest = rest.dropFirst(byteCount)
      while let reply = try reader.next() { found.append(reply) }
    }
    #expect(found == Self.replies)
  }

  @Test(
    "what is no reply is refused", arguments: ["HTTP/1.1 400 Bad Request\r\n", "$x\r\n", "*1\r\nx\r\n", "$5\r\nab"])
  func garbage(_ text: String) throws {
    let reader = RedisReplyReader()
    try reader.feed(ByteBuffer(string: text))
    let isUnfinished = text.hasPrefix("$5")
    if isUnfinished { return #expect(try reader.next() == nil) }
    #expect(throws: StoreFault.self) { while try reader.next() != nil {} }
  }

  @Test("bytes that are no text are read as text that says so")
  func brokenText() throws {
    let reader = RedisReplyReader()
    try reader.feed(ByteBuffer(bytes: Array("$2\r\n".utf8) + [0xFF, 0x41] + Array("\r\n".utf8)))
    #expect(try reader.next() == .text("\u{FFFD}A"))
  }

  @Test("a command is a list of texts with their lengths in bytes")
  func command() {
    var buffer = ByteBuffer()
    RedisCommand("SET", "ä", "").write(to: &buffer)
    #expect(String(buffer: buffer) == "*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$0\r\n\r\n")
  }
}
