// From host and path to an app: one exact look-up for the host (a second for a wildcard), then the longest prefix by whole
// segments. Every look-up compares the whole text; the hash only says where.

/// The line of a known host.
struct HostLine {
  let line: Line
  let slot: UInt32

  @inline(__always) var depthMask: UInt32 { line.u32(HostField.depthMask) }
  @inline(__always) var baseApp: UInt32 { line.u32(HostField.baseApp) }
  @inline(__always) var rootApp: UInt32 { line.u32(HostField.rootApp) }
  @inline(__always) var rootAllowsEscapes: Bool { line.byte(HostField.flags) & HostFlag.rootAllowsEscapes != 0 }
  @inline(__always) var longestRouteByteCount: Int { Int(line.u16(HostField.longestRoute)) }
}

/// The app that a path leads to.
struct RoutedApp: Equatable {
  /// NONE where no route matches.
  var app: UInt32
  var allowsEscapes: Bool

  static var none: RoutedApp { RoutedApp(app: BundleFormat.none, allowsEscapes: false) }
}

extension Bundle {
  /// The line of a host that is a name, stands in the request as such and is stored in its line: almost every one.
  /// Nil says nothing: the host may be malformed, have a port or match a wildcard.
  ///
  /// What equals a stored host byte by byte, small letters and capitals aside, is well-formed, so nothing else is asked.
  @inline(never)
  borrowing func findPlainHost(_ text: Span<UInt8>) -> HostLine? {
    if hostTable.slotCount == 0 || text.count > BundleFormat.inlineHostByteCount { return nil }
    let slot = hostTable.slot(Host.plainHash(text, seed: hostTable.seed), words: words)
    let line = Line(words, hostTable.slotsOffset &+ RecordSize.hostLine &* slot)
    let flags = UInt16(HostFlag.wildcard | HostFlag.inUse) << 8
    if line.u16(HostField.byteCount) & (flags | 0xFF) != UInt16(HostFlag.inUse) << 8 | UInt16(text.count) { return nil }
    return Host.isName(text, storedIn: line, at: HostField.text)
      ? HostLine(line: line, slot: UInt32(truncatingIfNeeded: slot)) : nil
  }

  /// Asks for what follows a host's line, all at once, where each would wait for the one before: the line of the app that the
  /// host most likely leads to, its first two rows, and of the second, where it is probed, the cells of the identity's first
  /// members. What the line says of rows is not believed, only asked for.
  @inline(__always)
  borrowing func prefetchWhatFollows(_ host: HostLine, _ identity: Span<UInt32>) {
    words.prefetch(sections.apps.offset &+ RecordSize.app &* Int(host.baseApp))
    let rows = host.line.u64(HostField.rows)
    let first = sections.grants.offset &+ RecordSize.unit &* Int(rows.lowHalf)
    words.prefetch(first)
    words.prefetch(first &+ 64)
    let second = sections.grants.offset &+ RecordSize.unit &* Int(rows.highHalf)
    words.prefetch(second)
    let cellCountBits = host.line.byte(HostField.flags) >> HostFlag.cellCountShift
    if cellCountBits == 0 {
      words.prefetch(second &+ 64)
    } else if identity.count >= IdentityLayout.wordCount {
      prefetchCells(second &+ RowHeader.byteCount, countBits: cellCountBits, IdentityView(identity))
    }
  }

  /// Asks for the cells of the first members, whether or not there are so many: of those that a person has, most often all.
  @inline(__always)
  private borrowing func prefetchCells(_ offset: Int, countBits: UInt8, _ identity: IdentityView) {
    let shift = 32 &- UInt32(countBits)
    var index = 0
    while index < Self.prefetchedCellCount {
      words.prefetch(offset &+ RecordSize.unit &* Int(identity.key(index) &>> shift))
      index &+= 1
    }
  }

  /// More would cost every decision, and cells that are asked for with the row's header are late by one step only.
  package static var prefetchedCellCount: Int { 4 }

  /// The line of the host in the first `count` bytes of `text`: exact, or else of a wildcard over its first label.
  @inline(never)
  borrowing func findHost(_ text: Span<UInt8>, count: Int) -> HostLine? {
    if hostTable.slotCount == 0 { return nil }
    if let line = hostLine(text.extracting(0..<count), isWildcard: false) { return line }
    return findWildcard(text, count: count)
  }

  private borrowing func findWildcard(_ text: Span<UInt8>, count: Int) -> HostLine? {
    var dot = 0
    while dot < count, text[dot] != UInt8(ascii: ".") { dot &+= 1 }
    if dot == 0 || dot >= count &- 1 || text[0] == UInt8(ascii: "[") { return nil }
    return hostLine(text.extracting(dot &+ 1..<count), isWildcard: true)
  }

  private borrowing func hostLine(_ text: Span<UInt8>, isWildcard: Bool) -> HostLine? {
    let isAddress = text[0] == UInt8(ascii: "[")
    let hash = Host.hash(text, seed: hostTable.seed, isWildcard: isWildcard, isAddress: isAddress)
    let slot = hostTable.slot(hash, words: words)
    let line = hostTable.slotsOffset &+ RecordSize.hostLine &* slot
    let flags = words.byte(line &+ HostField.flags) & (HostFlag.inUse | HostFlag.wildcard)
    let expected = HostFlag.inUse | (isWildcard ? HostFlag.wildcard : 0)
    if flags != expected || Int(words.byte(line &+ HostField.byteCount)) != text.count { return nil }
    let field = line &+ HostField.text
    let stored =
      text.count <= BundleFormat.inlineHostByteCount ? field : sections.strings.offset &+ Int(words.u32(field))
    if !Host.isEqual(text, words, stored, isAddress: isAddress) { return nil }
    return HostLine(line: Line(words, line), slot: UInt32(truncatingIfNeeded: slot))
  }

  /// The app of the longest route that is a prefix of `path` by whole segments.
  @inline(__always)
  borrowing func route(_ path: Span<UInt8>, on host: HostLine) -> RoutedApp {
    if host.depthMask & ~1 != 0 {
      let found = deepRoute(path, on: host)
      if found != .none { return found }
    }
    return RoutedApp(app: host.rootApp, allowsEscapes: host.rootAllowsEscapes)
  }

  private borrowing func deepRoute(_ path: Span<UInt8>, on host: HostLine) -> RoutedApp {
    var ends = InlineArray<32, UInt16>(repeating: 0)
    let depth = Self.segmentEnds(path, limit: host.longestRouteByteCount, into: &ends)
    var candidate = depth
    while candidate > 0 {
      if host.depthMask >> UInt32(truncatingIfNeeded: candidate) & 1 == 1 {
        let found = findRoute(path.extracting(0..<Int(ends[candidate])), on: host)
        if found != .none { return found }
      }
      candidate &-= 1
    }
    return .none
  }

  /// Writes where the first 31 segments end, in bytes from the start, as far as a route can reach; returns how many there are.
  private static func segmentEnds(_ path: Span<UInt8>, limit: Int, into ends: inout InlineArray<32, UInt16>) -> Int {
    var depth = 0
    var index = 1
    let end = min(path.count, limit)
    while index <= end && depth < BundleFormat.routeDepthLimit {
      if Path.endsSegment(path, at: index) {
        depth &+= 1
        ends[depth] = UInt16(truncatingIfNeeded: index)
      }
      index &+= 1
    }
    return depth
  }

  private borrowing func findRoute(_ prefix: Span<UInt8>, on host: HostLine) -> RoutedApp {
    if routeTable.slotCount == 0 { return .none }
    let context = PerfectHash.routeContext(hostSlot: host.slot)
    let hash = PerfectHash.hash(prefix, seed: routeTable.seed, context: context)
    let record = routeTable.slotsOffset &+ RecordSize.route &* routeTable.slot(hash, words: words)
    if words.byte(record &+ 6) & RouteFlag.inUse == 0 || words.u32(record &+ 8) != host.slot { return .none }
    let offset = sections.strings.offset &+ Int(words.u32(record))
    if !equals(offset, count: Int(words.u16(record &+ 4)), prefix) { return .none }
    return RoutedApp(
      app: words.u32(record &+ 12), allowsEscapes: words.byte(record &+ 6) & RouteFlag.allowEscapes != 0)
  }
}
