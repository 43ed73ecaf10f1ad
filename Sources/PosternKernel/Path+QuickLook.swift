// The look that finds most paths in normal form, 16 bytes a step. Refuses nothing: what it does not vouch for is decoded and
// normalized byte by byte.

extension Path {
  /// Whether `raw` begins with a slash and nothing in it can be malformed, decoded or normalized. May say no to a path that
  /// is all right (`/.well-known`).
  ///
  /// Out of line, so that its constants stay in registers.
  @inline(never) static func isPlain(_ raw: Span<UInt8>) -> Bool {
    if raw[0] != UInt8(ascii: "/") { return false }
    if raw.count <= 16 { return isPlain(short: raw) }
    // The last step begins where it ends with the path: to look twice does no harm.
    let last = raw.count &- 16
    var refused = unusual(raw.wideWord(1), after: raw.wideWord(0))
    var offset = 17
    while offset < last {
      refused .|= unusual(raw.wideWord(offset), after: raw.wideWord(offset &- 1))
      offset &+= 16
    }
    refused .|= unusual(raw.wideWord(last), after: raw.wideWord(last &- 1))
    return !refused.holdsTrue
  }

  /// At most 16 bytes, filled up with `a`, which is plain.
  @inline(__always) private static func isPlain(short raw: Span<UInt8>) -> Bool {
    let filler: UInt64 = 0x6161_6161_6161_6161
    let tail = raw.tailWord | filler << (UInt64(raw.count & 7) &* 8)
    let low = raw.count < 8 ? tail : raw.u64(0)
    let high = raw.count < 8 ? filler : raw.count == 16 ? raw.u64(8) : tail
    // Before the first byte there is no slash: the path's own may stand there.
    let previous = WideWord(low: low << 8, high: high << 8 | low >> 56)
    return !unusual(WideWord(low: low, high: high), after: previous).holdsTrue
  }

  /// True where a byte may need work: one below 0x28 or above 0x7E, which takes `$`, `&` and a few more along, for they are rare;
  /// `;` and `?`, with which `{` goes; `\`; a slash or a dot after a slash.
  @inline(__always) private static func unusual(_ bytes: WideWord, after previous: WideWord) -> WideMask {
    let doubled =
      (previous .== WideWord(repeating: 0x2F)) .& ((bytes | WideWord(repeating: 1)) .== WideWord(repeating: 0x2F))
    // Read with a sign, what is not ASCII is less than anything.
    let control = bytes .< WideWord(repeating: 0x28)
    let parameters = (bytes & WideWord(repeating: 0x3B)) .== WideWord(repeating: 0x3B)
    let backslashes = bytes .== WideWord(repeating: 0x5C)
    return doubled .| control .| parameters .| backslashes
  }
}
