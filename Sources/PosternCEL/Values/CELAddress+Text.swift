// Addresses as text (RFC 4291 section 2.2 in, RFC 5952 out). Refuses zones, leading zeros in dotted decimals, and
// IPv4 addresses written as IPv6 ones (`::ffff:192.0.2.1`): one address shall have one meaning.

extension CELAddress {
  /// Reads dotted decimals or RFC 4291 hexadecimal groups; nil for zones and IPv4-mapped addresses too.
  public init?(text: String) {
    let characters = Array(text.utf8)
    guard characters.count <= 45 else { return nil }
    guard let bytes = characters.contains(Self.colon) ? Self.version6(characters[...]) : Self.version4(characters[...])
    else { return nil }
    self.init(bytes: bytes)
    guard !isMapped else { return nil }
  }

  /// The canonical text: dotted decimals, or lower-case groups with the longest run of zeros shortened (RFC 5952).
  public var text: String {
    guard bytes.count == 16 else { return dotted(bytes[...]) }
    guard !isMapped else { return "::ffff:" + dotted(bytes[12...]) }
    guard let run = longestZeroRun else { return joined(groups[...]) }
    return joined(groups[..<run.lowerBound]) + "::" + joined(groups[run.upperBound...])
  }

  /// Whether this is an IPv4 address written as an IPv6 one (RFC 4291 section 2.5.5.2).
  public var isMapped: Bool {
    bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
  }

  private static let colon = UInt8(ascii: ":")
  private static let dot = UInt8(ascii: ".")
}

// Reading.
extension CELAddress {
  private static func version4(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: dot, omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    let bytes = parts.compactMap { decimal($0, atMost: 255) }.map { UInt8($0) }
    return bytes.count == 4 ? bytes : nil
  }

  /// A number without a sign or leading zeros.
  static func decimal(_ text: ArraySlice<UInt8>, atMost limit: Int) -> Int? {
    guard (1...3).contains(text.count), text.count == 1 || text.first != UInt8(ascii: "0") else { return nil }
    var number = 0
    for character in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
      number = number * 10 + Int(character - UInt8(ascii: "0"))
    }
    return number <= limit ? number : nil
  }

  static func version6(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard let gap = gapOffset(in: text) else {
      return groupBytes(text).flatMap { $0.count == 16 ? $0 : nil }
    }
    let rest = text[(gap + 2)...]
    guard gapOffset(in: rest) == nil, rest.first != colon else { return nil }
    guard let head = headBytes(text[..<gap]), let tail = rest.isEmpty ? [] : groupBytes(rest) else { return nil }
    // `::` stands for one group at least (RFC 4291 section 2.2).
    guard head.count + tail.count <= 14 else { return nil }
    return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
  }

  private static func gapOffset(in text: ArraySlice<UInt8>) -> Int? {
    text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
  }

  /// Before `::` only groups stand, no dotted decimals.
  private static func headBytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard !text.isEmpty else { return [] }
    return text.contains(dot) ? nil : groupBytes(text)
  }

  /// Groups of one to four hexadecimal digits, of which the last may be dotted decimals.
  private static func groupBytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    let parts = text.split(separator: colon, omittingEmptySubsequences: false)
    var bytes: [UInt8] = []
    for (index, part) in parts.enumerated() {
      let isLast = index == parts.count - 1
      guard let group = isLast && part.contains(dot) ? version4(part) : group(part) else { return nil }
      bytes += group
    }
    return bytes.count <= 16 ? bytes : nil
  }

  private static func group(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard (1...4).contains(text.count) else { return nil }
    var number: UInt16 = 0
    for character in text {
      guard let digit = Character(Unicode.Scalar(character)).hexDigitValue else { return nil }
      number = number << 4 | UInt16(digit)
    }
    return [UInt8(number >> 8), UInt8(number & 0xFF)]
  }
}

// Printing.
extension CELAddress {
  private func dotted(_ bytes: ArraySlice<UInt8>) -> String { bytes.map { String($0) }.joined(separator: ".") }

  private var groups: [UInt16] {
    stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
  }

  private func joined(_ groups: ArraySlice<UInt16>) -> String {
    groups.map { String($0, radix: 16) }.joined(separator: ":")
  }

  /// The first of the longest runs of two zero groups or more (RFC 5952 section 4.2).
  private var longestZeroRun: Range<Int>? {
    let groups = groups
    var longest = 0..<1
    var start = 0
    for (index, group) in groups.enumerated() {
      if group != 0 { start = index + 1 }
      if index + 1 - start > longest.count { longest = start..<(index + 1) }
    }
    return longest.count > 1 ? longest : nil
  }
}

extension CELNetwork {
  /// Reads `address/length` (RFC 4632 section 3.1); bits beyond the prefix are kept as they are written.
  public init?(text: String) {
    let characters = Array(text.utf8)
    guard let slash = characters.lastIndex(of: UInt8(ascii: "/")) else { return nil }
    guard let address = CELAddress(text: String(decoding: characters[..<slash], as: UTF8.self)) else { return nil }
    let tail = characters[(slash + 1)...]
    guard let length = CELAddress.decimal(tail, atMost: address.bytes.count * 8) else { return nil }
    self.init(address: address, prefixLength: length)
  }

  /// The canonical text, `10.0.0.0/8`.
  public var text: String { "\(address.text)/\(prefixLength)" }
}
