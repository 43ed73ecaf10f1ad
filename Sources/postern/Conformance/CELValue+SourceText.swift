// Values as an author writes them. Refuses nothing.

internal import PosternCEL

extension CELValue {
  /// The value as an expression: `"a"`, `[1, 2u]`, `timestamp("2026-01-01T00:00:00Z")`.
  var sourceText: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .uint(let value): "\(value)u"
    case .double(let value): value.isFinite ? "\(value)" : "double(\"\(value)\")"
    case .string(let value): Self.quoted(value)
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

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      default:
        if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) {
          quoted += "\\u" + hexadecimal(scalar.value, digits: 4)
        } else {
          quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }

  private static func escaped(_ byte: UInt8) -> String {
    (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
      ? String(UnicodeScalar(byte)) : "\\x" + hexadecimal(UInt32(byte), digits: 2)
  }

  private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
