// A command as it goes to a Redis: a list of texts (RESP 2). Binary values are written as texts by whoever keeps them. Refuses nothing.

internal import NIOCore

/// A command with its arguments.
struct RedisCommand: Sendable, Equatable {
  let words: [String]

  init(_ words: String...) { self.words = words }
  init(words: [String]) { self.words = words }

  /// At least what it takes when written.
  var byteCount: Int { words.reduce(16) { $0 + $1.utf8.count + 16 } }

  func write(to buffer: inout ByteBuffer) {
    buffer.writeString("*\(words.count)\r\n")
    for word in words {
      buffer.writeString("$\(word.utf8.count)\r\n")
      buffer.writeString(word)
      buffer.writeString("\r\n")
    }
  }
}
