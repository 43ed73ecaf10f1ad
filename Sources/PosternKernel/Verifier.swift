// The proof that a file cannot misbehave, whoever made it: one linear pass in constant memory. The order matters: what a
// later check reads, an earlier one has put in bounds; each file names what it may rely on.

extension Bundle {
  /// Verifies `words` and opens the bundle that lies there.
  ///
  /// - Throws: the first rule of docs/bundle-format.md that the bytes break.
  public init(verifying words: Words) throws(BundleFault) {
    let verifier = try Verifier(words: words)
    try verifier.checkGrants()
    try verifier.checkAllButGrants()
    self.init(verifier)
  }

  /// The same in two halves, which `run` calls, at once if it can, and whose faults it returns in their order.
  ///
  /// - Throws: the first rule that the bytes break, as if one half had come after the other: the second looks at rows only where
  ///   it has compared their bounds itself.
  package init(
    verifying words: Words,
    sideBySide run: (
      _ grants: @Sendable () -> BundleFault?, _ rest: @Sendable () -> BundleFault?
    ) -> (BundleFault?, BundleFault?)
  ) throws(BundleFault) {
    let verifier = try Verifier(words: words)
    let faults = run({ verifier.faultOfGrants }, { verifier.faultOfAllButGrants })
    if let fault = faults.0 ?? faults.1 { throw fault }
    self.init(verifier)
  }

  private init(_ verifier: Verifier) {
    self.init(
      words: verifier.words, sections: verifier.sections,
      tables: (names: verifier.nameTable, hosts: verifier.hostTable, routes: verifier.routeTable))
  }
}

extension Verifier {
  /// What comes after the grants.
  fileprivate func checkAllButGrants() throws(BundleFault) {
    try checkNames()
    try checkProviders()
    try checkAttributes()
    try checkDenyRules()
    try checkConditionals()
    try checkPropagation()
    try checkOAuthClients()
    try checkProfiles()
    try checkApps()
    try checkOrganizationRow()
    try checkHosts()
    try checkRoutes()
  }

  fileprivate var faultOfGrants: BundleFault? {
    do throws(BundleFault) {
      try checkGrants()
      return nil
    } catch {
      return error
    }
  }

  fileprivate var faultOfAllButGrants: BundleFault? {
    do throws(BundleFault) {
      try checkAllButGrants()
      return nil
    } catch {
      return error
    }
  }
}

/// What is known of a file while it is being verified.
struct Verifier {
  let words: Words
  var sections = Sections()
  var nameTable = PerfectTable()
  var hostTable = PerfectTable()
  var routeTable = PerfectTable()
  /// Names of kind k are those from `kindStarts[k]` to `kindStarts[k + 1]`.
  var kindStarts = InlineArray<13, UInt32>(repeating: 0)

  @inline(__always) func require(_ holds: Bool, _ fault: BundleFault) throws(BundleFault) {
    if !holds { throw fault }
  }

  /// Reads the header and the section table, and checks what is small and all else relies on.
  init(words: Words) throws(BundleFault) {
    self.words = words
    try require(words.byteCount >= BundleFormat.headerByteCount, .tooShort)
    try require(words.u64(0) == BundleFormat.magic, .notABundle)
    let isReadable = words.u16(8) == BundleFormat.version && words.u16(10) <= BundleFormat.version
    try require(isReadable, .unsupportedVersion)
    try require(words.u64(24) == UInt64(words.byteCount), .wrongByteCount)
    let count = Int(words.u32(12))
    try require(count <= BundleFormat.sectionLimit, .tooManySections)
    let end = BundleFormat.headerByteCount &+ count &* BundleFormat.tableEntryByteCount
    try require(end <= words.byteCount, .sectionTableOutOfBounds)
    try readSections(count: count, tableEnd: end)
    nameTable = try perfectTable(sections.nameTable, slotByteCount: 4)
    hostTable = try perfectTable(sections.hosts, slotByteCount: RecordSize.hostLine)
    routeTable = try perfectTable(sections.routes, slotByteCount: RecordSize.route)
    try checkOrganization()
    try checkAutomata()
    try checkZones()
    try checkCode()
  }

  // MARK: sections

  private mutating func readSections(count: Int, tableEnd: Int) throws(BundleFault) {
    var previousID: UInt32 = 0
    var previousEnd = tableEnd
    var requiredCount: UInt32 = 0
    var index = 0
    while index < count {
      let entry = BundleFormat.headerByteCount &+ index &* BundleFormat.tableEntryByteCount
      let id = words.u32(entry)
      try require(id > previousID, .sectionsOutOfOrder)
      let section = try bounds(entry, previousEnd: previousEnd)
      try requireZero(from: previousEnd, to: section.offset)
      try place(section, id: id, flags: words.u32(entry &+ 4))
      if id <= SectionID.lastRequired { requiredCount &+= 1 }
      previousID = id
      previousEnd = section.offset &+ section.byteCount
      index &+= 1
    }
    try require(requiredCount == SectionID.lastRequired, .missingSection)
    try require(words.byteCount &- previousEnd < BundleFormat.sectionAlignment, .sectionOutOfBounds)
    try requireZero(from: previousEnd, to: words.byteCount)
  }

  private func bounds(_ entry: Int, previousEnd: Int) throws(BundleFault) -> Section {
    let offset = words.u64(entry &+ 8)
    let byteCount = words.u64(entry &+ 16)
    try require(offset % UInt64(BundleFormat.sectionAlignment) == 0, .sectionMisaligned)
    let fileByteCount = UInt64(words.byteCount)
    let isInside = offset >= UInt64(previousEnd) && offset <= fileByteCount && byteCount <= fileByteCount &- offset
    try require(isInside, .sectionOutOfBounds)
    return Section(offset: Int(offset), byteCount: Int(byteCount))
  }

  private func requireZero(from start: Int, to end: Int) throws(BundleFault) {
    try require(end &- start < BundleFormat.sectionAlignment, .sectionOutOfBounds)
    var offset = start
    while offset < end {
      try require(words.byte(offset) == 0, .paddingNotZero)
      offset &+= 1
    }
  }

  /// Keeps a section that the kernel reads, once its size is a whole number of records.
  private mutating func place(_ section: Section, id: UInt32, flags: UInt32) throws(BundleFault) {
    try require(flags <= 1, .sectionFlags)
    let isKnown =
      id <= SectionID.oauthClients.rawValue
      || (id >= SectionID.source.rawValue && id <= SectionID.signature.rawValue)
    try require(isKnown || flags == 0, .unknownRequiredSection)
    try require(id > SectionID.lastRequired || flags == 1, .sectionFlags)
    try require(section.byteCount % Self.recordByteCount(id) == 0, .partialRecord)
    switch SectionID(id) {
    case .strings: sections.strings = section
    case .organization: sections.organization = section
    case .providers: sections.providers = section
    case .attributes: sections.attributes = section
    case .names: sections.names = section
    case .nameTable: sections.nameTable = section
    case .memberships: sections.memberships = section
    case .hosts: sections.hosts = section
    case .routes: sections.routes = section
    case .apps: sections.apps = section
    case .appRecords: sections.appRecords = section
    case .grants: sections.grants = section
    case .denyRules: sections.denyRules = section
    case .denyMembers: sections.denyMembers = section
    case .denySets: sections.denySets = section
    case .profiles: sections.profiles = section
    case .lists: sections.lists = section
    case .code: sections.code = section
    case .costs: sections.costs = section
    case .conditionals: sections.conditionals = section
    case .automata: sections.automata = section
    case .zones: sections.zones = section
    case .propagation: sections.propagation = section
    case .oauthClients: sections.oauthClients = section
    default: break
    }
  }

  /// The byte count that a section's must be a multiple of.
  private static func recordByteCount(_ id: UInt32) -> Int {
    switch SectionID(id) {
    case .organization: RecordSize.organization
    case .providers: RecordSize.provider
    case .attributes, .code, .costs, .conditionals: RecordSize.codeWord
    case .names, .denyRules, .denySets: RecordSize.name
    case .memberships, .denyMembers, .lists, .automata, .zones: 4
    case .apps: RecordSize.app
    case .grants: RecordSize.unit
    case .profiles: RecordSize.profile
    case .propagation: RecordSize.propagation
    case .oauthClients: RecordSize.oauthClient
    default: 1
    }
  }

  // MARK: parts that every check uses

  /// The header of a perfect table whose pilots and slots fill its section.
  private func perfectTable(_ section: Section, slotByteCount: Int) throws(BundleFault) -> PerfectTable {
    try require(section.byteCount >= 16, .tableHeader)
    var table = PerfectTable()
    table.seed = words.u64(section.offset)
    table.slotCount = words.u32(section.offset &+ 8)
    table.pilotCount = words.u32(section.offset &+ 12)
    if table.slotCount == 0 {
      try require(table.seed == 0 && table.pilotCount == 0 && section.byteCount == 16, .tableHeader)
      return table
    }
    try require(table.pilotCount > 0, .tableHeader)
    let alignment = BundleFormat.sectionAlignment
    let pilotsEnd = 16 &+ 2 &* Int(table.pilotCount)
    let slotsStart = (pilotsEnd &+ alignment &- 1) / alignment &* alignment
    try require(
      section.byteCount == slotsStart &+ slotByteCount &* Int(table.slotCount), .tableHeader)
    table.pilotsOffset = section.offset &+ 16
    table.slotsOffset = section.offset &+ slotsStart
    try checkPilots(table, end: section.offset &+ pilotsEnd)
    return table
  }

  private func checkPilots(_ table: PerfectTable, end: Int) throws(BundleFault) {
    try require(arePilots(from: table.pilotsOffset, to: end), .tablePilot)
    try require(isZero(end, count: table.slotsOffset &- end), .tablePadding)
  }

  /// Whether the u16 words from `start` up to `end` are pilots: none of them is 0xFFFF.
  func arePilots(from start: Int, to end: Int) -> Bool {
    var offset = start
    while offset < end {
      // Four at a time: a u16 word of all ones is one of zeroes in the complement, and less 1 borrows its highest bit.
      let complement = ~words.word(offset, count: end &- offset)
      if (complement &- 0x0001_0001_0001_0001) & ~complement & 0x8000_8000_8000_8000 != 0 { return false }
      offset &+= 8
    }
    return true
  }

  /// Whether u32 offset and u32 byte count at `record` stay inside the strings.
  @inline(__always) func isText(at record: Int) -> Bool {
    isText(offset: words.u32(record), byteCount: Int(words.u32(record &+ 4)))
  }

  /// The same for a pair that was read as one word.
  @inline(__always) func isText(_ pair: UInt64) -> Bool {
    isText(offset: pair.lowHalf, byteCount: Int(pair.highHalf))
  }

  @inline(__always) func isText(offset: UInt32, byteCount: Int) -> Bool {
    Int(offset) &+ byteCount <= sections.strings.byteCount
  }

  /// Whether the `count` bytes from `offset` are all 0.
  func isZero(_ offset: Int, count: Int) -> Bool {
    var index = 0
    while index < count {
      if words.word(offset &+ index, count: count &- index) != 0 { return false }
      index &+= 8
    }
    return true
  }

  /// Whether u32 start and u32 count at `pair` stay inside a section of u32 words, `wordsAnItem` words an item.
  @inline(__always) func isRange(_ pair: Int, in section: Section, wordsAnItem: Int = 1) -> Bool {
    Int(words.u32(pair)) &+ Int(words.u32(pair &+ 4)) &* wordsAnItem <= section.byteCount / 4
  }

  /// Whether the list at `pair` ascends and holds only names from `first` up to `end`.
  func isAscendingList(_ pair: Int, in section: Section, from first: UInt32, to end: UInt32) -> Bool {
    let start = section.offset &+ 4 &* Int(words.u32(pair))
    let count = Int(words.u32(pair &+ 4))
    var least = first
    var index = 0
    while index < count {
      let value = words.u32(start &+ 4 &* index)
      if value < least || value >= end { return false }
      least = value &+ 1
      index &+= 1
    }
    return true
  }

  /// The range of names of a kind.
  @inline(__always) func names(_ kind: NameKind) -> (first: UInt32, end: UInt32) {
    (kindStarts[Int(kind.rawValue)], kindStarts[Int(kind.rawValue) &+ 1])
  }

  /// Names that an identity can hold stand before this index.
  @inline(__always) var memberEnd: UInt32 { kindStarts[NameKind.memberCount] }
}
