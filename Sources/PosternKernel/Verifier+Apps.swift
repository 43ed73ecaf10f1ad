// Apps with their profiles and certificates, hosts, routes. Relies on names, grants, deny rules and code being checked.

extension Verifier {
  func checkProfiles() throws(BundleFault) {
    var record = sections.profiles.offset
    let end = record &+ sections.profiles.byteCount
    while record < end {
      let areLists =
        isNameList(record, .tenant) && isNameList(record &+ 8, .client)
        && isNameList(record &+ 16, .allowedDomain)
      try require(areLists, .profileList)
      try require(areTexts(record &+ 24) && areTexts(record &+ 32) && words.u64(record &+ 40) == 0, .profileTexts)
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
    let floor = CostFloor(self)
    var index = 0
    while index < sections.appCount {
      let line = sections.apps.offset &+ RecordSize.app &* index
      try checkApp(line)
      try checkAppRecord(sections.appRecords.offset &+ RecordSize.appRecord &* index)
      try checkCertificate(line, floor)
      index &+= 1
    }
  }

  private func checkApp(_ line: Int) throws(BundleFault) {
    let flags = words.u16(line &+ 4)
    let rowCount = Int(words.byte(line &+ 6))
    try require(flags <= 7 && rowCount <= BundleFormat.rowLimit && words.byte(line &+ 7) == 0, .appNumbers)
    let program = Int(words.u32(line))
    try require(program < sections.codeWordCount && isLabel(program), .appProgram)
    let providers = words.u64(line &+ 8)
    let known = sections.providerCount >= 64 ? UInt64.max : 1 << UInt64(sections.providerCount) &- 1
    try require(providers != 0 && providers & ~known == 0, .appProviders)
    var index = 0
    while index < BundleFormat.rowLimit {
      let row = words.u32(line &+ 16 &+ 4 &* index)
      try require(index < rowCount ? isRow(row) : row == BundleFormat.none, .appRows)
      index &+= 1
    }
    let denySet = words.u32(line &+ 48)
    let areInRange =
      (denySet == BundleFormat.none || Int(denySet) < sections.denySetCount)
      && Int(words.u32(line &+ 52)) < sections.profileCount && Int(words.u32(line &+ 60)) < sections.costCount
    try require(areInRange, .appReferences)
    let isPublic = flags & AppFlag.public != 0
    try require(isPublic == (words.u32(line &+ 56) != BundleFormat.none), .appPublic)
  }

  @inline(__always) private func isLabel(_ index: Int) -> Bool {
    words.byte(sections.code.offset &+ RecordSize.codeWord &* index) == Opcode.label.rawValue
  }

  /// The words that a label promises at most.
  @inline(__always) private func remainingWords(_ label: Int) -> UInt32 {
    words.u32(sections.code.offset &+ RecordSize.codeWord &* label &+ 4)
  }

  private func checkAppRecord(_ record: Int) throws(BundleFault) {
    try require(isText(at: record) && isText(at: record &+ 8) && isText(at: record &+ 16), .appRecordText)
    let clients = names(.client)
    let audience = words.u32(record &+ 24)
    let isSound = audience >= clients.first && audience < clients.end && words.u32(record &+ 28) == 0
    try require(isSound, .appRecordAudience)
  }

  // MARK: certificates

  /// The certificate of an app must state at least what docs/bundle-format.md, "Cost", counts.
  private func checkCertificate(_ line: Int, _ floor: CostFloor) throws(BundleFault) {
    let cost = sections.costs.offset &+ RecordSize.cost &* Int(words.u32(line &+ 60))
    let profile = sections.profiles.offset &+ RecordSize.profile &* Int(words.u32(line &+ 52))
    let depths = UInt64(words.byte(cost &+ 12))
    let longest = UInt64(words.u16(cost &+ 14))
    let wordCount = 2 &* UInt64(remainingWords(Int(words.u32(line))))
    let probes = 4 &+ 4 &* depths &+ 2 &* rowProbes(line) &+ listProbes(profile, floor)
    let bytes = CostFloor.fixedBytes &+ 4 &* depths &* longest &+ 2 &* excludeBytes(profile)
    let isTrue =
      UInt64(words.u32(cost)) >= wordCount && UInt64(words.u32(cost &+ 4)) >= probes
      && UInt64(words.u32(cost &+ 8)) >= bytes
    try require(isTrue, .certificateTooLow)
  }

  private func rowProbes(_ line: Int) -> UInt64 {
    var probes: UInt64 = 0
    var index = 0
    while index < Int(words.byte(line &+ 6)) {
      let header = sections.grants.offset &+ RecordSize.unit &* Int(words.u32(line &+ 16 &+ 4 &* index))
      let entryCount = UInt64(words.u32(header &+ 4))
      probes &+= entryCount <= UInt64(BundleFormat.walkLimit) ? entryCount : UInt64(BundleFormat.identityMemberLimit)
      index &+= 1
    }
    return probes
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

  /// Whether the certificate of `app` covers a host of so many route depths and so long a route.
  private func covers(_ app: UInt32, depthMask: UInt32, longest: UInt16) -> Bool {
    let line = sections.apps.offset &+ RecordSize.app &* Int(app)
    let cost = sections.costs.offset &+ RecordSize.cost &* Int(words.u32(line &+ 60))
    let depths = (depthMask & ~1).nonzeroBitCount
    return Int(words.byte(cost &+ 12)) >= depths && words.u16(cost &+ 14) >= longest
  }

  // MARK: hosts

  func checkHosts() throws(BundleFault) {
    var slot = 0
    while slot < Int(hostTable.slotCount) {
      let line = hostTable.slotsOffset &+ RecordSize.hostLine &* slot
      if words.byte(line &+ 6) & RouteFlag.inUse == 0 {
        try require(isZero(line, count: RecordSize.hostLine), .freeHostNotZero)
      } else {
        try checkHost(line, slot: slot)
      }
      slot &+= 1
    }
  }

  private func checkHost(_ line: Int, slot: Int) throws(BundleFault) {
    let flags = words.byte(line &+ 6)
    try require(flags <= 3 && words.byte(line &+ 7) == 0 && words.byte(line &+ 21) == 0, .hostFlags)
    let count = Int(words.u16(line &+ 4))
    let isInline = count <= BundleFormat.inlineHostByteCount
    let isSound =
      count > 0 && count <= Host.byteLimit
      && (isInline ? words.u32(line) == 0 : isText(offset: words.u32(line), byteCount: count))
      && isZero(line &+ 24 &+ (isInline ? count : 0), count: BundleFormat.inlineHostByteCount &- (isInline ? count : 0))
    try require(isSound, .hostText)
    try checkHostRoutes(line)
    let text = isInline ? line &+ 24 : sections.strings.offset &+ Int(words.u32(line))
    let context = PerfectHash.hostContext(isWildcard: flags & RouteFlag.wildcard != 0)
    let hash = hash(text, count: count, seed: hostTable.seed, context: context)
    try require(hostTable.slot(hash, words: words) == slot, .hostMisplaced)
  }

  private func checkHostRoutes(_ line: Int) throws(BundleFault) {
    let depthMask = words.u32(line &+ 8)
    let baseApp = words.u32(line &+ 12)
    let rootApp = words.u32(line &+ 16)
    let hasRoot = rootApp != BundleFormat.none
    let appCount = sections.appCount
    try require(Int(baseApp) < appCount && (!hasRoot || Int(rootApp) < appCount), .hostApps)
    let longest = words.u16(line &+ 22)
    let isSound =
      (depthMask & 1 == 1) == hasRoot && words.byte(line &+ 20) <= (hasRoot ? 1 : 0)
      && Int(longest) <= Path.byteLimit
    try require(isSound, .hostDepths)
    let isCovered =
      covers(baseApp, depthMask: depthMask, longest: longest)
      && (!hasRoot || covers(rootApp, depthMask: depthMask, longest: longest))
    try require(isCovered, .certificateTooLow)
  }

  // MARK: routes

  func checkRoutes() throws(BundleFault) {
    var slot = 0
    while slot < Int(routeTable.slotCount) {
      let record = routeTable.slotsOffset &+ RecordSize.route &* slot
      if words.byte(record &+ 6) & RouteFlag.inUse == 0 {
        try require(isZero(record, count: RecordSize.route), .freeRouteNotZero)
      } else {
        try checkRoute(record, slot: slot)
      }
      slot &+= 1
    }
  }

  private func checkRoute(_ record: Int, slot: Int) throws(BundleFault) {
    let count = Int(words.u16(record &+ 4))
    try require(isText(offset: words.u32(record), byteCount: count), .routeText)
    let depth = words.byte(record &+ 7)
    let app = words.u32(record &+ 12)
    let text = sections.strings.offset &+ Int(words.u32(record))
    let isSound =
      words.byte(record &+ 6) <= 3 && depth >= 1 && Int(depth) <= BundleFormat.routeDepthLimit
      && Int(app) < sections.appCount && segmentCount(text, count: count) == Int(depth)
    try require(isSound, .routeNumbers)
    let hostSlot = words.u32(record &+ 8)
    try require(hostSlot < hostTable.slotCount, .routeHost)
    let line = hostTable.slotsOffset &+ RecordSize.hostLine &* Int(hostSlot)
    let depthMask = words.u32(line &+ 8)
    let isOfHost =
      words.byte(line &+ 6) & RouteFlag.inUse != 0 && depthMask >> UInt32(depth) & 1 == 1
      && count <= Int(words.u16(line &+ 22))
    try require(isOfHost, .routeHost)
    try require(covers(app, depthMask: depthMask, longest: words.u16(line &+ 22)), .certificateTooLow)
    let hash = hash(text, count: count, seed: routeTable.seed, context: PerfectHash.routeContext(hostSlot: hostSlot))
    try require(routeTable.slot(hash, words: words) == slot, .routeMisplaced)
  }

  /// How many segments a route's path has; 0 where it does not begin with a slash or ends with one.
  private func segmentCount(_ offset: Int, count: Int) -> Int {
    if count < 2 || words.byte(offset) != UInt8(ascii: "/") { return 0 }
    if words.byte(offset &+ count &- 1) == UInt8(ascii: "/") { return 0 }
    var segments = 0
    var index = 0
    while index < count {
      if words.byte(offset &+ index) == UInt8(ascii: "/") { segments &+= 1 }
      index &+= 1
    }
    return segments
  }
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
