// What the reference does with bytes. No text is ever compared as a `String`: canonical equivalence has no place here.

typealias Bytes = [UInt8]

func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

/// Folds ASCII letters, and nothing else.
func folded(_ text: some Sequence<UInt8>) -> Bytes {
  text.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
}

func isEqual(_ text: Bytes?, _ policyText: String) -> Bool {
  guard let text else { return false }
  return text == Bytes(policyText.utf8)
}

/// Whether two texts are the same but for the case of ASCII letters.
func isFoldedEqual(_ text: Bytes?, _ policyText: String) -> Bool {
  guard let text else { return false }
  return folded(text) == folded(policyText.utf8)
}

/// Whether `prefix`, without a trailing slash, covers `path` by whole segments.
func isSegmentPrefix(_ prefix: String, of path: Bytes) -> Bool {
  let prefix = Bytes(prefix.utf8)
  guard path.starts(with: prefix) else { return false }
  return path.count == prefix.count || path[prefix.count] == UInt8(ascii: "/")
}

func hexadecimalValue(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  default: nil
  }
}

/// The byte that the escape at the start of `text` stands for; nil for a bad one.
func escapedByte(_ text: some Sequence<UInt8>) -> UInt8? {
  let bytes = Bytes(text.prefix(3))
  guard bytes.count == 3, let high = hexadecimalValue(bytes[1]), let low = hexadecimalValue(bytes[2]) else {
    return nil
  }
  return high << 4 | low
}

/// One percent-decoding of a part of a query; nil where an escape is bad.
func percentDecoded(_ text: some Collection<UInt8>) -> Bytes? {
  var decoded = Bytes()
  var rest = text.dropFirst(0)
  while let byte = rest.first {
    guard byte == UInt8(ascii: "%") else {
      decoded.append(byte)
      rest = rest.dropFirst()
      continue
    }
    guard let value = escapedByte(rest) else { return nil }
    decoded.append(value)
    rest = rest.dropFirst(3)
  }
  return decoded
}

/// A text without the blanks and tabs around it.
func trimmed(_ text: some Sequence<UInt8>) -> Bytes {
  let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
  return Bytes(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
}

/// The domain of an e-mail with exactly one `@` that has text on both sides, in at most 320 bytes; otherwise nil.
func emailDomain(_ email: Bytes) -> Bytes? {
  let parts = email.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
  guard email.count <= 320, parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
  return Bytes(parts[1])
}
