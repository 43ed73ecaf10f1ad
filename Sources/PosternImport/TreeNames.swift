// Names of folders, apps and files, made of whatever an input calls its resources: ASCII letters, digits, `-`, `_` and `.`, the
// first a letter or digit, so that no name leads out of the folder that is written, hides, or takes another's place.

/// Gives every name once.
struct TreeNames {
  /// Taken names in lower case: some file systems know no other.
  private var taken: Set<String> = []

  static let byteLimit = 100

  /// The name itself where it is one, otherwise what is left of it with a hash of the whole.
  static func name(_ raw: String) -> String {
    let isLetterOrDigit: (UInt8) -> Bool = { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    let isAllowed: (UInt8) -> Bool = { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
    let bytes = Array(raw.utf8)
    if let first = bytes.first, isLetterOrDigit(first), bytes.count <= byteLimit, bytes.allSatisfy(isAllowed) {
      return raw
    }
    let kept = bytes.map { isAllowed($0) ? $0 : UInt8(ascii: "-") }.drop { !isLetterOrDigit($0) }.prefix(byteLimit)
    return (kept.isEmpty ? "name" : String(decoding: kept, as: UTF8.self)) + "-" + hash(bytes)
  }

  /// FNV-1a of 32 bits, in hexadecimal digits.
  private static func hash(_ bytes: [UInt8]) -> String {
    let hash = bytes.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  /// The first name that nobody has: the one wanted, the alternative, or the alternative with a number.
  mutating func take(_ wanted: String, or alternative: String? = nil) -> String {
    for name in [wanted, alternative].compactMap({ $0 }) where taken.insert(name.lowercased()).inserted { return name }
    var number = 2
    while !taken.insert("\(alternative ?? wanted)-\(number)".lowercased()).inserted { number += 1 }
    return "\(alternative ?? wanted)-\(number)"
  }
}
