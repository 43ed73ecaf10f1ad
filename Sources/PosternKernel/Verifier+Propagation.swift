// The attributes that are passed on to apps. Relies on the sections being in bounds and whole. No decision reads them: what
// is proved here is that whoever writes a header from them writes a header and nothing else.

extension Verifier {
  func checkPropagation() throws(BundleFault) {
    var record = sections.propagation.offset
    let end = record &+ sections.propagation.byteCount
    while record < end {
      try require(isPropagatedName(record) && isPropagatedName(record &+ 8), .propagationText)
      let outputs = words.byte(record &+ 17)
      let isSound =
        words.byte(record &+ 16) <= PropagationSource.last && outputs != 0 && outputs <= PropagationOutput.all
        && words.u16(record &+ 18) <= PropagationFlag.strict | PropagationFlag.decorated && words.u32(record &+ 20) == 0
      try require(isSound, .propagationNumbers)
      try require(outputs & PropagationOutput.header == 0 || isToken(at: record &+ 8), .propagationHeader)
      record &+= RecordSize.propagation
    }
  }

  /// Names are short, so that reading each record's takes time in the number of records.
  private func isPropagatedName(_ text: Int) -> Bool {
    let byteCount = words.u32(text &+ 4)
    return byteCount > 0 && byteCount <= BundleFormat.propagatedNameByteLimit && isText(at: text)
  }

  /// Whether a text is a token (RFC 9110, 5.6.2).
  private func isToken(at text: Int) -> Bool {
    let start = sections.strings.offset &+ Int(words.u32(text))
    let end = start &+ Int(words.u32(text &+ 4))
    var offset = start
    while offset < end {
      if !Self.isOfToken(words.byte(offset)) { return false }
      offset &+= 1
    }
    return true
  }

  private static func isOfToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    // From the circumflex to the tilde: letters, `^_\`|~`, and of the rest only the braces are none.
    case UInt8(ascii: "^")...UInt8(ascii: "~"): byte != UInt8(ascii: "{") && byte != UInt8(ascii: "}")
    case UInt8(ascii: "#")...UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."), UInt8(ascii: "!"):
      true
    default: false
    }
  }

  /// Whether u32 start and u32 count at `pair` refer to records, as many as an app may have.
  func isPropagation(_ pair: Int) -> Bool {
    let count = words.u32(pair &+ 4)
    return count <= BundleFormat.propagationLimit && Int(words.u32(pair)) &+ Int(count) <= sections.propagationCount
  }
}
