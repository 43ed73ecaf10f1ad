// An opened bundle: the words of the file and where its sections lie. The only way to one is `Bundle(verifying:)`, so
// whoever holds a `Bundle` holds a file that cannot misbehave.

/// A verified policy bundle, used where it lies.
public struct Bundle: ~Copyable {
  let words: Words
  let sections: Sections
  let nameTable: PerfectTable
  let hostTable: PerfectTable
  let routeTable: PerfectTable
  /// The first 8 bytes of the manifest's digest: what marks a resolved identity as this bundle's.
  let mark: UInt64
  /// The number that the loader lets only grow.
  public let revision: UInt64

  init(words: Words, sections: Sections, tables: (names: PerfectTable, hosts: PerfectTable, routes: PerfectTable)) {
    self.words = words
    self.sections = sections
    nameTable = tables.names
    hostTable = tables.hosts
    routeTable = tables.routes
    mark = words.u64(BundleFormat.digestOffset)
    revision = words.u64(16)
  }
}

/// A section: where it begins, and how many records, units or bytes it has.
struct Section {
  var offset = 0
  var byteCount = 0
}

/// The sections that the kernel reads.
struct Sections {
  var strings = Section()
  var organization = Section()
  var providers = Section()
  var attributes = Section()
  var names = Section()
  var nameTable = Section()
  var memberships = Section()
  var hosts = Section()
  var routes = Section()
  var apps = Section()
  var appRecords = Section()
  var grants = Section()
  var denyRules = Section()
  var denyMembers = Section()
  var denySets = Section()
  var profiles = Section()
  var lists = Section()
  var code = Section()
  var costs = Section()
  var conditionals = Section()
  var automata = Section()
  var zones = Section()
  var propagation = Section()
  var oauthClients = Section()

  var appCount: Int { apps.byteCount / RecordSize.app }
  var providerCount: Int { providers.byteCount / RecordSize.provider }
  var nameCount: Int { names.byteCount / RecordSize.name }
  var attributeCount: Int { attributes.byteCount / RecordSize.attribute }
  var denyRuleCount: Int { denyRules.byteCount / RecordSize.denyRule }
  var denySetCount: Int { denySets.byteCount / RecordSize.denySet }
  var profileCount: Int { profiles.byteCount / RecordSize.profile }
  var codeWordCount: Int { code.byteCount / RecordSize.codeWord }
  var conditionalCount: Int { conditionals.byteCount / RecordSize.conditional }
  /// Both begin with the number of their items and where each begins; empty sections have none.
  var automatonCount = 0
  var zoneCount = 0
  var costCount: Int { costs.byteCount / RecordSize.cost }
  var propagationCount: Int { propagation.byteCount / RecordSize.propagation }
  var oauthClientCount: Int { oauthClients.byteCount / RecordSize.oauthClient }
  var unitCount: Int { grants.byteCount / RecordSize.unit }
}

/// A perfect table: one pilot and one slot for any hash.
struct PerfectTable {
  var seed: UInt64 = 0
  var slotCount: UInt32 = 0
  var pilotCount: UInt32 = 0
  var pilotsOffset = 0
  var slotsOffset = 0

  /// The slot of `hash`; the table must not be empty.
  @inline(__always) func slot(_ hash: UInt64, words: Words) -> Int {
    let index = PerfectHash.pilotIndex(hash, pilotCount: pilotCount)
    let pilot = words.u16(pilotsOffset &+ 2 &* index)
    return PerfectHash.slot(hash, pilot: pilot, slotCount: slotCount)
  }
}

/// A list of u32 words of a section.
struct WordList {
  /// Byte offset of the first word.
  let offset: Int
  let count: Int

  @inline(__always) func value(_ index: Int, words: Words) -> UInt32 { words.u32(offset &+ 4 &* index) }

  /// Whether the ascending list holds `value`.
  func contains(_ value: UInt32, words: Words) -> Bool {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) >> 1
      let candidate = self.value(middle, words: words)
      if candidate == value { return true }
      if candidate < value { low = middle &+ 1 } else { high = middle }
    }
    return false
  }
}

extension Bundle {
  /// Whether the `count` bytes from `offset` in the bundle are those of `text`.
  @inline(__always) func equals(_ offset: Int, count: Int, _ text: Span<UInt8>) -> Bool {
    if count != text.count { return false }
    var index = 0
    while index &+ 8 <= count {
      if words.u64(offset &+ index) != text.u64(index) { return false }
      index &+= 8
    }
    let rest = count &- index
    return words.word(offset &+ index, count: rest) == text.word(index, byteCount: rest)
  }

  /// The same for a text of lower case, with the ASCII letters of `text` folded.
  @inline(__always) func equalsFolded(_ offset: Int, count: Int, _ text: Span<UInt8>) -> Bool {
    if count != text.count { return false }
    var index = 0
    while index &+ 8 <= count {
      if words.u64(offset &+ index) != ASCII.lowercased(text.u64(index)) { return false }
      index &+= 8
    }
    let rest = count &- index
    return words.word(offset &+ index, count: rest) == ASCII.lowercased(text.word(index, byteCount: rest))
  }

  /// The list of names that a pair of start and count in `lists` refers to.
  @inline(__always) func list(at pairOffset: Int) -> WordList { list(words, at: pairOffset) }

  /// The same for the pair at `offset` of a record.
  @inline(__always) func list(_ record: some LittleEndianLoads, at offset: Int) -> WordList {
    WordList(
      offset: sections.lists.offset &+ 4 &* Int(record.u32(offset)), count: Int(record.u32(offset &+ 4)))
  }
}
