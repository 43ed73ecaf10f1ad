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
    var rootFlags: UInt8 = 0
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
  /// The slot of each host, of so many.
  private var hostSlots: [UInt32] = []
  private var hostSlotCount = 0
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
    hostSlotCount = Int(placement.slotCount)
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
    let escapes = route.allowEscapes ? RouteFlag.allowEscapes : 0
    if depth == 0 {
      hosts[host].rootApp = UInt32(app)
      hosts[host].rootFlags = escapes
    } else {
      hosts[host].longestByteCount = max(hosts[host].longestByteCount, path.count)
      routes.append(
        PathRoute(
          host: UInt32(host), path: path, depth: UInt8(depth), flags: escapes | RouteFlag.inUse, app: UInt32(app)))
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
    let slotsStart = hostWords.count
    let lineWordCount = RecordSize.hostLine / 4
    hostWords.appendZeroes(Int(placement.slotCount) * lineWordCount)
    for (index, slot) in placement.slots.enumerated() {
      let line = self.line(hosts[index], &strings)
      let start = slotsStart + Int(slot) * lineWordCount
      hostWords.replaceSubrange(start..<start + line.count, with: line)
    }
  }

  /// What the kernel asks for while a host's line is on its way: the app of its route `/`, or its base app, and that app's first
  /// row; a free slot and an app without a row ask for the first ones.
  ///
  /// - `lines`: the lines of the apps.
  func hints(lines: [UInt32]) -> [UInt32] {
    var hints = [UInt32](repeating: 0, count: hostSlotCount * RecordSize.hint / 4)
    for (index, slot) in hostSlots.enumerated() {
      let app = hosts[index].rootApp == BundleFormat.none ? hosts[index].baseApp : hosts[index].rootApp
      let row = lines[Int(app) * RecordSize.app / 4 + 4]
      hints[2 * Int(slot)] = app
      hints[2 * Int(slot) + 1] = row == BundleFormat.none ? 0 : row
    }
    return hints
  }

  private func line(_ host: Host, _ strings: inout ConsPool<UInt8>) -> [UInt32] {
    let text = hostTexts.elements[host.text.range]
    let isInline = text.count <= BundleFormat.inlineHostByteCount
    let flags = RouteFlag.inUse | (host.isWildcard ? RouteFlag.wildcard : 0)
    var line = [
      isInline ? 0 : strings.cons(text).start,
      UInt32(text.count) | UInt32(flags) << 16,
      host.depthMask, host.baseApp, host.rootApp,
      UInt32(host.rootFlags) | host.longestByteCount << 16,
    ]
    let head = line.count
    line.appendZeroes(BundleFormat.inlineHostByteCount / 4)
    if isInline {
      for (index, byte) in text.enumerated() { line[head + index / 4] |= UInt32(byte) << UInt32(index % 4 * 8) }
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
