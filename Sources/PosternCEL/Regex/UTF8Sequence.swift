// Ranges of code points as ranges of UTF-8 bytes (RFC 3629 section 4). Refuses nothing; leaves out surrogates, which
// UTF-8 does not encode.

/// One to four ranges of bytes that spell code points; a range of more than one byte is followed by 80...BF only.
struct UTF8Sequence: Sendable, Hashable {
  private(set) var ranges: [ClosedRange<UInt8>]

  /// The code points of each length of encoding.
  private static let lengths: [ClosedRange<UInt32>] = [
    0...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
  ]

  /// The sequences that spell the members of a set, ascending.
  static func sequences(of set: CodePointSet) -> [UTF8Sequence] {
    var sequences: [UTF8Sequence] = []
    for range in set.ranges {
      for length in lengths where range.overlaps(length) {
        let clamped = range.clamped(to: length)
        append(bytes(clamped.lowerBound)[...], bytes(clamped.upperBound)[...], prefix: [], to: &sequences)
      }
    }
    return sequences
  }

  /// The UTF-8 bytes of a code point.
  static func bytes(_ scalar: UInt32) -> [UInt8] {
    func continuation(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(scalar >> shift & 0x3F) }
    switch scalar {
    case 0...0x7F: return [UInt8(scalar)]
    case 0x80...0x7FF: return [0xC0 | UInt8(scalar >> 6), continuation(0)]
    case 0x800...0xFFFF: return [0xE0 | UInt8(scalar >> 12), continuation(6), continuation(0)]
    default: return [0xF0 | UInt8(scalar >> 18 & 0x07), continuation(12), continuation(6), continuation(0)]
    }
  }

  /// Appends the sequences from `low` to `high`, which are of one length.
  private static func append(
    _ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>, prefix: [ClosedRange<UInt8>],
    to sequences: inout [UTF8Sequence]
  ) {
    guard let first = low.first, let last = high.first else {
      sequences.append(UTF8Sequence(ranges: prefix))
      return
    }
    let (lowRest, highRest) = (low.dropFirst(), high.dropFirst())
    if first == last {
      append(lowRest, highRest, prefix: prefix + [first...last], to: &sequences)
      return
    }
    let least = lowRest.map { _ in UInt8(0x80) }[...]
    let greatest = highRest.map { _ in UInt8(0xBF) }[...]
    // Only the ends of the range of first bytes may limit what follows.
    let startsWhole = lowRest.elementsEqual(least)
    let endsWhole = highRest.elementsEqual(greatest)
    if !startsWhole { append(lowRest, greatest, prefix: prefix + [first...first], to: &sequences) }
    let wholeFirst = startsWhole ? first : first + 1
    let wholeLast = endsWhole ? last : last - 1
    if wholeFirst <= wholeLast {
      sequences.append(UTF8Sequence(ranges: prefix + [wholeFirst...wholeLast] + least.map { _ in 0x80...0xBF }))
    }
    if !endsWhole { append(least, highRest, prefix: prefix + [last...last], to: &sequences) }
  }
}
