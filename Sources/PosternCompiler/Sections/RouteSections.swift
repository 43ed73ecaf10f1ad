// Hosts and routes with their perfect tables, and the base app of each host (docs/bundle-format.md, "hosts", "routes").
// Refuses nothing: that no two apps share a route is checked by the reader.

internal import PosternKernel
internal import PosternLanguage

/// The host lines, the routes, and what looking them up costs.
struct RouteSections {
  /// What a certificate counts of the hosts that lead to an app: each the greatest.
  struct Reach {
    var depthCount: UInt32 = 0
    var longestByteCount: UInt32 = 0
  }

  private struct Host {
    let text: Run
    let isWildcard: Bool
    var depthMask: UInt32 = 0
    /// The route that makes the base app: the shortest path, then the app's name.
    var basePath: Run
    var baseApp: UInt32
    var rootApp = BundleFormat.none
    var rootAllowsEscapes = false
    var longestByteCount: UInt32 = 0
  }

  private struct PathRoute {
    let host: UInt32
    let path: Run
    let depth: UInt8
    let flags: UInt8
    let app: UInt32
  }

  private(set) var hostWords: [UInt32] = []
  private(set) var routeWords: [UInt32] = []
  private(set) var reach: [Reach]

  private var hosts: [Host] = []
  /// The slot of each host, and where the first stands in the words.
  private var hostSlots: [UInt32] = []
  private var hostLinesStart = 0
  private static let lineWordCount = RecordSize.hostLine / 4
  private var routes: [PathRoute] = []
  /// The texts of hosts, apart from the strings, where only long ones go.
  private var hostTexts = ConsPool<UInt8>()
  private var hostIndices: [UInt64: Int] = [:]

  init(_ apps: [App], strings: inout ConsPool<UInt8>) {
    reach = [Reach](repeating: Reach(), count: apps.count)
    for (index, app) in apps.enumerated() {
      for route in app.routes { add(route, of: index, apps, &strings) }
    }
    measure(apps)
    var placement = PerfectPlacement()
    writeHosts(&placement, &strings)
    hostSlots = placement.slots
    writeRoutes(&placement, strings)
  }

  private mutating func add(_ route: Route, of app: Int, _ apps: [App], _ strings: inout ConsPool<UInt8>) {
    let path = strings.cons(route.path.utf8)
    let host = hostIndex(route, path, app: app)
    let depth = route.path.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) }
    hosts[host].depthMask |= 1 << UInt32(depth)
    let base = hosts[host]
    if path.count < base.basePath.count
      || (path.count == base.basePath.count && precedes(apps[app], apps[Int(base.baseApp)]))
    {
      hosts[host].basePath = path
      hosts[host].baseApp = UInt32(app)
    }
    if depth == 0 {
      hosts[host].rootApp = UInt32(app)
      hosts[host].rootAllowsEscapes = route.allowEscapes
    } else {
      hosts[host].longestByteCount = max(hosts[host].longestByteCount, path.count)
      let flags = RouteFlag.inUse | (route.allowEscapes ? RouteFlag.allowEscapes : 0)
      routes.append(
        PathRoute(host: UInt32(host), path: path, depth: UInt8(depth), flags: flags, app: UInt32(app)))
    }
  }

  private func precedes(_ left: App, _ right: App) -> Bool {
    left.name.value.utf8.lexicographicallyPrecedes(right.name.value.utf8)
  }

  private mutating func hostIndex(_ route: Route, _ path: Run, app: Int) -> Int {
    let text = hostTexts.cons(route.host.utf8)
    let key = UInt64(text.start) << 1 | (route.isWildcard ? 1 : 0)
    if let known = hostIndices[key] { return known }
    hostIndices[key] = hosts.count
    hosts.append(Host(text: text, isWildcard: route.isWildcard, basePath: path, baseApp: UInt32(app)))
    return hosts.count - 1
  }

  /// What the certificates count: over the hosts that lead to an app, as base app too.
  private mutating func measure(_ apps: [App]) {
    for host in hosts { count(host, for: Int(host.baseApp)) }
    for (index, app) in apps.enumerated() {
      for route in app.routes {
        let key = UInt64(hostTexts.cons(route.host.utf8).start) << 1 | (route.isWildcard ? 1 : 0)
        if let host = hostIndices[key] { count(hosts[host], for: index) }
      }
    }
  }

  private mutating func count(_ host: Host, for app: Int) {
    let depthCount = UInt32((host.depthMask & ~1).nonzeroBitCount)
    reach[app].depthCount = max(reach[app].depthCount, depthCount)
    reach[app].longestByteCount = max(reach[app].longestByteCount, host.longestByteCount)
  }

  private mutating func writeHosts(_ placement: inout PerfectPlacement, _ strings: inout ConsPool<UInt8>) {
    placement.place(keyCount: hosts.count) { [hosts, hostTexts] seed, key in
      let context = PerfectHash.hostContext(isWildcard: hosts[key].isWildcard)
      return hostTexts.perfectHash(hosts[key].text, seed: seed, context: context)
    }
    hostWords = .tableHead(placement)
    hostLinesStart = hostWords.count
    hostWords.appendZeroes(Int(placement.slotCount) * Self.lineWordCount)
    for (index, slot) in placement.slots.enumerated() {
      let line = self.line(hosts[index], &strings)
      let start = hostLinesStart + Int(slot) * Self.lineWordCount
      hostWords.replaceSubrange(start..<start + line.count, with: line)
    }
  }

  /// Writes into each host's line what the kernel asks for as soon as it has the line: the first two rows of the app of its
  /// route `/`, or of its base app, and the number of cells of the second.
  ///
  /// - `lines`: the lines of the apps.
  mutating func writeHints(lines: [UInt32], grants: GrantSection) {
    for (index, slot) in hostSlots.enumerated() {
      let app = hosts[index].rootApp == BundleFormat.none ? hosts[index].baseApp : hosts[index].rootApp
      let rows = Int(app) * RecordSize.app / 4 + 4
      let line = hostLinesStart + Int(slot) * Self.lineWordCount
      let second = lines[rows + 1]
      hostWords[line + HostField.rows / 4] = lines[rows].orZero
      hostWords[line + HostField.rows / 4 + 1] = second.orZero
      if second != BundleFormat.none {
        hostWords[line] |= grants.cellCountBits(ofRow: second) << UInt32(8 + HostFlag.cellCountShift)
      }
    }
  }

  private func line(_ host: Host, _ strings: inout ConsPool<UInt8>) -> [UInt32] {
    let text = hostTexts.elements[host.text.range]
    let flags =
      HostFlag.inUse | (host.isWildcard ? HostFlag.wildcard : 0)
      | (host.rootAllowsEscapes ? HostFlag.rootAllowsEscapes : 0)
    var line = [
      UInt32(text.count) | UInt32(flags) << 8 | host.longestByteCount << 16, host.depthMask, host.baseApp, host.rootApp,
    ]
    line.appendZeroes(Self.lineWordCount - line.count)
    let start = HostField.text / 4
    if text.count > BundleFormat.inlineHostByteCount {
      line[start] = strings.cons(text).start
    } else {
      for (index, byte) in text.enumerated() { line[start + index / 4] |= UInt32(byte) << UInt32(index % 4 * 8) }
    }
    return line
  }

  private mutating func writeRoutes(_ placement: inout PerfectPlacement, _ strings: ConsPool<UInt8>) {
    placement.place(keyCount: routes.count) { [routes, hostSlots] seed, key in
      let context = PerfectHash.routeContext(hostSlot: hostSlots[Int(routes[key].host)])
      return strings.perfectHash(routes[key].path, seed: seed, context: context)
    }
    routeWords = .tableHead(placement)
    let slotsStart = routeWords.count
    routeWords.appendZeroes(Int(placement.slotCount) * RecordSize.route / 4)
    for (index, slot) in placement.slots.enumerated() {
      let route = routes[index]
      let start = slotsStart + Int(slot) * RecordSize.route / 4
      routeWords[start] = route.path.start
      routeWords[start + 1] = route.path.count | UInt32(route.flags) << 16 | UInt32(route.depth) << 24
      routeWords[start + 2] = hostSlots[Int(route.host)]
      routeWords[start + 3] = route.app
    }
  }
}

extension UInt32 {
  /// 0 for no unit.
  fileprivate var orZero: UInt32 { self == BundleFormat.none ? 0 : self }
}
