// What a Redis answers (RESP 2), read by the reader of libhiredis: the only file that imports it. Refuses what is no reply, and kinds of
// replies that nobody asked for.

internal import CHiredis
internal import NIOCore

/// A reply.
enum RedisReply: Sendable, Equatable {
  case none
  case text(String)
  case integer(Int64)
  case list([RedisReply])
  /// An error reply, which begins with its kind: `NOSCRIPT No matching script`.
  case refusal(String)

  var text: String? {
    if case .text(let text) = self { return text }
    return nil
  }

  var list: [RedisReply]? {
    if case .list(let replies) = self { return replies }
    return nil
  }
}

/// Cuts a stream of bytes into replies.
@safe final class RedisReplyReader {
  private let reader: UnsafeMutablePointer<redisReader>

  init() {
    let reader = unsafe redisReaderCreate()
    guard let reader = unsafe reader else { preconditionFailure("there is memory for a reader") }
    unsafe self.reader = reader
  }

  deinit { unsafe redisReaderFree(reader) }

  /// Adds bytes that have come.
  func feed(_ buffer: ByteBuffer) throws(StoreFault) {
    let status = unsafe buffer.withUnsafeReadableBytes { bytes in
      unsafe redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    if status != REDIS_OK { throw fault }
  }

  /// The next whole reply; nil where more bytes must come first.
  func next() throws(StoreFault) -> RedisReply? {
    var found: UnsafeMutableRawPointer?
    if unsafe redisReaderGetReply(reader, &found) != REDIS_OK { throw fault }
    guard let found = unsafe found else { return nil }
    defer { unsafe freeReplyObject(found) }
    return try unsafe Self.reply(found.assumingMemoryBound(to: redisReply.self).pointee)
  }

  private static func reply(_ reply: redisReply) throws(StoreFault) -> RedisReply {
    switch unsafe reply.type {
    case REDIS_REPLY_NIL: return .none
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return .text(unsafe text(reply))
    case REDIS_REPLY_ERROR: return .refusal(unsafe text(reply))
    case REDIS_REPLY_INTEGER: return .integer(unsafe reply.integer)
    case REDIS_REPLY_ARRAY:
      var replies: [RedisReply] = []
      for index in unsafe 0..<reply.elements {
        guard let element = unsafe reply.element[index] else { continue }
        replies.append(try unsafe self.reply(element.pointee))
      }
      return .list(replies)
    default: throw StoreFault(description: "a kind that RESP 2 does not have")
    }
  }

  private static func text(_ reply: redisReply) -> String {
    unsafe String(decoding: UnsafeRawBufferPointer(start: reply.str, count: reply.len), as: UTF8.self)
  }

  private var fault: StoreFault {
    let sentence = unsafe withUnsafeBytes(of: reader.pointee.errstr) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return StoreFault(description: sentence)
  }
}
