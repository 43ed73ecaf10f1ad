// `format` of the strings extension: `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` and `%%`. Refuses, as error values,
// clauses it does not know, values that a clause does not write, and clauses without a value.

extension CELLibrary {
  static let formatting: CELFunctionTable = [
    "format": [
      CELFunction(arguments: 2, isMethod: true) { call throws(CELError) in
        guard case (.string(let text), .list(let values)) = call.pair else { return nil }
        return .string(try format(text, values, call))
      }
    ]
  ]

  private static func format(_ text: String, _ values: [CELValue], _ call: CELCall) throws(CELError) -> String {
    var clauses = FormatScanner(text)
    var result: [UInt8] = []
    var index = 0
    while let part = try clauses.next() {
      switch part {
      case .text(let bytes): result += bytes
      case .clause(let verb, let fractionDigitCount):
        guard index < values.count else { throw CELError(.indexOutOfRange, "there is no value for a clause") }
        result += try values[index].formatted(verb, fractionDigitCount: fractionDigitCount).utf8
        index += 1
      }
      guard result.count <= call.stepsLeft else { throw CELError(.limit, "the result is too large") }
    }
    return String(decoding: result, as: UTF8.self)
  }
}

/// How a clause writes its value.
enum FormatVerb: UInt8 {
  case text = 0x73  // s
  case decimal = 0x64  // d
  case fixed = 0x66  // f
  case scientific = 0x65  // e
  case binary = 0x62  // b
  case octal = 0x6F  // o
  case hexadecimal = 0x78  // x
  case upperHexadecimal = 0x58  // X
}

/// Takes a format apart.
private struct FormatScanner {
  enum Part {
    case text(ArraySlice<UInt8>)
    case clause(FormatVerb, fractionDigitCount: Int)
  }

  private let bytes: [UInt8]
  private var index = 0

  private static let percent = UInt8(ascii: "%")
  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
  /// No double has more digits after its point than 1074, and no reader has use for them.
  private static let largestPrecision = 1000

  init(_ text: String) { bytes = Array(text.utf8) }

  /// nil at the end.
  mutating func next() throws(CELError) -> Part? {
    guard index < bytes.count else { return nil }
    let start = index
    guard bytes[start] == Self.percent else {
      index = bytes[start...].firstIndex(of: Self.percent) ?? bytes.count
      return .text(bytes[start..<index])
    }
    index += 1
    if index < bytes.count, bytes[index] == Self.percent {
      index += 1
      return .text(bytes[start..<(start + 1)])
    }
    return try clause()
  }

  /// `[.digits]verb`; only `f` and `e` have a precision, 6 where it is not said.
  private mutating func clause() throws(CELError) -> Part {
    let precision = try precision()
    guard index < bytes.count, let verb = FormatVerb(rawValue: bytes[index]) else {
      throw CELError(.invalidArgument, "the format has a clause that is none")
    }
    index += 1
    guard precision == nil || verb == .fixed || verb == .scientific else {
      throw CELError(.invalidArgument, "only `%f` and `%e` have a precision")
    }
    return .clause(verb, fractionDigitCount: precision ?? 6)
  }

  private mutating func precision() throws(CELError) -> Int? {
    guard index < bytes.count, bytes[index] == UInt8(ascii: ".") else { return nil }
    let digits = bytes[(index + 1)...].prefix { Self.digits.contains($0) }
    index += 1 + digits.count
    let precision = Int(String(decoding: digits, as: UTF8.self))
    guard let precision, precision <= Self.largestPrecision else {
      throw CELError(.invalidArgument, "the format has a precision that is none")
    }
    return precision
  }
}

extension CELValue {
  fileprivate func formatted(_ verb: FormatVerb, fractionDigitCount: Int) throws(CELError) -> String {
    let text: String? =
      switch verb {
      case .text: try plainText(depth: 0)
      case .decimal: decimalText
      case .fixed: asDouble.map { $0.formatted { $0.fixed(fractionDigitCount) } }
      case .scientific: asDouble.map { $0.formatted { $0.scientific(fractionDigitCount) } }
      case .binary: binaryText
      case .octal: radixText(8)
      case .hexadecimal: hexadecimalText(isUpper: false)
      case .upperHexadecimal: hexadecimalText(isUpper: true)
      }
    guard let text else {
      let clause = "%\(Character(Unicode.Scalar(verb.rawValue)))"
      throw CELError(.invalidArgument, "`\(clause)` writes no \(typeName)")
    }
    return text
  }

  /// A number as a double.
  private var asDouble: Double? {
    switch self {
    case .int(let value): Double(value)
    case .uint(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// A number in its digits, a double with as many after the point as it needs (cel-spec, "Strings": `"%d"` of 3.14).
  private var decimalText: String? {
    if case .double(let value) = self { return value.plainText }
    return radixText(10)
  }

  private var binaryText: String? {
    if case .bool(let value) = self { return value ? "1" : "0" }
    return radixText(2)
  }

  private func radixText(_ radix: Int, isUpper: Bool = false) -> String? {
    switch self {
    case .int(let value): String(value, radix: radix, uppercase: isUpper)
    case .uint(let value): String(value, radix: radix, uppercase: isUpper)
    default: nil
    }
  }

  /// Numbers in their digits, texts and bytes byte by byte.
  private func hexadecimalText(isUpper: Bool) -> String? {
    switch self {
    case .string(let text): Self.hexadecimal(text.utf8, isUpper: isUpper)
    case .bytes(let bytes): Self.hexadecimal(bytes, isUpper: isUpper)
    default: radixText(16, isUpper: isUpper)
    }
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>, isUpper: Bool) -> String {
    let digits = Array((isUpper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

// `%s`.
extension CELValue {
  /// nil of what has no text: optionals and addresses, which are written by `string()`.
  private func plainText(depth: Int) throws(CELError) -> String? {
    guard depth <= CELLimits.depth else { throw CELError(.limit, "the value is nested too deeply") }
    switch self {
    case .null: return "null"
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .uint(let value): return String(value)
    case .double(let value): return value.plainText
    case .string(let text): return text
    case .bytes(let bytes): return Self.repairedText(bytes)
    case .timestamp(let instant): return instant.rfc3339
    case .duration(let span): return span.text
    case .type(let name): return name
    case .list(let elements): return try Self.listText(elements, depth: depth + 1)
    case .map(let map): return try Self.mapText(map, depth: depth + 1)
    case .optional, .address, .network: return nil
    }
  }

  /// Bytes as text; each run of bytes that are no UTF-8 is one U+FFFD (cel-spec, "Strings").
  private static func repairedText(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    var decoder = UTF8()
    var source = bytes.makeIterator()
    var isInRun = false
    while true {
      switch decoder.decode(&source) {
      case .scalarValue(let scalar):
        text.append(scalar)
        isInRun = false
      case .error:
        if !isInRun { text.append("\u{FFFD}") }
        isInRun = true
      case .emptyInput: return String(text)
      }
    }
  }

  private static func listText(_ elements: [CELValue], depth: Int) throws(CELError) -> String? {
    var texts: [String] = []
    for element in elements {
      guard let text = try element.plainText(depth: depth) else { return nil }
      texts.append(text)
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  /// Entries in the order of their keys' texts, byte by byte.
  private static func mapText(_ map: CELMap, depth: Int) throws(CELError) -> String? {
    var entries: [(key: String, value: String)] = []
    for entry in map.entries {
      guard let key = try entry.key.plainText(depth: depth), let value = try entry.value.plainText(depth: depth) else {
        return nil
      }
      entries.append((key, value))
    }
    let sorted = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return "{" + sorted.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
  }
}
