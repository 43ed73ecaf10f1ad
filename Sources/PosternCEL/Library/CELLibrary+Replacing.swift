// `replace`, `split` and `join` of the strings extension. Refuses, as error values, results larger than an evaluation
// may make; lists of anything but texts are no arguments of `join`.

extension CELLibrary {
  static func replace(_ call: CELCall) throws(CELError) -> CELValue? {
    guard
      case (.string(let text), .string(let old)) = call.pair, case .string(let new) = call.arguments[2],
      let limit = limit(call, at: 3)
    else { return nil }
    let bytes = Array(text.utf8)
    let offsets = places(of: old, in: bytes, atMost: limit)
    let newBytes = Array(new.utf8)
    let (growth, overflow) = offsets.count.multipliedReportingOverflow(by: newBytes.count)
    guard !overflow else { throw CELError(.limit, "the result is too large") }
    try requireSteps(growth, bytes.count, of: call)
    var result: [UInt8] = []
    var end = 0
    for offset in offsets {
      result += bytes[end..<offset] + newBytes
      end = offset + old.utf8.count
    }
    return .string(String(decoding: result + bytes[end...], as: UTF8.self))
  }

  static func split(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case (.string(let text), .string(let separator)) = call.pair, let limit = limit(call, at: 2) else {
      return nil
    }
    guard limit > 0 else { return .list([]) }
    let bytes = Array(text.utf8)
    guard !separator.isEmpty || !bytes.isEmpty else { return .list([]) }
    // An empty separator stands between code points, not at the ends.
    let isInner = { (offset: Int) in !separator.isEmpty || (offset > 0 && offset < bytes.count) }
    let all = places(of: separator, in: bytes, atMost: separator.isEmpty ? .max : limit - 1)
    var parts: [CELValue] = []
    var start = 0
    for offset in all.filter(isInner).prefix(limit - 1) {
      parts.append(.string(String(decoding: bytes[start..<offset], as: UTF8.self)))
      start = offset + separator.utf8.count
    }
    return .list(parts + [.string(String(decoding: bytes[start...], as: UTF8.self))])
  }

  static func join(_ call: CELCall) throws(CELError) -> CELValue? {
    guard case .list(let elements) = call.first else { return nil }
    var separator = ""
    if call.arguments.count == 2 {
      guard case .string(let text) = call.arguments[1] else { return nil }
      separator = text
    }
    var texts: [String] = []
    for element in elements {
      guard case .string(let text) = element else { return nil }
      texts.append(text)
    }
    let (separators, overflow) = separator.utf8.count.multipliedReportingOverflow(by: max(0, texts.count - 1))
    guard !overflow else { throw CELError(.limit, "the result is too large") }
    try requireSteps(separators, texts.reduce(0) { $0 + $1.utf8.count }, of: call)
    return .string(texts.joined(separator: separator))
  }

  /// How many times at most: without the argument, and where it is negative, as often as there is anything to do.
  private static func limit(_ call: CELCall, at index: Int) -> Int? {
    guard index < call.arguments.count else { return .max }
    guard case .int(let limit) = call.arguments[index] else { return nil }
    return limit < 0 ? .max : Int(limit)
  }

  /// Where a text stands, from the left; an empty one stands before every code point and at the end.
  private static func places(of part: String, in bytes: [UInt8], atMost limit: Int) -> [Int] {
    guard part.isEmpty else { return TextSearch(Array(part.utf8)).offsets(in: bytes, atMost: limit) }
    let starts = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.count]
    return Array(starts.prefix(limit))
  }
}
