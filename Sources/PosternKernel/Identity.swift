// What a bundle knows of an identity: integers in storage that the caller gives. Made once per session by `resolve`, read by
// every `decide`. The storage may come from anywhere: whatever it holds, reading it stays inside it.

internal import CPostern

/// Where what stands in the identity's u32 words.
enum IdentityLayout {
  static let wordCount = Int(POSTERN_IDENTITY_WORDS)

  static let mark = 0  // two words
  static let status = 2
  static let provider = 3
  static let tenant = 4
  static let hasTenant = 5
  static let audience = 6
  static let authorizedParty = 7
  static let hasAuthorizedParty = 8
  static let allowedDomain = 9
  /// The organization's binding that holds the identity, or NONE.
  static let organizationBinding = 10
  static let kindMask = 11
  static let memberCount = 12
  /// The bits of `RowFilter` of all keys: two words.
  static let rowFilter = 13
  /// Deny rules whose denied principals hold the identity and whose exceptions do not: 8 words.
  static let denied = 24
  /// The same with the rules that may hold it since its groups are not known: 8 words.
  static let deniedOrUnknown = 32
  /// A filter of 1,024 bits: a key that is held has its bit set.
  static let filter = 64
  /// The keys of the members, ascending: room for `BundleFormat.identityMemberLimit`, a power of two.
  static let keys = 96

  static let resolved: UInt32 = 1
  static let tooLarge: UInt32 = 2
}

/// A read-only look at a resolved identity.
struct IdentityView: ~Escapable {
  private let words: Span<UInt32>

  /// Looks at all words of an identity; stops the process where there are fewer. With their number a constant, no look at
  /// a constant index costs a comparison.
  @_lifetime(copy words)
  @inline(__always) init(_ words: Span<UInt32>) { self.words = words.extracting(0..<IdentityLayout.wordCount) }

  /// The same, with the number of words a constant again where a call has made it a number like any other.
  var sized: IdentityView { @_lifetime(copy self) @inline(__always) get { IdentityView(words) } }

  @inline(__always) func word(_ index: Int) -> UInt32 { words[index] }

  @inline(__always) var mark: UInt64 { UInt64(words[0]) | UInt64(words[1]) << 32 }
  @inline(__always) var rowFilter: UInt64 {
    UInt64(words[IdentityLayout.rowFilter]) | UInt64(words[IdentityLayout.rowFilter &+ 1]) << 32
  }
  @inline(__always) var memberCount: Int {
    min(Int(words[IdentityLayout.memberCount]), BundleFormat.identityMemberLimit)
  }

  /// The key of one of the members.
  @inline(__always) func key(_ index: Int) -> UInt32 {
    words[IdentityLayout.keys &+ index & (BundleFormat.identityMemberLimit &- 1)]
  }

  /// Whether the identity holds the member of `key`: the filter says no at once to most, the search is exact.
  @inline(__always) func holds(_ key: UInt32) -> Bool {
    let bit = IdentityFilter.bit(key)
    if words[IdentityLayout.filter &+ bit >> 5] >> UInt32(truncatingIfNeeded: bit & 31) & 1 == 0 { return false }
    return hasKey(key)
  }

  @inline(never) private func hasKey(_ key: UInt32) -> Bool {
    var low = 0
    var high = memberCount
    while low < high {
      let middle = (low &+ high) >> 1
      let candidate = self.key(middle)
      if candidate == key { return true }
      if candidate < key { low = middle &+ 1 } else { high = middle }
    }
    return false
  }
}

enum IdentityFilter {
  /// The bit of a key, 0 to 1,023.
  @inline(__always) static func bit(_ key: UInt32) -> Int { Int(truncatingIfNeeded: key >> 22) }
}

/// Collects an identity's members, sorted and distinct.
struct IdentityBuilder {
  var count = 0
  var isTooLarge = false

  /// Adds the member of a name to the sorted keys in `words`.
  mutating func insert(name: UInt32, into words: inout MutableSpan<UInt32>) {
    if isTooLarge { return }
    let key = MemberKey.key(ofName: name)
    let base = IdentityLayout.keys
    var index = count
    while index > 0, words[base &+ index &- 1] > key { index &-= 1 }
    if index > 0 && words[base &+ index &- 1] == key { return }
    if count == BundleFormat.identityMemberLimit {
      isTooLarge = true
      return
    }
    var last = count
    while last > index {
      words[base &+ last] = words[base &+ last &- 1]
      last &-= 1
    }
    words[base &+ index] = key
    count &+= 1
    let bit = IdentityFilter.bit(key)
    words[IdentityLayout.filter &+ bit >> 5] |= 1 << UInt32(truncatingIfNeeded: bit & 31)
    let rowBit = RowFilter.bit(key)
    words[IdentityLayout.rowFilter] |= rowBit.lowHalf
    words[IdentityLayout.rowFilter &+ 1] |= rowBit.highHalf
  }
}
