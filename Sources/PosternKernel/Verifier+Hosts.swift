// Hosts and routes. Relies on apps and certificates being checked.

extension Verifier {
  @inline(never)
  func checkHosts() throws(BundleFault) {
    let lines = Records<8>(words, hostTable.slotsOffset, count: Int(hostTable.slotCount))
    var slot = 0
    while slot < lines.count {
      if lines.word(slot, 0) >> 48 & UInt64(RouteFlag.inUse) == 0 {
        try require(isFree(lines, slot), .freeHostNotZero)
      } else {
        try checkHost(lines, slot)
      }
      slot &+= 1
    }
  }

  @inline(__always)
  private func isFree(_ lines: Records<8>, _ slot: Int) -> Bool {
    let first = lines.word(slot, 0) | lines.word(slot, 1) | lines.word(slot, 2) | lines.word(slot, 3)
    let last = lines.word(slot, 4) | lines.word(slot, 5) | lines.word(slot, 6) | lines.word(slot, 7)
    return first | last == 0
  }

  @inline(__always)
  private func checkHost(_ lines: Records<8>, _ slot: Int) throws(BundleFault) {
    let head = lines.word(slot, 0)
    // The flags are compared together with the reserved byte above them.
    try require(head >> 48 <= 3 && UInt8(truncatingIfNeeded: lines.word(slot, 2) >> 40) == 0, .hostFlags)
    let isWildcard = UInt8(truncatingIfNeeded: head >> 48) & RouteFlag.wildcard != 0
    let context = PerfectHash.hostContext(isWildcard: isWildcard)
    let count = Int(head.highHalf & 0xFFFF)
    let hash =
      count <= BundleFormat.inlineHostByteCount
      ? try inlineHostHash(lines, slot, count: count, context: context)
      : try longHostHash(lines, slot, count: count, context: context)
    try checkHostRoutes(lines.word(slot, 1), lines.word(slot, 2))
    try require(hostTable.slot(hash, words: words) == slot, .hostMisplaced)
  }

  /// The hash of a host that stands in its line, in the words from 3 on; what it does not fill is 0.
  @inline(__always)
  private func inlineHostHash(
    _ lines: Records<8>, _ slot: Int, count: Int, context: UInt64
  ) throws(BundleFault) -> UInt64 {
    var state = PerfectHash.start(seed: hostTable.seed, context: context)
    var word = 3
    let tailWord = 3 &+ count / 8
    while word < tailWord {
      state = PerfectHash.step(state, lines.word(slot, word))
      word &+= 1
    }
    let tail = word < 8 ? lines.word(slot, word) : 0
    var padding = tail >> UInt64(8 &* (count % 8))
    word &+= 1
    while word < 8 {
      padding |= lines.word(slot, word)
      word &+= 1
    }
    try require(count > 0 && lines.word(slot, 0).lowHalf == 0 && padding == 0, .hostText)
    return PerfectHash.finish(state, tail: tail, byteCount: count)
  }

  /// The hash of a host that stands in strings; the text of its line is 0.
  @inline(never)
  private func longHostHash(
    _ lines: Records<8>, _ slot: Int, count: Int, context: UInt64
  ) throws(BundleFault) -> UInt64 {
    let offset = lines.word(slot, 0).lowHalf
    let rest =
      lines.word(slot, 3) | lines.word(slot, 4) | lines.word(slot, 5) | lines.word(slot, 6) | lines.word(slot, 7)
    try require(count <= Host.byteLimit && isText(offset: offset, byteCount: count) && rest == 0, .hostText)
    return hash(sections.strings.offset &+ Int(offset), count: count, seed: hostTable.seed, context: context)
  }

  /// Checks what a host line says of routes: depths and base app, then the app of depth 0, its flags, the longest path.
  @inline(__always)
  private func checkHostRoutes(_ depths: UInt64, _ root: UInt64) throws(BundleFault) {
    let depthMask = depths.lowHalf
    let baseApp = depths.highHalf
    let rootApp = root.lowHalf
    let hasRoot = rootApp != BundleFormat.none
    let appCount = sections.appCount
    try require(Int(baseApp) < appCount && (!hasRoot || Int(rootApp) < appCount), .hostApps)
    let longest = UInt16(truncatingIfNeeded: root >> 48)
    let isSound =
      (depthMask & 1 == 1) == hasRoot && UInt8(truncatingIfNeeded: root >> 32) <= (hasRoot ? 1 : 0)
      && Int(longest) <= Path.byteLimit
    try require(isSound, .hostDepths)
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
    // Depth 0 has no route of its own to probe.
    let depths = depthMask < 2 ? 0 : (depthMask & ~1).nonzeroBitCount
    return Int(UInt8(truncatingIfNeeded: cost >> 32)) >= depths && cost >> 48 >= UInt64(longest)
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
