// Hosts and routes. Relies on apps and certificates being checked.

extension Verifier {
  @inline(never)
  func checkHosts() throws(BundleFault) {
    let lines = Records<8>(words, hostTable.slotsOffset, count: Int(hostTable.slotCount))
    let limits = HostLimits(self)
    var slot = 0
    while true {
      slot = endOfSoundHosts(lines, from: slot, limits)
      if slot == lines.count { return }
      if lines.word(slot, 0) & UInt64(HostFlag.inUse) << 8 == 0 {
        try require(isFree(lines, slot), .freeHostNotZero)
      } else {
        try checkHost(lines, slot, limits)
      }
      slot &+= 1
    }
  }

  /// Where the lines end that stand from `start` on and are free, or of a host as nearly every one is (a name of 17 to 32 bytes,
  /// with a route `/` and no other), and sound: at the end, or at a line that is to be looked at more closely.
  ///
  /// Out of line, so that nothing else wants its registers.
  @inline(never)
  private func endOfSoundHosts(_ lines: Records<8>, from start: Int, _ limits: HostLimits) -> Int {
    let table = hostTable
    let context = PerfectHash.hostContext(isWildcard: false)
    var slot = start
    while slot < lines.count {
      let head = lines.word(slot, 0)
      if head == 0 && isFree(lines, slot) {
        slot &+= 1
        continue
      }
      let count = Int(head & 0xFF)
      let flags = UInt8(truncatingIfNeeded: head >> 8) & (HostFlag.inUse | HostFlag.wildcard)
      let apps = lines.word(slot, 1)
      let isUsual =
        UInt(bitPattern: count &- 17) < 16 && flags == HostFlag.inUse && head.highHalf == 1
        && UInt16(truncatingIfNeeded: head >> 16) <= limits.longestOfEvery && apps.lowHalf < limits.appCount
        && apps.highHalf < limits.appCount
      if !isUsual { break }
      let text = lines.record(slot)
      let padding = text.u64(HostField.text &+ count) | text.u64(56) | (count > 24 ? 0 : text.u64(48))
      let first = PerfectHash.step(
        PerfectHash.start(seed: table.seed, context: context, byteCount: count), text.u64(HostField.text),
        text.u64(HostField.text &+ 8))
      let hash = PerfectHash.finish(
        first, text.u64(HostField.text &+ count &- 16), text.u64(HostField.text &+ count &- 8))
      if padding != 0 || table.slot(hash, words: words) != slot { break }
      slot &+= 1
    }
    return slot
  }

  @inline(__always)
  private func isFree(_ lines: Records<8>, _ slot: Int) -> Bool {
    let first = lines.word(slot, 0) | lines.word(slot, 1) | lines.word(slot, 2) | lines.word(slot, 3)
    let last = lines.word(slot, 4) | lines.word(slot, 5) | lines.word(slot, 6) | lines.word(slot, 7)
    return first | last == 0
  }

  @inline(__always)
  private func checkHost(_ lines: Records<8>, _ slot: Int, _ limits: HostLimits) throws(BundleFault) {
    let head = lines.word(slot, 0)
    let isWildcard = head & UInt64(HostFlag.wildcard) << 8 != 0
    let context = PerfectHash.hostContext(isWildcard: isWildcard)
    let count = Int(head & 0xFF)
    let hash =
      count <= BundleFormat.inlineHostByteCount
      ? try inlineHostHash(lines, slot, count: count, context: context)
      : try longHostHash(lines, slot, count: count, context: context)
    try checkHostRoutes(head, apps: lines.word(slot, 1), limits)
    try require(hostTable.slot(hash, words: words) == slot, .hostMisplaced)
  }

  /// The hash of a host that stands in its line, in the words from 3 on; what it does not fill is 0.
  @inline(__always)
  private func inlineHostHash(
    _ lines: Records<8>, _ slot: Int, count: Int, context: UInt64
  ) throws(BundleFault) -> UInt64 {
    var word = 3 &+ count / 8
    var padding = word < 8 ? lines.word(slot, word) >> UInt64(8 &* (count % 8)) : 0
    word &+= 1
    while word < 8 {
      padding |= lines.word(slot, word)
      word &+= 1
    }
    try require(count > 0 && padding == 0, .hostText)
    let text = hostTable.slotsOffset &+ RecordSize.hostLine &* slot &+ HostField.text
    return hash(text, count: count, seed: hostTable.seed, context: context)
  }

  /// The hash of a host that stands in strings; its line has the offset and then only 0.
  @inline(never)
  private func longHostHash(
    _ lines: Records<8>, _ slot: Int, count: Int, context: UInt64
  ) throws(BundleFault) -> UInt64 {
    let offset = lines.word(slot, 3).lowHalf
    let rest =
      UInt64(lines.word(slot, 3).highHalf) | lines.word(slot, 4) | lines.word(slot, 5) | lines.word(slot, 6)
      | lines.word(slot, 7)
    try require(count <= Host.byteLimit && isText(offset: offset, byteCount: count) && rest == 0, .hostText)
    return hash(sections.strings.offset &+ Int(offset), count: count, seed: hostTable.seed, context: context)
  }

  /// Checks what a host line says of routes: flags, longest path and depths, then the base app and the app of depth 0.
  @inline(__always)
  private func checkHostRoutes(_ head: UInt64, apps: UInt64, _ limits: HostLimits) throws(BundleFault) {
    let depthMask = head.highHalf
    let baseApp = apps.lowHalf
    let rootApp = apps.highHalf
    let hasRoot = rootApp != BundleFormat.none
    try require(baseApp < limits.appCount && (!hasRoot || rootApp < limits.appCount), .hostApps)
    let longest = UInt16(truncatingIfNeeded: head >> 16)
    let allowsEscapes = head & UInt64(HostFlag.rootAllowsEscapes) << 8 != 0
    let isSound =
      (depthMask & 1 == 1) == hasRoot && (hasRoot || !allowsEscapes) && Int(longest) <= Path.byteLimit
    try require(isSound, .hostDepths)
    if limits.areCovered(depthMask: depthMask, longest: longest) { return }
    let isCovered =
      covers(baseApp, depthMask: depthMask, longest: longest)
      && (!hasRoot || rootApp == baseApp || covers(rootApp, depthMask: depthMask, longest: longest))
    try require(isCovered, .certificateTooLow)
  }

  /// Whether the certificate of `app` covers a host of so many route depths and so long a route.
  @inline(__always)
  private func covers(_ app: UInt32, depthMask: UInt32, longest: UInt16) -> Bool {
    let index = words.u32(sections.apps.offset &+ RecordSize.app &* Int(app) &+ 60)
    let cost = words.u64(sections.costs.offset &+ RecordSize.cost &* Int(index) &+ 8)
    return Int(UInt8(truncatingIfNeeded: cost >> 32)) >= Self.routeDepths(depthMask) && cost >> 48 >= UInt64(longest)
  }

  /// How many depths of a mask have routes to probe: all but depth 0.
  @inline(__always) fileprivate static func routeDepths(_ depthMask: UInt32) -> Int {
    depthMask < 2 ? 0 : (depthMask & ~1).nonzeroBitCount
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
    let head = words.u64(record)
    let count = Int(head.highHalf & 0xFFFF)
    try require(isText(offset: head.lowHalf, byteCount: count), .routeText)
    let depth = Int(head >> 56)
    let place = words.u64(record &+ 8)
    let text = sections.strings.offset &+ Int(head.lowHalf)
    let isSound =
      UInt8(truncatingIfNeeded: head >> 48) <= 3 && depth >= 1 && depth <= BundleFormat.routeDepthLimit
      && Int(place.highHalf) < sections.appCount && segmentCount(text, count: count) == depth
    try require(isSound, .routeNumbers)
    let hostSlot = place.lowHalf
    try require(hostSlot < hostTable.slotCount, .routeHost)
    try checkRouteHost(hostSlot, app: place.highHalf, depth: depth, count: count)
    let hash = hash(text, count: count, seed: routeTable.seed, context: PerfectHash.routeContext(hostSlot: hostSlot))
    try require(routeTable.slot(hash, words: words) == slot, .routeMisplaced)
  }

  /// Checks that a route's host knows of it, and that its app's certificate covers the host.
  @inline(__always)
  private func checkRouteHost(_ slot: UInt32, app: UInt32, depth: Int, count: Int) throws(BundleFault) {
    let line = Line(words, hostTable.slotsOffset &+ RecordSize.hostLine &* Int(slot))
    let depthMask = line.u32(HostField.depthMask)
    let longest = line.u16(HostField.longestRoute)
    let isOfHost =
      line.byte(HostField.flags) & HostFlag.inUse != 0 && depthMask &>> UInt32(truncatingIfNeeded: depth) & 1 == 1
      && count <= Int(longest)
    try require(isOfHost, .routeHost)
    // The certificate of the host's base app was held against the same numbers with the host.
    let isCovered = app == line.u32(HostField.baseApp) || covers(app, depthMask: depthMask, longest: longest)
    try require(isCovered, .certificateTooLow)
  }

  /// How many segments a route's path has; 0 where it does not begin with a slash or ends with one.
  private func segmentCount(_ offset: Int, count: Int) -> Int {
    if count < 2 || words.byte(offset) != UInt8(ascii: "/") { return 0 }
    if words.byte(offset &+ count &- 1) == UInt8(ascii: "/") { return 0 }
    var segments = 0
    var index = 0
    while index < count {
      segments &+= Self.slashCount(words.word(offset &+ index, count: count &- index))
      index &+= 8
    }
    return segments
  }

  /// How many of the 8 bytes are slashes.
  @inline(__always) private static func slashCount(_ word: UInt64) -> Int {
    let sevenBits: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let difference = word ^ 0x2F2F_2F2F_2F2F_2F2F
    // A byte's highest bit stays 0 where the byte differs in nothing: no sum carries into the next byte.
    return (~((difference & sevenBits) &+ sevenBits | difference | sevenBits)).nonzeroBitCount
  }
}

/// What a host may refer to and cost: the number of apps, and what every certificate covers, whatever the app. Apps lie far
/// apart in memory; a host that needs no more than that is not worth a look at its app.
private struct HostLimits {
  let appCount: UInt32
  private var depths = Int.max
  private var longest = UInt16.max

  init(_ verifier: Verifier) {
    appCount = UInt32(clamping: verifier.sections.appCount)
    var cost = verifier.sections.costs.offset
    while cost < verifier.sections.costs.offset &+ verifier.sections.costs.byteCount {
      depths = min(depths, Int(verifier.words.byte(cost &+ 12)))
      longest = min(longest, verifier.words.u16(cost &+ 14))
      cost &+= RecordSize.cost
    }
  }

  /// The longest route that every certificate covers, and that there may be.
  @inline(__always) var longestOfEvery: UInt16 { min(longest, UInt16(Path.byteLimit)) }

  /// Whether every certificate covers a host of so many route depths and so long a route.
  @inline(__always) func areCovered(depthMask: UInt32, longest: UInt16) -> Bool {
    Verifier.routeDepths(depthMask) <= depths && longest <= self.longest
  }
}
