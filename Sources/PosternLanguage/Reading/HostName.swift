// Host names, domains and e-mail addresses as a policy writes them: ASCII, in the syntax of RFC 1123, lower case.
// Refuses everything else: a host that no request can carry would be a rule that never holds, or holds for somebody
// else.

/// What is wrong with a host name, a domain or an e-mail address.
enum NameFault: Error, Equatable {
  case empty
  case tooLong(byteLimit: Int)
  /// Not ASCII: the whole host in A-labels, and the first character that is not.
  case notASCII(aLabels: String, first: Unicode.Scalar)
  case character(Unicode.Scalar)
  /// A label that is empty, too long, or has a hyphen at an end.
  case label(String)
  case singleLabel
  case atSignCount(Int)
  case emptyLocalPart
  case wildcard(domain: String)
  case deletedSuffix
}

/// The syntax of host names.
enum HostName {
  /// The longest name in bytes (RFC 1035).
  static let byteLimit = 253
  static let labelByteLimit = 63
  /// The longest e-mail address; `decision.md`, "Comparison".
  static let emailByteLimit = 320

  /// A host in lower case, without a trailing dot.
  static func host(_ text: String) throws(NameFault) -> String {
    if isPlain(text.utf8) { return text }
    var name = Substring(text)
    if name.utf8.count > 1 && name.utf8.last == UInt8(ascii: ".") { name.removeLast() }
    guard !name.isEmpty else { throw .empty }
    try refuseNonASCII(name)
    guard name.utf8.count <= byteLimit else { throw .tooLong(byteLimit: byteLimit) }
    for label in name.split(separator: ".", omittingEmptySubsequences: false) { try check(label: label) }
    return name.lowercased()
  }

  /// Whether a name is good as it is, in one pass: nearly all of a large tree are, and the rest is looked at slowly,
  /// for what is wrong with it.
  private static func isPlain(_ name: String.UTF8View) -> Bool {
    var byteCount = 0
    var labelByteCount = 0
    var last: UInt8 = 0
    for byte in name {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): labelByteCount += 1
      case UInt8(ascii: "-") where labelByteCount > 0: labelByteCount += 1
      case UInt8(ascii: ".") where labelByteCount > 0 && last != UInt8(ascii: "-"): labelByteCount = 0
      default: return false
      }
      guard labelByteCount <= labelByteLimit else { return false }
      byteCount += 1
      last = byte
    }
    return labelByteCount > 0 && last != UInt8(ascii: "-") && byteCount <= byteLimit
  }

  /// A host, or an IPv6 address in brackets, in lower case.
  static func hostOrAddress(_ text: String) throws(NameFault) -> String {
    guard text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") else { return try host(text) }
    let address = text.unicodeScalars.dropFirst().dropLast()
    guard !address.isEmpty else { throw .empty }
    if let bad = address.first(where: { !($0.properties.isASCIIHexDigit || $0 == ":" || $0 == ".") }) {
      throw .character(bad)
    }
    guard address.contains(":") else { throw .label(text) }
    return text.lowercased()
  }

  /// A domain: a host of at least two labels.
  static func domain(_ text: String) throws(NameFault) -> String {
    let name = try host(text)
    guard name.utf8.contains(UInt8(ascii: ".")) else { throw .singleLabel }
    return name
  }

  /// An e-mail address in lower case: exactly one `@`, a local part of RFC 5321's `atext` and dots, and a domain.
  static func email(_ text: String) throws(NameFault) -> String {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.count <= emailByteLimit else { throw .tooLong(byteLimit: emailByteLimit) }
    let atSignCount = text.utf8.count { $0 == UInt8(ascii: "@") }
    guard atSignCount == 1, let atSign = text.utf8.firstIndex(of: UInt8(ascii: "@")) else {
      throw .atSignCount(atSignCount)
    }
    guard atSign != text.startIndex else { throw .emptyLocalPart }
    let domainText = String(text[text.utf8.index(after: atSign)...])
    guard !domainText.utf8.contains(UInt8(ascii: "?")) else { throw .deletedSuffix }
    let domain = try domain(domainText)
    let local = text[..<atSign]
    guard local != "*" else { throw .wildcard(domain: domain) }
    guard let bad = local.unicodeScalars.first(where: { !isLocalPart($0) }) else {
      return text.utf8.contains(where: isUpper) ? local.lowercased() + "@" + domain : text
    }
    throw bad.isASCII ? .character(bad) : .notASCII(aLabels: "", first: bad)
  }

  private static func isUpper(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") }

  private static func refuseNonASCII(_ name: Substring) throws(NameFault) {
    guard let first = name.unicodeScalars.first(where: { !$0.isASCII }) else { return }
    throw .notASCII(aLabels: Punycode.aLabels(of: String(name)), first: first)
  }

  private static func check(label: Substring) throws(NameFault) {
    if let bad = label.unicodeScalars.first(where: { !isLabel($0) }) { throw .character(bad) }
    let isBounded = !label.isEmpty && label.utf8.count <= labelByteLimit
    guard isBounded && !label.hasPrefix("-") && !label.hasSuffix("-") else { throw .label(String(label)) }
  }

  private static func isLabel(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-": true
    default: false
    }
  }

  private static func isLocalPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", ".": true
    case "!", "#", "$", "%", "&", "'", "+", "-", "/", "=", "^", "_", "`", "{", "|", "}", "~": true
    default: false
    }
  }
}
