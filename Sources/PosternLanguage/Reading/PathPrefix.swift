// Path prefixes as a policy writes them: in the normal form that requests are compared in (`decision.md`,
// "Comparison"), so that what is written is what is matched. Refuses every text that no request's normal form could
// begin with.

/// What is wrong with a path prefix.
enum PathFault: Error, Equatable {
  case noLeadingSlash
  case tooLong(byteLimit: Int)
  case tooDeep(limit: Int)
  case character(Unicode.Scalar)
  /// An escape that the normal form does not hold.
  case escape(String)
  case parameter
  case wildcard
  case emptySegment
  case dotSegment(String)
}

/// The syntax of path prefixes.
enum PathPrefix {
  /// The longest path of a request, in bytes.
  static let byteLimit = 8_192
  /// The escapes that stay as written where a route has `allowEscapes`.
  private static let keptEscapes = ["%2F", "%25"]

  /// The prefix without a trailing slash: empty for `/`.
  static func normalForm(_ text: String, allowEscapes: Bool) throws(PathFault) -> String {
    guard text.utf8.first == UInt8(ascii: "/") else { throw .noLeadingSlash }
    guard text.utf8.count <= byteLimit else { throw .tooLong(byteLimit: byteLimit) }
    try refuseCharacters(text)
    try checkEscapes(text, allowEscapes: allowEscapes)
    var segments = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
    if segments.last?.isEmpty == true { segments.removeLast() }
    for segment in segments {
      if segment.isEmpty { throw .emptySegment }
      let name = String(segment) ?? ""
      if name == "." || name == ".." { throw .dotSegment(name) }
      if name == "*" || name == "**" { throw .wildcard }
    }
    guard segments.count <= Route.depthLimit else { throw .tooDeep(limit: Route.depthLimit) }
    return segments.isEmpty || text.utf8.last != UInt8(ascii: "/")
      ? (segments.isEmpty ? "" : text) : String(text.dropLast())
  }

  private static func refuseCharacters(_ text: String) throws(PathFault) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "?", "#", "\\": throw .character(scalar)
      case ";": throw .parameter
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: throw .character(scalar)
      default: break
      }
    }
  }

  private static func checkEscapes(_ text: String, allowEscapes: Bool) throws(PathFault) {
    let bytes = Array(text.utf8)
    for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
      let escape = String(decoding: bytes[index..<min(index + 3, bytes.count)], as: UTF8.self)
      guard allowEscapes && keptEscapes.contains(escape) else { throw .escape(escape) }
    }
  }

  /// Whether `prefix` covers `path` by whole segments; both in normal form without a trailing slash.
  static func covers(_ prefix: String, _ path: String) -> Bool {
    guard path.utf8.starts(with: prefix.utf8) else { return false }
    let rest = path.utf8.dropFirst(prefix.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }
}
