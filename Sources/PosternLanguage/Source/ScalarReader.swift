// Scalars by the type of the field that holds them; what YAML 1.1 would make of a plain scalar is never asked
// (docs/language.md, "Scalars"). Refuses `yes`, `0o17`, `1:30`, `1e3` and bare numbers where a type is expected.

/// Reads one scalar as one type.
enum ScalarReader {
  /// A text in any style; a plain scalar that is empty is no text.
  static func text(_ node: YAMLNode, expected: String = "a text") -> Result<String, Diagnostic> {
    guard case .scalar(let scalar) = node.content, scalar.style != .plain || !scalar.text.isEmpty else {
      return .failure(.wrongType(of: node, expected: expected))
    }
    return .success(scalar.text)
  }

  /// `true` or `false`, unquoted.
  static func bool(_ node: YAMLNode) -> Result<Bool, Diagnostic> {
    guard let text = plainText(node) else { return .failure(.wrongType(of: node, expected: "`true` or `false`")) }
    switch text {
    case "true": return .success(true)
    case "false": return .success(false)
    default: return .failure(.badBoolean(text, at: node.span))
    }
  }

  /// Decimal digits, unquoted, without a sign or a leading zero.
  static func count(_ node: YAMLNode) -> Result<UInt32, Diagnostic> {
    guard let text = plainText(node) else { return .failure(.wrongType(of: node, expected: "a whole number")) }
    let isCanonical = text.utf8.allSatisfy(isDigit) && (text == "0" || text.utf8.first != UInt8(ascii: "0"))
    guard isCanonical, let number = UInt32(text) else {
      return .failure(.badInteger(text, limit: UInt32.max, at: node.span))
    }
    return .success(number)
  }

  /// A duration, quoted or not: JSON has no other way to write one.
  static func durationSeconds(_ node: YAMLNode) -> Result<UInt32, Diagnostic> {
    switch text(node, expected: "a duration such as `15m`") {
    case .failure(let diagnostic): return .failure(diagnostic)
    case .success(let text):
      do { return .success(try Duration.seconds(text)) } catch {
        return .failure(.badDuration(text, error, at: node.span))
      }
    }
  }

  /// The text of a plain scalar that is not empty.
  private static func plainText(_ node: YAMLNode) -> String? {
    guard case .scalar(let scalar) = node.content, scalar.style == .plain, !scalar.text.isEmpty else { return nil }
    return scalar.text
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// Durations: numbers with units, the longer unit first, each at most once.
  enum Duration {
    /// Ten years: longer is a slip of the pen, and sums of it with any clock fit.
    static let dayLimit: UInt32 = 3_650
    static let secondLimit = dayLimit * 86_400

    private static let units: [(unit: UInt8, seconds: UInt64)] = [
      (UInt8(ascii: "d"), 86_400), (UInt8(ascii: "h"), 3_600), (UInt8(ascii: "m"), 60), (UInt8(ascii: "s"), 1),
    ]

    /// `8h`, `1h30m`, `14d`, `3600s` as seconds.
    static func seconds(_ text: String) throws(DurationFault) -> UInt32 {
      let bytes = Array(text.utf8)
      try refuseOtherSpellings(bytes)
      var seconds: UInt64 = 0
      var unitIndex = 0
      var index = 0
      repeat {
        let digits = bytes[index...].prefix(while: isDigit)
        guard !digits.isEmpty else { throw .malformed }
        index += digits.count
        let number = String(decoding: digits, as: UTF8.self)
        guard index < bytes.count else { throw .missingUnit(number, isAlone: digits.count == bytes.count) }
        guard let found = units.firstIndex(where: { $0.unit == bytes[index] }) else { throw .malformed }
        guard found >= unitIndex else { throw .unitOrder }
        guard digits.count <= 9, let count = UInt64(number) else { throw .tooLong }
        seconds += count * units[found].seconds
        unitIndex = found + 1
        index += 1
      } while index < bytes.count
      guard seconds <= UInt64(secondLimit) else { throw .tooLong }
      return UInt32(seconds)
    }

    /// Spellings that a message can say more about than that they are wrong.
    private static func refuseOtherSpellings(_ bytes: [UInt8]) throws(DurationFault) {
      guard bytes.first != UInt8(ascii: "-") else { throw .negative }
      let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      if parts.count > 1 && parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) {
        let texts = parts.prefix(3).map { String(decoding: $0, as: UTF8.self) }
        throw .clockTime(zip(texts, ["h", "m", "s"]).map { $0 + $1 }.joined())
      }
      let number = bytes.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
      if number.contains(UInt8(ascii: ".")) && isDigit(number[0]) { throw .fraction }
    }
  }
}

/// What is wrong with a duration.
enum DurationFault: Error, Equatable {
  case malformed
  case missingUnit(String, isAlone: Bool)
  case unitOrder
  case fraction
  case negative
  /// `8:30`; with what was probably meant.
  case clockTime(String)
  case tooLong

  var problem: String {
    switch self {
    case .malformed: "is not a duration"
    case .missingUnit: "has a number without a unit"
    case .unitOrder: "does not have its units in falling order, each once"
    case .fraction: "has a fraction"
    case .negative: "is negative"
    case .clockTime: "is a time of day, not a duration"
    case .tooLong: "is longer than \(ScalarReader.Duration.dayLimit) days"
    }
  }

  var help: String {
    switch self {
    case .malformed: "write whole numbers with `d`, `h`, `m` or `s`, as in `8h` or `1h30m`"
    case .missingUnit(let digits, isAlone: true): "write its unit, as in `\(digits)s` or `\(digits)m`"
    case .missingUnit: "write its unit, as in `1h30m`"
    case .unitOrder: "write days, hours, minutes, seconds, as in `1d12h`"
    case .fraction: "write whole numbers of a smaller unit, as in `90s` or `1h30m`"
    case .negative: "write how long it takes; a duration has no sign"
    case .clockTime(let meant): "write `\(meant)` if that is what was meant"
    case .tooLong: "a limit that never ends is written `none`, where the field allows it"
    }
  }
}
