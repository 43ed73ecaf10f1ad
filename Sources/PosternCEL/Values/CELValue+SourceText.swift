// Values as an author writes them. Refuses nothing: what has no literal is written as a call that makes it.

extension CELValue {
  /// The value as an expression: `"a"`, `[1, 2u]`, `timestamp("2026-01-01T00:00:00Z")`.
  public var sourceText: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .uint(let value): "\(value)u"
    case .double(let value): value.isFinite ? "\(value)" : "double(\"\(value)\")"
    case .string(let value): "\"" + value.unicodeScalars.map(Self.escaped).joined() + "\""
    case .bytes(let bytes): "b\"" + bytes.map(Self.escaped).joined() + "\""
    case .list(let values): "[" + values.map(\.sourceText).joined(separator: ", ") + "]"
    case .map(let map):
      "{" + map.entries.map { "\($0.key.sourceText): \($0.value.sourceText)" }.joined(separator: ", ") + "}"
    case .timestamp(let instant): "timestamp(\"\(instant.rfc3339)\")"
    case .duration(let duration): "duration(\"\(duration.text)\")"
    case .type(let name): name
    case .optional(let boxed): boxed.map { "optional.of(\($0.value.sourceText))" } ?? "optional.none()"
    case .address(let address): "ip(\"\(address.text)\")"
    case .network(let network): "cidr(\"\(network.text)\")"
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"", "\\": "\\\(scalar)"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}": hexadecimal(UInt8(truncatingIfNeeded: scalar.value))
    default: String(scalar)
    }
  }

  private static func escaped(_ byte: UInt8) -> String {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      ? String(UnicodeScalar(byte)) : hexadecimal(byte)
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
  }
}
