// Changes of what is asked for: the method, the host, the path, the query and the headers, and the facts that conditions ask for, with the
// values that each test tells apart. Refuses nothing: what leads nowhere, the kernel refuses.

internal import PosternLanguage

extension ChangeSearch {
  /// Hosts that are tried where the policy does not know the one that was asked for.
  private static let hostLimit = 5
  private static let factLimit = 400

  // MARK: malformed, or leading nowhere

  /// The request as it should have been written, part by part.
  var plainRequests: [Edit] {
    switch decision.reason {
    case .malformedRequest, .ambiguousPath: repairs + paths
    case .unknownHost: hosts
    case .noRoute: paths
    case .modeRequested: withoutMode
    default: []
    }
  }

  private var repairs: [Edit] {
    let plain = Self.plainPath(facts.request.path ?? [])
    let plainHost = (facts.request.host ?? []).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") }
      .filter { $0 > 0x20 && $0 < 0x7F }.prefix(253)
    let parts = [
      Edit(.request, "the method GET", key: "method") { $0.request.method = Array("GET".utf8) },
      Edit(.request, "the host written \(Shown.text(Array(plainHost)))", key: "host") {
        $0.request.host = Array(plainHost)
      },
      Edit(.request, "the path written plainly, \(Shown.text(plain))", key: "path") { $0.request.path = plain },
      Edit(.request, "a shorter query", key: "query") { $0.request.query = nil },
    ]
    let headers = Request.steeringHeaders.filter { (facts.request[keyPath: $0.path]?.count ?? 0) > 8_192 }
    return parts
      + headers.map { name, path in Edit(.request, "without the header \(name)") { $0.request[keyPath: path] = nil } }
  }

  /// The path with nothing in it that can be read in two ways: no escapes, parameters, empty segments and dots.
  private static func plainPath(_ path: [UInt8]) -> [UInt8] {
    var text = String(decoding: path.prefix(8_192), as: UTF8.self)
    for (escape, plain) in [
      ("\\", "/"), ("%2e", "."), ("%2E", "."), ("%2f", "/"), ("%2F", "/"), ("%5c", "/"), ("%5C", "/"),
    ] {
      text = text.replacing(escape, with: plain)
    }
    var kept: [[UInt8]] = []
    for segment in Array(text.utf8).split(separator: UInt8(ascii: "/")) {
      let name = segment.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        .filter { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }
      if name.isEmpty || name == Array(".".utf8) { continue }
      if name == Array("..".utf8) { _ = kept.popLast() } else { kept.append(Array(name)) }
    }
    let slash = [UInt8(ascii: "/")]
    return kept.isEmpty ? slash : kept.flatMap { slash + $0 } + (path.last == slash[0] ? slash : [])
  }

  /// The hosts of the policy, those that are written most alike first.
  private var hosts: [Edit] {
    guard let policy, policy.road.hostRoutes.isEmpty else { return [] }
    let asked = Array(Shown.text(facts.request.host).lowercased().unicodeScalars)
    var distances: [String: Int] = [:]
    var places: [String: Span] = [:]
    for route in policy.policy.apps.flatMap(\.routes) where distances[route.writtenHost] == nil {
      distances[route.writtenHost] = NearestName.distance(asked, Array(route.writtenHost.unicodeScalars))
      places[route.writtenHost] = route.span
    }
    return distances.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(Self.hostLimit).map { host, _ in
      Edit(.request, "the host \(host)", place: policy.place(places[host])) {
        $0.request.host = Array(host.replacing("*.", with: "a.").utf8)
      }
    }
  }

  /// The paths to which routes of the host lead.
  private var paths: [Edit] {
    guard let policy else { return [] }
    return policy.road.hostRoutes.map { appIndex, route in
      let path = route.path.isEmpty ? "/" : route.path
      let text = "a path below \(path == "/" ? path : path + "/"), where \(policy.policy.apps[appIndex].name.value) is"
      return Edit(.request, text, place: policy.place(route.span)) { $0.request.path = Array(path.utf8) }
    }
  }

  private var withoutMode: [Edit] {
    [
      Edit(.request, "without gcp-iap-mode in the query") { $0.request.query = nil },
      Edit(.request, "a path that is not the gate's own, as /") { $0.request.path = [UInt8(ascii: "/")] },
    ]
  }

  /// Another method, where the one that was asked for may be why.
  var otherMethods: [Edit] {
    ["GET", "POST"].map { method in
      Edit(.request, "the method \(method)", key: "method") { $0.request.method = Array(method.utf8) }
    }
  }

  // MARK: facts of conditions

  /// Each fact that a condition of the app asks for, with the values that its tests tell apart; then all that a condition would have at
  /// once.
  var conditionFacts: [Edit] {
    guard let policy else { return [] }
    var edits: [Edit] = []
    var wanted: [Edit] = []
    for condition in policy.conditions {
      let place = policy.place(condition.expression.span)
      let tests = policy.policy.outline(of: condition).tests
      wanted += wantedFacts(tests, place)
      for test in tests {
        guard let fact = test.fact, fact.isSettable else { continue }
        for example in test.examples where example != .absent || !fact.isAlwaysThere {
          let text = Self.text(fact, example, test)
          edits.append(Edit(.fact, text, place: place, key: fact.text) { $0.set(fact, to: example) })
        }
      }
    }
    return Array(edits.prefix(Self.factLimit)) + (isAllowed ? [] : wanted)
  }

  /// Every fact as the tests of a condition would have it that are not true as it is, a device looked at just now.
  private func wantedFacts(_ tests: [ConditionTest], _ place: TreePlace?) -> [Edit] {
    let asked = policy?.road.conditions.flatMap(\.tests) ?? []
    let isTrue = Set(asked.filter { $0.outcome == .yes }.map(\.text))
    let wanted = tests.filter { !isTrue.contains($0.text) }.compactMap { test -> WantedFact? in
      guard let fact = test.fact, fact.isSettable,
        let example = test.examples.first(where: { test.outcome($0) == .yes })
      else { return nil }
      return WantedFact(fact: fact, example: example, text: Self.text(fact, example, test))
    }
    let asksForDevice = wanted.contains { $0.fact.text.hasPrefix("device.") }
    if wanted.isEmpty || (wanted.count == 1 && !asksForDevice) { return [] }
    let texts = wanted.map(\.text) + (asksForDevice ? ["the device looked at just now"] : [])
    var edit = Edit(.fact, texts.joined(separator: ", "), place: place) { facts in
      for wanted in wanted { facts.set(wanted.fact, to: wanted.example) }
      if asksForDevice { facts.credential.deviceCheckedAt = facts.nowMilliseconds == 0 ? 1 : facts.nowMilliseconds }
    }
    edit.isLastResort = true
    return [edit]
  }

  private struct WantedFact {
    let fact: ConditionFact
    let example: ConditionExample
    let text: String
  }

  /// A value of a fact as people say it.
  private static func text(_ fact: ConditionFact, _ example: ConditionExample, _ test: ConditionTest) -> String {
    let isYes = test.outcome(example) == .yes
    switch fact {
    case .attribute("origin.ip") where isYes && test.text.hasPrefix("inIpRange("):
      let ranges = test.text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      return "from an address in \(ranges.joined(separator: " or ")), such as \(text(example))"
    case .attribute("origin.ip"): return example == .absent ? "without a known address" : "from \(text(example))"
    case .attribute("request.method"): return "the method \(text(example))"
    case .attribute("request.path"):
      return isYes && test.text.contains("startsWith(")
        ? "a path below \(text(example))" : "the path \(text(example))"
    case .attribute("request.host"): return "the host \(text(example))"
    default: return example == .absent ? "without \(fact.text)" : "\(fact.text) \(text(example))"
    }
  }

  private static func text(_ example: ConditionExample) -> String {
    guard case .value(let value) = example else { return "unknown" }
    return value.shownText
  }
}

extension Route {
  /// The host as policies write it.
  fileprivate var writtenHost: String { (isWildcard ? "*." : "") + host }
}

extension ConditionFact {
  /// Whether no request is without it.
  fileprivate var isAlwaysThere: Bool {
    [.attribute("request.path"), .attribute("request.host"), .attribute("request.method")].contains(self)
  }

  /// Whether it can be given a value by itself; times are moved otherwise.
  fileprivate var isSettable: Bool {
    if case .timePart = self { return false }
    return self != .attribute("request.time")
  }
}

extension FactValue {
  fileprivate var shownText: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .uint(let value): "\(value)"
    case .double(let value): "\(value)"
    case .text(let bytes), .bytes(let bytes): Shown.text(bytes)
    case .timestamp(let milliseconds), .duration(let milliseconds): "\(milliseconds) ms"
    case .list(let items): "[" + items.map(\.shownText).joined(separator: ", ") + "]"
    case .map(let entries): "a map of \(entries.count)"
    }
  }
}
