// JSON values (RFC 8259), as tokens and providers state them. The only file that imports Foundation, for its reader and writer.
// Refuses what is not JSON; numbers that are whole are whole numbers.

internal import FoundationEssentials

/// A JSON value.
enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  /// Reads `bytes`; nil where they are not JSON.
  init?(_ bytes: some Sequence<UInt8>) {
    guard let value = JSON.read(json: bytes) else { return nil }
    self = value
  }

  /// The value as JSON, keys in order, so that equal values are equal texts.
  var bytes: [UInt8] { jsonBytes }

  /// The member `name` of an object; nil where there is none.
  subscript(name: String) -> JSON? {
    if case .object(let members) = self { return members[name] }
    return nil
  }

  var text: String? {
    if case .text(let text) = self { return text }
    return nil
  }

  /// A whole number, of a double without a fraction too.
  var int: Int64? {
    switch self {
    case .int(let value): value
    case .double(let value): Int64(exactly: value)
    default: nil
    }
  }

  var bool: Bool? {
    if case .bool(let value) = self { return value }
    return nil
  }

  /// The texts of a list, or a text as a list of one; nil where it is anything else.
  var texts: [String]? {
    switch self {
    case .text(let text): [text]
    case .list(let items):
      items.reduce(into: [String]?.some([])) { texts, item in
        if let text = item.text { texts?.append(text) } else { texts = nil }
      }
    default: nil
    }
  }

  /// An instant in seconds since 1970, in milliseconds; nil where it is no number or out of range.
  var milliseconds: Int64? {
    switch self {
    case .int(let seconds):
      let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000)
      return overflows ? nil : product
    case .double(let seconds): return Int64(exactly: (seconds * 1_000).rounded(.down))
    default: return nil
    }
  }
}

extension JSON: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .int(let value): try container.encode(value)
    case .double(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}

extension Decodable {
  /// Reads a value of this type from JSON; nil where the bytes are none.
  static func read(json bytes: some Sequence<UInt8>) -> Self? {
    try? JSONDecoder().decode(Self.self, from: Data(bytes))
  }
}

extension Encodable {
  /// The value as JSON.
  var jsonBytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map(Array.init) ?? []
  }

  var jsonText: String { String(decoding: jsonBytes, as: UTF8.self) }
}
