// Conditions that check and lower, over facts that some requests have and others have not: texts of the language itself, so
// that parser, checker and lowering are asked too.

import PosternLanguage

struct ConditionGenerator {
  private var random: Random
  /// Access levels that may be named; a level names those before it.
  private let levels: [String]

  static let levels = ["corp", "night", "managed"]

  init(random: Random, levels: [String] = ConditionGenerator.levels) {
    self.random = random
    self.levels = levels
  }

  /// A condition of so many levels of operators at most.
  mutating func condition(depth: Int) -> String {
    if depth == 0 || random.chance(30) { return atom() }
    let first = condition(depth: depth - 1)
    switch random.below(8) {
    case 0: return "!(\(first))"
    case 1: return "(\(first) ? \(condition(depth: depth - 1)) : \(condition(depth: depth - 1)))"
    case 2, 3, 4: return "(\(first) && \(condition(depth: depth - 1)))"
    default: return "(\(first) || \(condition(depth: depth - 1)))"
    }
  }

  private mutating func atom() -> String {
    switch random.below(17) {
    case 12: macro()
    case 13, 14: "dyn(\(number())) \(comparison()) \(number())"
    case 15: lowered()
    case 16: binding()
    case 0, 1: text()
    case 2: set()
    case 3: time()
    case 4, 5: claim()
    case 6: matching()
    case 7: address()
    case 8: level()
    case 9: presence()
    case 10: device()
    default: random.pick(["true", "false", "1 / 0 == 1", "2 > 1", "'a' in ['a', 'b']", "dyn(1) == 1.0"])
    }
  }

  // MARK: texts

  private static let texts = [
    "request.path", "request.host", "request.method", "request.scheme", "request.query", "request.headers['x-a']",
    "request.headers[\"accept\"]", "request.auth.principal", "origin.ip", "origin.region_code", "destination.ip",
    "resource.name", "resource.type", "request.auth.claims.dept",
  ]

  private static let constants = [
    "", "/", "/a", "/a/b", "GET", "POST", "https", "h0.test", "h", "x=1", "fin", "ops", "été", "10.1.2.3", "CH",
    "ann@a.test", "a", "app0", "text/html",
  ]

  private mutating func quoted() -> String { "'\(random.pick(Self.constants))'" }

  private mutating func text() -> String {
    let text = random.pick(Self.texts)
    switch random.below(5) {
    case 0: return "\(text).startsWith(\(quoted()))"
    case 1: return "\(text).endsWith(\(quoted()))"
    case 2: return "\(text).startsWith(\(random.pick(Self.texts.filter { !$0.contains("claims") })))"
    default: return "\(text) \(comparison()) \(quoted())"
    }
  }

  private mutating func comparison() -> String { random.pick(["==", "==", "!=", "<", "<=", ">", ">="]) }

  private mutating func set() -> String {
    let items = (0..<random.below(6)).map { _ in quoted() }.joined(separator: ", ")
    return "\(random.pick(Self.texts)) in [\(items)]"
  }

  private static let patterns = [
    "^/a", "a+b?$", "(a|b)*/", "[a-z0-9]+[.]test", ".", "^$", "(?i)get|post", "x{2,3}", "é", "\\\\d+", "(a+)+$", "/a/b",
  ]

  private mutating func matching() -> String {
    random.chance(60)
      ? "\(random.pick(Self.texts)).matches('\(random.pick(Self.patterns))')"
      : "\(random.pick(Self.texts)).contains(\(quoted()))"
  }

  // MARK: computed values

  private mutating func macro() -> String {
    let macro = random.pick(["all", "exists", "exists_one"])
    if random.chance(30) { return macroOverNames() }
    if random.chance(30) {
      let items = (0..<random.below(4)).map { _ in quoted() }.joined(separator: ", ")
      return "[\(items)].\(random.pick(["all", "exists"]))(k, \(random.pick(Self.texts)).startsWith(k))"
    }
    let list = random.pick(["list", "list", "inner", "dept"])
    let body = random.pick([
      "x == 'fin'", "x == 2", "x.startsWith('f')", "x", "size(x) > 2", "x > 1", "true", "x != null && x != 'ops'",
      "x.lowerAscii().matches('^f')", "request.path.startsWith('/a')", "x * 2 > 3", "x in ['fin', 2]",
    ])
    return "request.auth.claims.\(list).\(macro)(x, \(body))"
  }

  /// A macro over constants that are names of claims or headers.
  private mutating func macroOverNames() -> String {
    let fold = random.pick(["all", "exists"])
    if random.chance(20) {
      return "{'dept': 'fin', 'level': 2}.\(fold)(k, v, request.auth.claims[k] \(comparison()) v)"
    }
    let names = random.some(of: ["dept", "level", "flag", "none", "inner", "x-a", "accept"], 4)
    let body = random.pick([
      "request.auth.claims[k] == 2", "dyn(request.auth.claims)[k] != 'fin'", "has(request.auth.claims[k].x)",
      "request.auth.claims[k].x == 2", "request.headers[k] == 'a'", "k in request.auth.claims",
      "['x', 'y'].exists(l, request.auth.claims[k][l] == 2)", "request.auth.claims['de' + k] == 'fin'",
      "cel.bind(c, request.auth.claims, c[k] == 'fin' || c.level == 2)", "request.auth.claims[k] == k",
    ])
    return "[\(names.map { "'\($0)'" }.joined(separator: ", "))].\(fold)(k, \(body))"
  }

  /// An expression that is a number, a time, or an error.
  private mutating func number() -> String {
    let fact = "request.auth.claims.\(random.pick(["level", "dept", "flag", "list"]))"
    switch random.below(11) {
    case 0: return "\(fact) \(random.pick(["+", "-", "*", "/"])) \(random.pick(["2", "0", "2u", "2.5", "-1"]))"
    case 9: return "\(fact) % \(random.pick(["2", "0", "3u", "-1"]))"
    case 1: return "int(\(random.pick([fact, "request.query", "request.time", "request.headers['x-a']"])))"
    case 2: return "uint(\(random.pick([fact, "request.query", "2.5", "-1"])))"
    case 3: return "double(destination.port)"
    case 4: return "size(\(random.pick(Self.texts + [fact])))"
    case 5: return "-(\(fact) - 1)"
    case 6: return "int(request.time - timestamp(int(\(fact))) < duration('\(random.pick(["1h", "-1s"]))') ? 1 : 2)"
    case 7: return "(\(text()) ? int(\(fact)) : 3)"
    case 8: return "destination.port / \(random.pick(["0", "2", "7"])) % 5"
    default: return "9223372036854775807 \(random.pick(["+", "-", "*"])) \(fact)"
    }
  }

  private mutating func lowered() -> String {
    let text = random.pick(Self.texts)
    return random.chance(50)
      ? "\(text).lowerAscii() \(comparison()) \(quoted())" : "\(text).lowerAscii() in ['get', 'fin', '/a', 'h0.test']"
  }

  private mutating func binding() -> String {
    if random.chance(20) { return "cel.bind(n, 'de' + 'pt', request.auth.claims[n] \(comparison()) \(quoted()))" }
    let value = random.pick(["request.auth.claims.dept", "request.path", "request.auth.claims", "1 / 0", "'fin'"])
    let body = random.pick([
      "v == 'fin' || v == 2", "true || v == 1", "v.x == 2", "'fin' == v || v > 1", "v != null",
    ])
    return "cel.bind(v, dyn(\(value)), \(body))"
  }

  // MARK: times

  private mutating func time() -> String {
    if random.chance(30) {
      let instant = random.pick([
        "2023-11-14T22:13:20Z", "1970-01-01T00:00:00Z", "2023-11-14T22:20:00.5Z", "9999-12-31T23:59:59Z",
      ])
      return "request.time \(comparison()) timestamp('\(instant)')"
    }
    let part = random.pick([
      "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes",
      "getSeconds", "getMilliseconds",
    ])
    let zone = random.pick(["", "", "'+05:30'", "'-03:00'", "'UTC'"] + Self.zones.map { "'\($0)'" })
    let value = random.pick([0, 1, 5, 6, 7, 13, 14, 22, 23, 24, 30, 59, 60, 2023, 318, -1])
    if random.chance(15) { return "request.time.\(part)(\(zone)) in [\(value), 22, 13]" }
    if random.chance(5) { return "request.time \(comparison()) request.time" }
    return "request.time.\(part)(\(zone)) \(comparison()) \(value)"
  }

  /// Zones with and without summer time, one of them of half an hour.
  static let zones = ["America/New_York", "Asia/Kolkata", "Europe/Berlin", "Australia/Lord_Howe"]

  // MARK: claims and the rest

  private mutating func claim() -> String {
    let claim = random.pick(["dept", "level", "flag", "list", "inner.x", "inner.missing.x", "none"])
    let path = "request.auth.claims.\(claim)"
    switch random.below(5) {
    case 0: return path
    case 1: return "\(path) in ['fin', 2, 3u, true, 2.5, null]"
    case 2: return "\(random.pick(["'fin'", "2", "2.0", "true"])) in \(path)"
    case 3:
      return
        "\(path) \(comparison()) \(random.pick(["2", "2u", "2.5", "'fin'", "true", "null", "b'x'", "double('NaN')"]))"
    default: return "request.auth.claims[\"\(claim)\"] == 'fin'"
    }
  }

  private mutating func presence() -> String {
    "has(request.auth.claims.\(random.pick(["dept", "level", "inner.x", "inner.missing.x", "none"])))"
  }

  private mutating func address() -> String {
    let address = random.pick(["origin.ip", "origin.ip", "destination.ip", "request.auth.claims.dept"])
    let ranges = random.pick([
      "'10.0.0.0/8'", "['10.0.0.0/8', '192.168.0.0/16']", "['0.0.0.0/0']", "['::/0']",
      "['2001:db8::/32', '10.1.2.0/24']",
      "'10.1.2.3'", "['10.0.0.0/9', '10.128.0.0/9', '11.0.0.0/8']",
    ])
    return "inIpRange(\(address), \(ranges))"
  }

  private mutating func level() -> String {
    guard !levels.isEmpty else { return "destination.port == 443" }
    let level = random.pick(levels)
    return random.chance(50) ? "levels.\(level)" : "'\(level)' in request.auth.access_levels"
  }

  private mutating func device() -> String {
    random.pick([
      "device.os_type == 'DESKTOP_MAC'", "device.is_corp_owned_device", "destination.port == 443",
      "destination.port > 443.5", "device.os_version >= '14'", "device.screen_lock",
      "device.screen_lock != device.is_corp_owned_device", "device.os_type.startsWith(device.os_version)",
      "inIpRange(device.os_version, '10.0.0.0/8')", "device.os_type in ['DESKTOP_MAC', 'X', '']",
      "dyn(device.screen_lock) == 'true'", "size(device.os_type) < 2", "device.os_type.matches('^D')",
    ])
  }
}

extension PolicyDraft {
  /// Whether a condition or another level names the level.
  func asksForLevel(_ name: String) -> Bool {
    let conditions =
      nodes.flatMap { $0.bindings.map(\.condition) + $0.denyRules.map(\.condition) }.compactMap { $0 }
      + levels.filter { $0.name != name }.map(\.condition)
    return conditions.contains { $0.contains(name) }
  }

  /// Gives some bindings and deny rules conditions, drawn apart from everything else so that other draws stay as they were.
  mutating func addConditions(seed: UInt64) {
    var random = Random(seed: seed ^ 0x00C0_4D17_1045)
    guard random.chance(60) else { return }
    addLevels(&random)
    for node in nodes.indices {
      for binding in nodes[node].bindings.indices where random.chance(50) {
        let isPublic = nodes[node].bindings[binding].members.contains {
          $0 == .allUsers || $0 == .allAuthenticatedUsers
        }
        if isPublic || !nodes[node].bindings[binding].grantsAccess { continue }
        nodes[node].bindings[binding].condition = Self.condition(&random)
      }
      for rule in nodes[node].denyRules.indices where random.chance(50) {
        nodes[node].denyRules[rule].condition = Self.condition(&random)
      }
    }
  }

  /// Access levels, each of which may ask for those before it.
  mutating func addLevels(_ random: inout Random) {
    for (index, name) in ConditionGenerator.levels.enumerated() {
      var generator = ConditionGenerator(
        random: Random(seed: random.next()), levels: Array(ConditionGenerator.levels[..<index]))
      levels.append((name, generator.condition(depth: 2)))
    }
  }

  private static func condition(_ random: inout Random) -> String {
    var generator = ConditionGenerator(random: Random(seed: random.next()))
    return generator.condition(depth: 3)
  }
}

extension Request {
  /// Facts that only conditions ask for.
  mutating func addConditionFacts(seed: UInt64) {
    var random = Random(seed: seed ^ 0x00FA_C750_0001)
    clientAddress = random.pick([
      Array("10.1.2.3".utf8), Array("::ffff:10.1.2.3".utf8), Array("2001:db8::1".utf8), Array("nobody".utf8), nil,
      [0xFF],
      Array("192.168.7.7".utf8), Array("FE80::1".utf8),
    ])
    destinationAddress = random.pick([Array("10.9.9.9".utf8), nil])
    destinationPort = random.pick([443, 80, nil])
    regionCode = random.pick([Array("CH".utf8), Array("US".utf8), nil, [0xC3]])
    if random.chance(60) {
      let value = random.pick([Array("a".utf8), Array("été".utf8), [0x80], [], Array(repeating: 0x61, count: 16_385)])
      otherHeaders.append(Header(name: Array("x-a".utf8), value: value))
    }
    if random.chance(10) { otherHeaders.append(Header(name: Array("X-A".utf8), value: Array("b".utf8))) }
  }
}

extension Credential {
  /// Claims and device facts that only conditions ask for, the device looked at around the instants at which it matters.
  mutating func addConditionFacts(seed: UInt64, for app: App, in policy: Policy, at now: Int64) {
    var random = Random(seed: seed ^ 0x00FA_C750_0002)
    let texts = ["fin", "ops", "10.1.2.3", "été", ""].map { FactValue.text(Array($0.utf8)) }
    let scalars: [FactValue] =
      texts + [
        .int(2), .int(-1), .uint(2), .uint(.max), .double(2), .double(2.5), .double(.infinity), .bool(true),
        .bool(false), .null,
        .bytes([0x78]), .timestamp(milliseconds: 0), .duration(milliseconds: 1), .text([0xFF]),
      ]
    for name in ["dept", "level", "flag"] where random.chance(75) { claims[Array(name.utf8)] = random.pick(scalars) }
    if random.chance(70) {
      let count = random.pick([0, 1, 3, 64, 65])
      claims[Array("list".utf8)] = .list((0..<count).map { _ in random.pick(scalars) })
    }
    if random.chance(70) { claims[Array("inner".utf8)] = .map([Array("x".utf8): random.pick(scalars)]) }
    if random.chance(5) { for number in 0..<33 { claims[Array("c\(number)".utf8)] = .null } }
    if random.chance(70) {
      device[Array("os_type".utf8)] = random.pick([.text(Array("DESKTOP_MAC".utf8)), .text(Array("X".utf8))])
      device[Array("is_corp_owned_device".utf8)] = .bool(random.chance(50))
      device[Array("os_version".utf8)] = .text(Array("14.2".utf8))
    }
    for name in ["screen_lock", "os_version", "os_type"] where random.chance(20) {
      device[Array(name.utf8)] = random.pick(scalars + [.list([]), .bool(true), .text(Array("10.1.2.3".utf8))])
    }
    placeDevice(&random, app.session.revalidate.value, skewSeconds: policy.organization.clockSkewSeconds, at: now)
  }

  private mutating func placeDevice(
    _ random: inout Random, _ revalidate: Limit, skewSeconds: UInt32, at now: Int64
  ) {
    let limit: Int128 = if case .seconds(let seconds) = revalidate { Int128(seconds) * 1_000 } else { 600_000 }
    let nudge = Int128(random.below(3) - 1)
    let offsets = [0, -limit / 2, -limit + nudge, -limit + nudge, Int128(skewSeconds) * 1_000 + nudge, -2 * limit]
    deviceCheckedAt = Int64(clamping: Int128(now) + random.pick(offsets))
    if random.chance(10) { deviceCheckedAt = 0 }
    if random.chance(3) { deviceCheckedAt = random.pick([.min, -1, 1, .max - 1, .max]) }
  }
}
