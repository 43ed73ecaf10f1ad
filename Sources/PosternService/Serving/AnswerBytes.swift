// An answer as HTTP/1.1 writes it (RFC 9112). Refuses a header that would end where it should not: whoever could write a line end into one
// would write the next header too.

internal import NIOCore
internal import NIOHTTP1

extension Answer {
  /// How the connection goes on, and what the client can take.
  struct Framing {
    var isKeepAlive = true
    /// An answer to HEAD says how long the body would be, and has none (RFC 9110, 9.3.2).
    var isHead = false
  }

  /// Whether every header is one line (RFC 9110, 5.5).
  var isWritable: Bool {
    headers.fields.allSatisfy { field in
      let (name, value) = (field.name.utf8Span.span, field.value.utf8Span.span)
      return name.indices.allSatisfy { Self.isToken(name[$0]) } && value.indices.allSatisfy { Self.isText(value[$0]) }
    }
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    byte.isLower || byte.isDigit || byte.isCapital || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  private static func isText(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t")
  }

  /// Writes a writable answer.
  func write(_ framing: Framing, into buffer: inout ByteBuffer) {
    if status == 200 {
      buffer.writeStaticString("HTTP/1.1 200 OK\r\n")
    } else {
      buffer.writeString("HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n")
    }
    for field in headers.fields {
      buffer.writeString(field.name)
      buffer.writeStaticString(": ")
      buffer.writeString(field.value)
      buffer.writeStaticString("\r\n")
    }
    buffer.writeStaticString("content-length: ")
    buffer.writeString(String(body.count))
    buffer.writeStaticString(framing.isKeepAlive ? "\r\n\r\n" : "\r\nconnection: close\r\n\r\n")
    if !framing.isHead { buffer.writeBytes(body) }
  }

  /// Room for `write`.
  var byteCount: Int {
    headers.fields.reduce(80 + body.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
  }
}
