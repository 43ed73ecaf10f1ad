// Simple case folding (Unicode CaseFolding.txt, statuses C and S) from the mappings that the standard library has: the
// code points that `(?i)` holds for one. Mappings to more than one code point do not count, nor does the Turkic dotless
// i.

/// The groups of code points that differ in case only.
enum CaseOrbits {
  /// Where code points with case mappings live; a test looks at all others.
  static let scannedRanges: [ClosedRange<UInt32>] = [
    0x0041...0x005A, 0x0061...0x007A, 0x00AA...0x2FFF, 0xA640...0xABFF, 0xFB00...0xFB17, 0xFF21...0xFF5A,
    0x10400...0x10FFF, 0x11800...0x118FF, 0x16E00...0x16FFF, 0x1E900...0x1E9FF,
  ]

  /// A code point with others in its group -> the whole group, ascending.
  static let groups: [UInt32: [UInt32]] = makeGroups()

  /// Adds to a set what differs from its members in case only.
  static func folded(_ set: CodePointSet) -> CodePointSet {
    var added: [ClosedRange<UInt32>] = []
    if set.count <= 256 {
      for range in set.ranges { for scalar in range { added += others(scalar) } }
    } else {
      for (scalar, group) in groups where set.contains(scalar) { added += group.map { $0...$0 } }
    }
    return added.isEmpty ? set : CodePointSet(set.ranges + added)
  }

  /// The code point that stands for the group of `scalar`: the lower case of its upper case.
  static func representative(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    // U+0131 has the upper case I in the Turkic languages only, as far as folding goes.
    guard scalar != "\u{131}" else { return scalar }
    let upper = single(scalar.properties.uppercaseMapping) ?? scalar
    return single(upper.properties.lowercaseMapping) ?? upper
  }

  private static func others(_ scalar: UInt32) -> [ClosedRange<UInt32>] {
    (groups[scalar] ?? []).map { $0...$0 }
  }

  private static func single(_ mapping: String) -> Unicode.Scalar? {
    let scalars = mapping.unicodeScalars
    return scalars.count == 1 ? scalars.first : nil
  }

  private static func makeGroups() -> [UInt32: [UInt32]] {
    var members: [UInt32: [UInt32]] = [:]
    for range in scannedRanges {
      for value in range {
        guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenCaseMapped else { continue }
        members[representative(scalar).value, default: []].append(value)
      }
    }
    var groups: [UInt32: [UInt32]] = [:]
    for group in members.values where group.count > 1 {
      for scalar in group { groups[scalar] = group }
    }
    return groups
  }
}
