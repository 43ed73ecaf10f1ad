// Apps with their profiles and certificates. Relies on names, grants, deny rules and code being checked.

extension Verifier {
  func checkProfiles() throws(BundleFault) {
    var record = sections.profiles.offset
    let end = record &+ sections.profiles.byteCount
    while record < end {
      let areLists =
        isNameList(record, .tenant) && isNameList(record &+ 8, .client)
        && isNameList(record &+ 16, .allowedDomain)
      try require(areLists, .profileList)
      let hasTexts = areTexts(record &+ 24) && areTexts(record &+ 32) && isText(words.u64(record &+ 52))
      try require(hasTexts, .profileTexts)
      try require(isPropagation(record &+ 40), .profilePropagation)
      try require(isZero(record &+ 60, count: 4), .profileReserved)
      record &+= RecordSize.profile
    }
    var cost = sections.costs.offset
    while cost < sections.costs.offset &+ sections.costs.byteCount {
      try require(words.byte(cost &+ 13) == 0, .certificateReserved)
      cost &+= RecordSize.cost
    }
  }

  private func isNameList(_ pair: Int, _ kind: NameKind) -> Bool {
    let range = names(kind)
    return isRange(pair, in: sections.lists)
      && isAscendingList(pair, in: sections.lists, from: range.first, to: range.end)
  }

  // MARK: apps

  func checkApps() throws(BundleFault) {
    try require(sections.appRecords.byteCount == RecordSize.appRecord &* sections.appCount, .organizationCounts)
    let lines = Records<8>(words, sections.apps)
    let records = Records<2>(words, sections.appRecords)
    let limits = AppLimits(self)
    let floor = CostFloor(self)
    var bound = CertificateBound()
    var deny = DenyUsage()
    var before = AppPattern()
    var other = AppPattern()
    var index = 0
    while index < lines.count {
      index = endOfSoundApps(lines, records, from: index, like: before, limits)
      if index == lines.count { break }
      swap(&before, &other)
      let end = endOfSoundApps(lines, records, from: index, like: before, limits)
      if end == index { before = try checkWhole(lines, records, index, limits, floor, &bound, &deny) }
      index = max(end, index &+ 1)
    }
  }

  /// Where the apps end that stand from `start` on, differ from one that was checked in their programs, rows and records alone,
  /// and are sound: at the end, or at an app that is to be looked at more closely.
  ///
  /// Out of line, so that nothing else wants its registers.
  @inline(never)
  private func endOfSoundApps(
    _ lines: Records<8>, _ records: Records<2>, from start: Int, like before: AppPattern, _ limits: AppLimits
  ) -> Int {
    let units = Records<1>(words, sections.grants)
    var app = start
    while app < lines.count {
      let head = lines.word(app, 0)
      if !before.matches(head, providers: lines.word(app, 1), lines.word(app, 6), lines.word(app, 7)) { break }
      let program = Int(head.lowHalf)
      if program >= limits.codeWordCount { break }
      let label = words.u64(sections.code.offset &+ RecordSize.codeWord &* program)
      if UInt8(truncatingIfNeeded: label) != Opcode.label.rawValue || label.highHalf > before.wordCount { break }
      let probeCount = probeCount(ofRows: lines, app, count: before.rowCount, units)
      let record = (text: records.word(app, 0), last: records.word(app, 1))
      let isSound =
        before.endsRows(lines.word(app, 2), lines.word(app, 3), lines.word(app, 4), lines.word(app, 5))
        && probeCount <= before.probeCount && isText(record.text)
        && UInt64(record.last.lowHalf) &- limits.clientStart < limits.clientCount
        && record.last.highHalf == BundleFormat.none
      if !isSound { break }
      app &+= 1
    }
    return app
  }

  /// The probes that the first rows of an app cost; more than any certificate grants where one is no row.
  @inline(__always)
  private func probeCount(ofRows lines: Records<8>, _ app: Int, count: Int, _ units: Records<1>) -> UInt64 {
    var probeCount: UInt64 = 0
    var row = 0
    while row < count {
      let unit = Int(lines.half(app, 4 &+ row))
      if unit >= units.count { return .max }
      let header = units.word(unit)
      if header.lowHalf != BundleFormat.rowMarker { return .max }
      probeCount &+= Self.probes(entryCount: header.highHalf)
      row &+= 1
    }
    return probeCount
  }

  /// Checks an app; returns what others may have in common with it.
  @inline(never)
  private func checkWhole(
    _ lines: Records<8>, _ records: Records<2>, _ index: Int, _ limits: AppLimits, _ floor: CostFloor,
    _ bound: inout CertificateBound, _ deny: inout DenyUsage
  ) throws(BundleFault) -> AppPattern {
    var usage = try checkApp(lines, index, limits)
    let conditions = try checkAppRecord(records, index, limits)
    try require(usage.isConditional == (conditions != BundleFormat.none), .appConditionals)
    if usage.isConditional { try usage.add(conditionCost(ofRun: conditions)) }
    let denySet = lines.word(index, 6).lowHalf
    if denySet != deny.set { deny = denyUsage(ofSet: denySet) }
    usage.wordCount &+= deny.wordCount
    let references = (profile: lines.word(index, 6).highHalf, cost: lines.word(index, 7).highHalf)
    if references != (bound.profile, bound.cost) {
      bound = try certificateBound(profile: references.profile, cost: references.cost, floor)
    }
    try require(usage.excludesActivity == bound.hasExcludes, .appActivity)
    let asksForTenant =
      usage.providers & limits.tenantProviders != 0
      || (bound.hasTenants && usage.providers & limits.identityPlatforms != 0)
    try require(usage.asksForTenant == asksForTenant, .appTenants)
    try require(usage.wordCount <= UInt64(bound.wordCount) && usage.probeCount <= bound.rowProbes, .certificateTooLow)
    if usage.isConditional { return AppPattern() }
    return AppPattern(
      lines, index, wordCount: UInt64(bound.wordCount) &- deny.wordCount, probeCount: bound.rowProbes)
  }

  /// Checks the line of an app; returns what its program and its rows cost.
  @inline(__always)
  private func checkApp(_ lines: Records<8>, _ app: Int, _ limits: AppLimits) throws(BundleFault) -> AppUsage {
    let head = lines.word(app, 0)
    let flags = UInt16(truncatingIfNeeded: head >> 32)
    let rowCount = Int(truncatingIfNeeded: head >> 48)
    // The row count is compared together with the reserved byte above it.
    try require(flags <= AppFlag.all && rowCount <= BundleFormat.rowLimit, .appNumbers)
    let program = Int(head.lowHalf)
    try require(program < limits.codeWordCount, .appProgram)
    let label = words.u64(sections.code.offset &+ RecordSize.codeWord &* program)
    try require(UInt8(truncatingIfNeeded: label) == Opcode.label.rawValue, .appProgram)
    let providers = lines.word(app, 1)
    try require(providers != 0 && providers & limits.unknownProviders == 0, .appProviders)
    let probeCount = try checkRows(lines, app, rowCount: rowCount, limits)
    try checkReferences(denySet: lines.word(app, 6), cost: lines.word(app, 7), limits)
    let isPublic = flags & AppFlag.public != 0
    try require(isPublic == (lines.word(app, 7).lowHalf != BundleFormat.none), .appPublic)
    return AppUsage(
      wordCount: UInt64(label.highHalf), probeCount: probeCount, providers: providers, flags: flags)
  }

  /// What the conditions of a set's deny rules cost; of no set, nothing.
  private func denyUsage(ofSet set: UInt32) -> DenyUsage {
    var usage = DenyUsage(set: set)
    if set == BundleFormat.none { return usage }
    var rule = 0
    while rule < sections.denyRuleCount {
      let word = words.u32(sections.denySets.offset &+ RecordSize.denySet &* Int(set) &+ 4 &* (rule >> 5))
      let condition = words.u32(sections.denyRules.offset &+ RecordSize.denyRule &* rule &+ 20)
      if word >> UInt32(rule & 31) & 1 == 1 && condition != BundleFormat.none {
        usage.wordCount &+= UInt64(wordCount(ofCondition: condition))
      }
      rule &+= 1
    }
    return usage
  }

  /// Checks the rows of an app, which fill the words 2 to 5 of its line; returns the probes that they cost.
  @inline(__always)
  private func checkRows(
    _ lines: Records<8>, _ app: Int, rowCount: Int, _ limits: AppLimits
  ) throws(BundleFault) -> UInt64 {
    var probeCount: UInt64 = 0
    var index = 0
    while index < rowCount {
      let row = lines.half(app, 4 &+ index)
      try require(Int(row) < limits.unitCount, .appRows)
      let header = words.u64(sections.grants.offset &+ RecordSize.unit &* Int(row))
      try require(header.lowHalf == BundleFormat.rowMarker, .appRows)
      probeCount &+= Self.probes(entryCount: header.highHalf)
      index &+= 1
    }
    if index % 2 == 1 {
      try require(lines.half(app, 4 &+ index) == BundleFormat.none, .appRows)
      index &+= 1
    }
    while index < BundleFormat.rowLimit {
      try require(lines.word(app, 2 &+ index / 2) == UInt64.max, .appRows)
      index &+= 2
    }
    return probeCount
  }

  @inline(__always) static func probes(entryCount: UInt32) -> UInt64 {
    entryCount <= UInt32(BundleFormat.walkLimit) ? UInt64(entryCount) : UInt64(BundleFormat.identityMemberLimit)
  }

  /// Checks deny set and profile, which are one word of a line, and the certificate in the upper half of the next.
  @inline(__always)
  private func checkReferences(denySet word: UInt64, cost: UInt64, _ limits: AppLimits) throws(BundleFault) {
    let areInRange =
      (word.lowHalf == BundleFormat.none || Int(word.lowHalf) < limits.denySetCount)
      && Int(word.highHalf) < limits.profileCount && Int(cost.highHalf) < limits.costCount
    try require(areInRange, .appReferences)
  }

  /// Checks the record of an app; returns where its conditional bindings begin.
  @inline(__always)
  private func checkAppRecord(_ records: Records<2>, _ app: Int, _ limits: AppLimits) throws(BundleFault) -> UInt32 {
    try require(isText(records.word(app, 0)), .appRecordText)
    let last = records.word(app, 1)
    try require(UInt64(last.lowHalf) &- limits.clientStart < limits.clientCount, .appRecordAudience)
    return last.highHalf
  }

  // MARK: certificates

  /// What the certificate at index `cost` leaves to the rows of an app with this profile, once it has stated at least what
  /// docs/bundle-format.md, "Cost", counts of everything else.
  @inline(never)
  private func certificateBound(
    profile index: UInt32, cost costIndex: UInt32, _ floor: CostFloor
  ) throws(BundleFault) -> CertificateBound {
    let cost = sections.costs.offset &+ RecordSize.cost &* Int(costIndex)
    let profile = sections.profiles.offset &+ RecordSize.profile &* Int(index)
    let depths = UInt64(words.byte(cost &+ 12))
    let longest = UInt64(words.u16(cost &+ 14))
    let fixedProbes = 4 &+ 4 &* depths &+ listProbes(profile, floor)
    let probes = UInt64(words.u32(cost &+ 4))
    let bytes = CostFloor.fixedBytes &+ 4 &* depths &* longest &+ 2 &* excludeBytes(profile)
    try require(probes >= fixedProbes && UInt64(words.u32(cost &+ 8)) >= bytes, .certificateTooLow)
    return CertificateBound(
      profile: index, cost: costIndex, wordCount: words.u32(cost) / 2, rowProbes: (probes &- fixedProbes) / 2,
      hasTenants: words.u32(profile &+ 4) != 0, hasExcludes: words.u32(profile &+ 28) != 0)
  }

  private func listProbes(_ profile: Int, _ floor: CostFloor) -> UInt64 {
    max(floor.tenantProbes, Self.bitWidth(words.u32(profile &+ 4)))
      &+ 2 &* Self.bitWidth(words.u32(profile &+ 12)) &+ Self.bitWidth(words.u32(profile &+ 20))
  }

  static func bitWidth(_ count: UInt32) -> UInt64 { UInt64(UInt32.bitWidth &- count.leadingZeroBitCount) }

  private func excludeBytes(_ profile: Int) -> UInt64 {
    var bytes: UInt64 = 0
    var pair = sections.lists.offset &+ 4 &* Int(words.u32(profile &+ 24))
    let end = pair &+ 8 &* Int(words.u32(profile &+ 28))
    while pair < end {
      bytes &+= UInt64(words.u32(pair &+ 4))
      pair &+= 8
    }
    return bytes
  }
}

/// What the references of an app may be.
private struct AppLimits {
  let codeWordCount: Int
  let unitCount: Int
  let denySetCount: Int
  let profileCount: Int
  let costCount: Int
  let unknownProviders: UInt64
  /// The providers that have tenants.
  private(set) var tenantProviders: UInt64 = 0
  private(set) var identityPlatforms: UInt64 = 0
  let clientStart: UInt64
  let clientCount: UInt64

  init(_ verifier: Verifier) {
    codeWordCount = verifier.sections.codeWordCount
    unitCount = verifier.sections.unitCount
    denySetCount = verifier.sections.denySetCount
    profileCount = verifier.sections.profileCount
    costCount = verifier.sections.costCount
    let providerCount = verifier.sections.providerCount
    unknownProviders = providerCount >= 64 ? 0 : UInt64.max << UInt64(providerCount)
    let clients = verifier.names(.client)
    clientStart = UInt64(clients.first)
    clientCount = UInt64(clients.end &- clients.first)
    var provider = 0
    while provider < providerCount {
      let record = Line(verifier.words, verifier.sections.providers.offset &+ RecordSize.provider &* provider)
      let bit: UInt64 = 1 << UInt64(provider)
      if record.u32(36) != 0 { tenantProviders |= bit }
      if record.byte(24) == ProviderSource.identityPlatform { identityPlatforms |= bit }
      provider &+= 1
    }
  }
}

/// What an app's program and rows cost: the words that its label promises, and the probes of a walk through its rows.
private struct AppUsage {
  var wordCount: UInt64
  var probeCount: UInt64
  let providers: UInt64
  let flags: UInt16

  var isConditional: Bool { flags & AppFlag.conditional != 0 }
  var asksForTenant: Bool { flags & AppFlag.asksForTenant != 0 }
  var excludesActivity: Bool { flags & AppFlag.excludesActivity != 0 }

  mutating func add(_ conditions: (wordCount: UInt64, probeCount: UInt64)) {
    wordCount &+= conditions.wordCount
    probeCount &+= conditions.probeCount
  }
}

/// The words of the conditions of a deny set's rules. Most apps share the set with the app before.
private struct DenyUsage {
  var set = BundleFormat.none
  var wordCount: UInt64 = 0
}

/// What an app that was checked has in common with most others, and what it leaves to their programs and rows. The first has
/// something in common with none, for a label promises at least one word.
private struct AppPattern {
  /// Flags, row count and reserved byte.
  private var head: UInt32 = 0
  private var providers: UInt64 = 0
  /// Deny set and profile, then public binding and certificate.
  private var references: UInt64 = 0
  private var last: UInt64 = 0
  /// All ones where a word of the rows has an app's row.
  private var rows: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  private(set) var wordCount: UInt64 = 0
  private(set) var probeCount: UInt64 = 0

  init() {}

  init(_ lines: Records<8>, _ app: Int, wordCount: UInt64, probeCount: UInt64) {
    head = lines.word(app, 0).highHalf
    providers = lines.word(app, 1)
    references = lines.word(app, 6)
    last = lines.word(app, 7)
    rows = (rows(inWord: 0), rows(inWord: 1), rows(inWord: 2), rows(inWord: 3))
    self.wordCount = wordCount
    self.probeCount = probeCount
  }

  var rowCount: Int { Int(head >> 16) }

  private func rows(inWord word: Int) -> UInt64 {
    let count = min(max(rowCount &- 2 &* word, 0), 2)
    return count == 0 ? 0 : UInt64.max >> UInt64(64 &- 32 &* count)
  }

  @inline(__always)
  func matches(_ head: UInt64, providers: UInt64, _ references: UInt64, _ last: UInt64) -> Bool {
    let difference =
      UInt64(head.highHalf ^ self.head) | (providers ^ self.providers) | (references ^ self.references)
      | (last ^ self.last)
    return difference == 0
  }

  /// Whether the words of an app's rows are NONE where it has none.
  @inline(__always) func endsRows(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) -> Bool {
    (first | rows.0) & (second | rows.1) & (third | rows.2) & (fourth | rows.3) == UInt64.max
  }
}

/// The words and the probes that a certificate leaves to the programs and rows of apps with one profile. Most apps share
/// both with the app before; the first finds a bound that admits no app, for a label promises at least one word.
private struct CertificateBound {
  var profile = BundleFormat.none
  var cost = BundleFormat.none
  var wordCount: UInt32 = 0
  var rowProbes: UInt64 = 0
  /// What the profile lists.
  var hasTenants = false
  var hasExcludes = false
}

/// What every certificate must count, whatever the app.
struct CostFloor {
  /// Method, host three times, path twice, query, two headers read whole, the rest: docs/bundle-format.md, "Cost".
  static let fixedBytes: UInt64 = 64 + 3 * 253 + 2 * 8_192 + 16_384 + 2 * 8_192 + 64

  /// Of the provider with the most tenants.
  var tenantProbes: UInt64 = 0

  init(_ verifier: Verifier) {
    var record = verifier.sections.providers.offset
    while record < verifier.sections.providers.offset &+ verifier.sections.providers.byteCount {
      tenantProbes = max(tenantProbes, Verifier.bitWidth(verifier.words.u32(record &+ 36)))
      record &+= RecordSize.provider
    }
  }
}
