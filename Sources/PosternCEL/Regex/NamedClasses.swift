// The classes that a regular expression names: Perl's, POSIX's, and Unicode's general categories as the standard
// library has them. Refuses nothing: a name that nothing here has is the parser's to refuse.

/// The classes with names, by name.
enum NamedClasses {
  /// `\d`, `\s`, `\w`: ASCII, as in RE2; in upper case they are negated.
  static let perl: [UInt32: CodePointSet] = [
    0x64: CodePointSet([0x30...0x39]),
    0x73: CodePointSet([0x09...0x0A, 0x0C...0x0D, 0x20...0x20]),
    0x77: CodePointSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]),
  ]

  /// `[:alpha:]` and so on.
  static let posix: [String: CodePointSet] = [
    "alnum": CodePointSet([0x30...0x39, 0x41...0x5A, 0x61...0x7A]),
    "alpha": CodePointSet([0x41...0x5A, 0x61...0x7A]),
    "ascii": CodePointSet([0x00...0x7F]),
    "blank": CodePointSet([0x09...0x09, 0x20...0x20]),
    "cntrl": CodePointSet([0x00...0x1F, 0x7F...0x7F]),
    "digit": CodePointSet([0x30...0x39]),
    "graph": CodePointSet([0x21...0x7E]),
    "lower": CodePointSet([0x61...0x7A]),
    "print": CodePointSet([0x20...0x7E]),
    "punct": CodePointSet([0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
    "space": CodePointSet([0x09...0x0D, 0x20...0x20]),
    "upper": CodePointSet([0x41...0x5A]),
    "word": CodePointSet([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]),
    "xdigit": CodePointSet([0x30...0x39, 0x41...0x46, 0x61...0x66]),
  ]

  /// The class of `\p{name}`; nil where there is none of the name.
  static func unicode(_ name: String) -> CodePointSet? {
    if name == "Any" { return .all }
    return categories[name] ?? UnicodeScripts.all[name]
  }

  /// General categories and their groups by name. As in RE2, unassigned code points (Cn) are in none.
  static let categories: [String: CodePointSet] = makeCategories()

  private static let categoryNames: [Unicode.GeneralCategory: String] = [
    .uppercaseLetter: "Lu", .lowercaseLetter: "Ll", .titlecaseLetter: "Lt", .modifierLetter: "Lm", .otherLetter: "Lo",
    .nonspacingMark: "Mn", .spacingMark: "Mc", .enclosingMark: "Me", .decimalNumber: "Nd", .letterNumber: "Nl",
    .otherNumber: "No", .connectorPunctuation: "Pc", .dashPunctuation: "Pd", .openPunctuation: "Ps",
    .closePunctuation: "Pe", .initialPunctuation: "Pi", .finalPunctuation: "Pf", .otherPunctuation: "Po",
    .mathSymbol: "Sm", .currencySymbol: "Sc", .modifierSymbol: "Sk", .otherSymbol: "So", .spaceSeparator: "Zs",
    .lineSeparator: "Zl", .paragraphSeparator: "Zp", .control: "Cc", .format: "Cf", .privateUse: "Co",
  ]

  /// The planes that have characters; 15 and 16 are private use but for their last two code points, the rest is
  /// unassigned.
  private static let assignedPlanes: [ClosedRange<UInt32>] = [0...0xD7FF, 0xE000...0x3FFFF, 0xE0000...0xEFFFF]

  private static func makeCategories() -> [String: CodePointSet] {
    var ranges: [String: [ClosedRange<UInt32>]] = [
      "Co": [0xF0000...0xFFFFD, 0x100000...0x10FFFD], "Cs": [0xD800...0xDFFF],
    ]
    for plane in assignedPlanes {
      appendRuns(of: plane, to: &ranges)
    }
    for (name, runs) in ranges {
      ranges[String(name.prefix(1)), default: []] += runs
    }
    return ranges.mapValues { CodePointSet($0) }
  }

  private static func appendRuns(of plane: ClosedRange<UInt32>, to ranges: inout [String: [ClosedRange<UInt32>]]) {
    var first = plane.lowerBound
    var current: Unicode.GeneralCategory?
    func close(before end: UInt32) {
      guard let current, let name = categoryNames[current], end > first else { return }
      ranges[name, default: []].append(first...end - 1)
    }
    for value in plane {
      let category = Unicode.Scalar(value)?.properties.generalCategory
      guard category != current else { continue }
      close(before: value)
      first = value
      current = category
    }
    close(before: plane.upperBound + 1)
  }
}
