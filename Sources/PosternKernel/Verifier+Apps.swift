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
    var index = 0
    while index < lines.count {
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
      index &+= 1
    }
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
