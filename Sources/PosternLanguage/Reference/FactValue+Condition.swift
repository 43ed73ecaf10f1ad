// Facts as values of the expression language. Refuses, as errors that a condition comes to, texts that are not UTF-8 or
// are too long, lists and maps of too many items, and instants that the language does not know.

internal import PosternCEL

/// Bounds on the facts that a condition looks at; more is an error value.
enum ConditionFactLimit {
  /// Items of a list; keys and values of a map together.
  static let items = 64
  /// Bytes of a text.
  static let textBytes = 16_384
}

extension CELError {
  /// A fact that is absent, or not what its attribute is.
  static func unknownFact(_ what: String) -> CELError { CELError(.unknown, what) }
}

/// A fact's bytes as a text; nil is absent.
func textValue(_ bytes: Bytes?) throws(CELError) -> CELValue {
  guard let bytes else { throw .unknownFact("the fact is absent") }
  return .string(try string(bytes))
}

private func string(_ bytes: Bytes) throws(CELError) -> String {
  guard bytes.count <= ConditionFactLimit.textBytes else { throw .unknownFact("the text is too long") }
  guard let text = String(validating: bytes, as: UTF8.self) else { throw .unknownFact("the text is not UTF-8") }
  return text
}

/// An instant in milliseconds since 1970.
func timeValue(_ milliseconds: Int64) throws(CELError) -> CELValue {
  let fraction = milliseconds % 1_000
  let seconds = milliseconds / 1_000 - (fraction < 0 ? 1 : 0)
  let nanoseconds = Int32((fraction + 1_000) % 1_000) * 1_000_000
  guard let instant = CELTimestamp(seconds: seconds, nanoseconds: nanoseconds) else {
    throw .unknownFact("the instant is out of range")
  }
  return .timestamp(instant)
}

extension FactValue {
  /// The fact as a value; whatever is wrong inside it is wrong with all of it.
  func value() throws(CELError) -> CELValue {
    switch self {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .uint(let value): return .uint(value)
    case .double(let value): return .double(value)
    case .text(let bytes): return try textValue(bytes)
    case .bytes(let bytes):
      guard bytes.count <= ConditionFactLimit.textBytes else { throw .unknownFact("the bytes are too many") }
      return .bytes(bytes)
    case .timestamp(let milliseconds): return try timeValue(milliseconds)
    case .duration(let milliseconds): return try Self.duration(milliseconds)
    case .list(let items): return .list(try Self.list(items))
    case .map(let entries): return .map(try Self.map(entries))
    }
  }

  private static func duration(_ milliseconds: Int64) throws(CELError) -> CELValue {
    let nanoseconds = Int32(milliseconds % 1_000) * 1_000_000
    guard let duration = CELDuration(seconds: milliseconds / 1_000, nanoseconds: nanoseconds) else {
      throw .unknownFact("the duration is out of range")
    }
    return .duration(duration)
  }

  private static func list(_ items: [FactValue]) throws(CELError) -> [CELValue] {
    guard items.count <= ConditionFactLimit.items else { throw .unknownFact("the list has too many items") }
    var values: [CELValue] = []
    for item in items { values.append(try item.value()) }
    return values
  }

  static func map(_ entries: [Bytes: FactValue]) throws(CELError) -> CELMap {
    guard 2 * entries.count <= ConditionFactLimit.items else { throw .unknownFact("the map has too many items") }
    var map = CELMap()
    for key in entries.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard let value = try entries[key]?.value() else { continue }
      _ = map.insert(.string(try string(key)), value)
    }
    return map
  }
}
