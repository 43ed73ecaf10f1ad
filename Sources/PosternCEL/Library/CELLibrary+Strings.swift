// The strings extension of the CEL project: positions count code points, from 0. Refuses, as error values, positions
// outside the text, templates without exactly one variable, and results larger than an evaluation may make.

extension CELLibrary {
  /// The functions of the strings extension, `format` and `extract` included.
  static let strings = merge(positions, casing, replacing, formatting)

  private static let positions: CELFunctionTable = [
    "charAt": [method(2, charAt)],
    "indexOf": [method(2...3, indexOf)],
    "lastIndexOf": [method(2...3, lastIndexOf)],
    "substring": [method(2...3, substring)],
    "extract": [method(2, extract)],
  ]

  private static let casing: CELFunctionTable = [
    "lowerAscii": [ofText { lowerAscii($0) }],
    "upperAscii": [ofText { upperAscii($0) }],
    "trim": [ofText { trim($0) }],
    "reverse": [ofText { reverse($0) }],
    "strings.quote": [
      CELFunction(arguments: 1) { call in
        guard case .string(let text) = call.first else { return nil }
        return .string(quote(text))
      }
    ],
  ]

  private static let replacing: CELFunctionTable = [
    "replace": [method(3...4, replace)],
    "split": [method(2...3, split)],
    "join": [method(1...2, join)],
  ]

  private static func method(
    _ counts: ClosedRange<Int>, _ call: @escaping @Sendable (CELCall) throws(CELError) -> CELValue?
  ) -> CELFunction {
    CELFunction(arguments: counts, isMethod: true, call)
  }

  private static func method(
    _ count: Int, _ call: @escaping @Sendable (CELCall) throws(CELError) -> CELValue?
  ) -> CELFunction {
    CELFunction(arguments: count, isMethod: true, call)
  }

  private static func ofText(_ change: @escaping @Sendable (String) -> String) -> CELFunction {
    method(1) { call in
      guard case .string(let text) = call.first else { return nil }
      return .string(change(text))
    }
  }
}

// Positions.
extension CELLibrary {
  /// The code point at a position, as a text; none at the text's end.
  private static func charAt(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case (.string(let text), .int(let index)) = call.pair else { return nil }
    let points = CodePointText(text)
    let start = try offset(of: index, in: points)
    guard start < points.bytes.count else { return .string("") }
    return .string(points.text(start..<(try offset(of: index + 1, in: points))))
  }

  private static func offset(of index: Int64, in text: CodePointText) throws(CELError) -> Int {
    guard let offset = text.offset(ofIndex: index) else {
      throw CELError(.indexOutOfRange, "the position \(index) is outside the text")
    }
    return offset
  }

  private static func indexOf(_ call: CELCall) throws(CELError) -> CELValue? {
    guard let search = Search(call) else { return nil }
    let start = try search.offset ?? 0
    guard !search.part.isEmpty else { return .int(search.position ?? 0) }
    return search.result(TextSearch(search.part).firstOffset(in: search.text.bytes, from: start))
  }

  private static func lastIndexOf(_ call: CELCall) throws(CELError) -> CELValue? {
    guard let search = Search(call) else { return nil }
    let end = try search.offset ?? search.text.bytes.count
    guard !search.part.isEmpty else { return .int(search.position ?? Int64(search.text.count)) }
    return search.result(TextSearch(search.part).lastOffset(in: search.text.bytes, upTo: end))
  }

  /// The arguments of a search.
  private struct Search {
    let text: CodePointText
    let part: [UInt8]
    /// Where the search starts, if the call says so.
    let position: Int64?

    init?(_ call: CELCall) {
      guard case (.string(let text), .string(let part)) = call.pair else { return nil }
      if call.arguments.count == 3 {
        guard case .int(let position) = call.arguments[2] else { return nil }
        self.position = position
      } else {
        position = nil
      }
      self.text = CodePointText(text)
      self.part = Array(part.utf8)
    }

    /// The byte of the position, which is one of the text's; of an empty text that is sought it may be the end.
    var offset: Int? {
      get throws(CELError) {
        guard let position else { return nil }
        let offset = try CELLibrary.offset(of: position, in: text)
        guard offset < text.bytes.count || part.isEmpty else {
          throw CELError(.indexOutOfRange, "the position \(position) is outside the text")
        }
        return offset
      }
    }

    func result(_ offset: Int?) -> CELValue {
      .int(offset.map { Int64(text.index(ofOffset: $0)) } ?? -1)
    }
  }

  private static func substring(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case (.string(let text), .int(let startIndex)) = call.pair else { return nil }
    let points = CodePointText(text)
    let start = try offset(of: startIndex, in: points)
    guard call.arguments.count == 3 else { return .string(points.text(start..<points.bytes.count)) }
    guard case .int(let endIndex) = call.arguments[2] else { return nil }
    let end = try offset(of: endIndex, in: points)
    guard start <= end else { throw CELError(.indexOutOfRange, "the range \(startIndex)..<\(endIndex) is backwards") }
    return .string(points.text(start..<end))
  }

  /// What stands where a template has its one `{variable}` (Google Cloud IAM, "Extract value from attributes").
  ///
  /// The texts before and after the variable are found where they stand first; where one of them stands nowhere, or the
  /// second nowhere after the first, the result is empty.
  private static func extract(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case (.string(let text), .string(let template)) = call.pair else { return nil }
    let bytes = Array(text.utf8)
    let parts = try templateParts(Array(template.utf8))
    guard let start = parts.before.isEmpty ? 0 : TextSearch(parts.before).firstOffset(in: bytes) else {
      return .string("")
    }
    let rest = Array(bytes[(start + parts.before.count)...])
    guard let end = parts.after.isEmpty ? rest.count : TextSearch(parts.after).firstOffset(in: rest) else {
      return .string("")
    }
    return .string(String(decoding: rest[..<end], as: UTF8.self))
  }

  private static func templateParts(_ template: [UInt8]) throws(CELError) -> (before: [UInt8], after: [UInt8]) {
    let isBrace = { (byte: UInt8) in byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") }
    guard
      let open = template.firstIndex(where: isBrace), template[open] == UInt8(ascii: "{"),
      let close = template[(open + 1)...].firstIndex(where: isBrace), template[close] == UInt8(ascii: "}"),
      close > open + 1, !template[(close + 1)...].contains(where: isBrace)
    else { throw CELError(.invalidArgument, "a template has one `{variable}`") }
    return (Array(template[..<open]), Array(template[(close + 1)...]))
  }
}

// Changes.
extension CELLibrary {
  private static func lowerAscii(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
  }

  private static func upperAscii(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }, as: UTF8.self)
  }

  /// Without what Unicode has as `White_Space` at both ends.
  private static func trim(_ text: String) -> String {
    let tail = text.unicodeScalars.drop { $0.properties.isWhitespace }
    guard let last = tail.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
    return String(tail[...last])
  }

  /// Code point by code point: marks then stand before what they were written after.
  private static func reverse(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.append(contentsOf: text.unicodeScalars.reversed())
    return String(scalars)
  }

  private static let escapes: [Unicode.Scalar: String] = [
    "\u{7}": "\\a", "\u{8}": "\\b", "\u{C}": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{B}": "\\v",
    "\\": "\\\\", "\"": "\\\"",
  ]

  private static func quote(_ text: String) -> String {
    "\"" + text.unicodeScalars.map { escapes[$0] ?? String($0) }.joined() + "\""
  }
}
