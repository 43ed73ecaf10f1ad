// Conversions between types by their names: `int(x)`, `string(x)`. Refuses, as error values, what the other type
// cannot hold and texts that do not say a value of it.

extension CELLibrary {
  static let conversions: CELFunctionTable = [
    "int": [CELFunction(arguments: 1, toInt)],
    "uint": [CELFunction(arguments: 1, toUInt)],
    "double": [CELFunction(arguments: 1, toDouble)],
    "bool": [CELFunction(arguments: 1, toBool)],
    "string": [CELFunction(arguments: 1, toString)],
    "bytes": [CELFunction(arguments: 1, toBytes)],
    "timestamp": [CELFunction(arguments: 1, toTimestamp)],
    "duration": [CELFunction(arguments: 1, toDuration)],
  ]

  private static func toInt(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .int: call.first
    case .uint(let value): .int(try inRange(Int64(exactly: value)))
    case .double(let value): .int(try inRange(truncated(value)))
    case .string(let text): .int(try said(signed(text), in: text, as: "an int"))
    case .timestamp(let instant): .int(instant.seconds)
    default: nil
    }
  }

  private static func toUInt(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .uint: call.first
    case .int(let value): .uint(try inRange(UInt64(exactly: value)))
    case .double(let value):
      .uint(try inRange(value < 0 ? nil : UInt64(exactly: value.rounded(.towardZero))))
    case .string(let text): .uint(try said(unsigned(text), in: text, as: "a uint"))
    default: nil
    }
  }

  private static func toDouble(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .double: call.first
    case .int(let value): .double(Double(value))
    case .uint(let value): .double(Double(value))
    case .string(let text): .double(try said(double(text), in: text, as: "a double"))
    default: nil
    }
  }

  private static func toBool(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .bool: call.first
    case .string(let text): .bool(try said(boolTexts[text], in: text, as: "a bool"))
    default: nil
    }
  }

  private static func toString(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .string: call.first
    case .bool(let value): .string(value ? "true" : "false")
    case .int(let value): .string(String(value))
    case .uint(let value): .string(String(value))
    case .double(let value): .string(value.shortestText)
    case .bytes(let bytes): .string(try said(String(validating: bytes, as: UTF8.self), in: "the bytes", as: "UTF-8"))
    case .timestamp(let instant): .string(instant.rfc3339)
    case .duration(let span): .string(span.text)
    case .address(let address): .string(address.text)
    case .network(let network): .string(network.text)
    default: nil
    }
  }

  private static func toBytes(_ call: CELCall) -> CELValue? {
    switch call.first {
    case .bytes: call.first
    case .string(let text): .bytes(Array(text.utf8))
    default: nil
    }
  }

  private static func toTimestamp(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .timestamp: call.first
    case .int(let seconds): .timestamp(try inRange(CELTimestamp(seconds: seconds, nanoseconds: 0)))
    case .string(let text): .timestamp(try said(CELTimestamp(rfc3339: text), in: text, as: "a timestamp"))
    default: nil
    }
  }

  private static func toDuration(_ call: CELCall) throws(CELError) -> CELValue? {
    switch call.first {
    case .duration: call.first
    case .string(let text): .duration(try said(CELDuration(text: text), in: text, as: "a duration"))
    default: nil
    }
  }
}

// Texts of numbers.
extension CELLibrary {
  private static let boolTexts: [String: Bool] = [
    "1": true, "t": true, "T": true, "true": true, "TRUE": true, "True": true,
    "0": false, "f": false, "F": false, "false": false, "FALSE": false, "False": false,
  ]

  private static func signed(_ text: String) -> Int64? { Int64(text) }

  /// Without a sign, which the standard library's parser would take.
  private static func unsigned(_ text: String) -> UInt64? {
    text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? UInt64(text) : nil
  }

  /// Decimal or hexadecimal with an exponent, infinities and NaN by name; nil where a number is beyond all doubles.
  private static func double(_ text: String) -> Double? {
    let lower = text.lowercased()
    if let named = namedDoubles[lower] { return named }
    guard lower.utf8.allSatisfy({ numberBytes.contains($0) }), lower.contains("x") == lower.contains("p") else {
      return nil
    }
    guard let value = Double(lower), value.isFinite else { return nil }
    return value
  }

  private static let namedDoubles: [String: Double] = [
    "nan": .nan, "inf": .infinity, "+inf": .infinity, "-inf": -.infinity,
    "infinity": .infinity, "+infinity": .infinity, "-infinity": -.infinity,
  ]

  private static let numberBytes = Set("0123456789abcdefxp.+-".utf8)

  /// nil beyond the bounds; both bounds themselves are refused, as the CEL project's own suite of cases asks, since a
  /// double next to them may have been rounded.
  private static func truncated(_ value: Double) -> Int64? {
    guard value > -0x1p63, value < 0x1p63 else { return nil }
    return Int64(exactly: value.rounded(.towardZero))
  }

  private static func inRange<Value>(_ value: Value?) throws(CELError) -> Value {
    guard let value else { throw CELError(.overflow, "the value is out of range") }
    return value
  }

  private static func said<Value>(
    _ value: Value?, in text: String, as type: String
  ) throws(CELError) -> Value {
    guard let value else {
      throw CELError(.invalidArgument, "`\(String(text.unicodeScalars.prefix(80)))` does not say \(type)")
    }
    return value
  }
}
