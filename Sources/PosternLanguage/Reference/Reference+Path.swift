// A path in its two forms. Refuses, by being nil, each path that `docs/decision.md` calls malformed, but for the
// exemption of `%2F` and `%25`, which only the routes can judge.

struct ReferencePath {
  /// Every escape decoded, once; parameters, empty segments and dot segments as they came.
  let decoded: Bytes
  /// The decoded form without parameters, with slashes merged and dot segments resolved.
  let normal: Bytes
  /// Whether `%2F` or `%25` stands in it: malformed, unless both forms' routes allow it.
  let hasExemptEscape: Bool

  init?(_ raw: Bytes?) {
    guard let raw, raw.count <= 8_192, raw.first == UInt8(ascii: "/"), raw.allSatisfy(Self.mayStandRaw),
      let decoding = Self.decoding(of: raw), let normal = Self.normalForm(of: decoding.path)
    else { return nil }
    decoded = decoding.path
    hasExemptEscape = decoding.hasExemptEscape
    self.normal = normal
  }

  /// Not a control byte, space or non-ASCII byte, and none of `#`, `?`, `\`.
  private static func mayStandRaw(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !"#?\\".utf8.contains(byte)
  }

  /// Not a control byte, and nothing that would change where the path is cut.
  private static func mayBeEscaped(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != 0x7F && !"/\\;%?#".utf8.contains(byte)
  }

  private static func decoding(of raw: Bytes) -> (path: Bytes, hasExemptEscape: Bool)? {
    var path = Bytes()
    var hasExemptEscape = false
    var rest = raw[...]
    while let byte = rest.first {
      guard byte == UInt8(ascii: "%") else {
        path.append(byte)
        rest = rest.dropFirst()
        continue
      }
      guard let value = escapedByte(rest) else { return nil }
      rest = rest.dropFirst(3)
      if value == UInt8(ascii: "/") || value == UInt8(ascii: "%") {
        hasExemptEscape = true
        path += value == UInt8(ascii: "/") ? "%2F".utf8 : "%25".utf8
      } else {
        guard mayBeEscaped(value) else { return nil }
        path.append(value)
      }
    }
    guard String(validating: path, as: UTF8.self) != nil, !contains(path, "..;") else { return nil }
    return (path, hasExemptEscape)
  }

  private static func contains(_ path: Bytes, _ text: String) -> Bool {
    path.indices.contains { path[$0...].starts(with: text.utf8) }
  }

  /// RFC 3986, 5.2.4 over segments without parameters; nil where `..` goes past the root.
  private static func normalForm(of decoded: Bytes) -> Bytes? {
    let segments = decoded.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Bytes($0.prefix { $0 != UInt8(ascii: ";") }) }
    var kept: [Bytes] = []
    for segment in segments where !segment.isEmpty && !isEqual(segment, ".") {
      guard isEqual(segment, "..") else {
        kept.append(segment)
        continue
      }
      guard kept.popLast() != nil else { return nil }
    }
    let last = segments.last ?? []
    let endsInSlash = last.isEmpty || isEqual(last, ".") || isEqual(last, "..")
    let slash = [UInt8(ascii: "/")]
    return kept.isEmpty ? slash : kept.flatMap { slash + $0 } + (endsInSlash ? slash : [])
  }
}
