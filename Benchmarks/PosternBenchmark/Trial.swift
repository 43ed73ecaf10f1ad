// What every engine is asked before it is measured: it must answer as Postern does, which is held to the answers here.

internal import CPostern
internal import PosternCompiler

/// A request with the answer that it must get.
struct Trial {
  let name: String
  let facts: RequestFacts
  let isAllowed: Bool
  /// Whether Postern allows by a road that is not the floor's, which must leave it.
  var isLeftByFloor = false

  /// The measured request first, then what must change the answer of every engine.
  static func all(_ organization: SyntheticOrganization, app: Int) -> [Trial] {
    let facts = RequestFacts(Subject(organization, app: app))
    return [
      Trial(name: "the measured request", facts: facts, isAllowed: true),
      Trial(
        name: "through a group", facts: RequestFacts(.throughGroup(organization, app: app)), isAllowed: true),
      Trial(name: "a stranger", facts: RequestFacts(.stranger(organization, app: app)), isAllowed: false),
      Trial(
        name: "idle too long", facts: facts.with { $0.lastSeenAt = RequestFacts.ago(3_600) }, isAllowed: false),
      Trial(
        name: "a session too old", facts: facts.with { $0.createdAt = RequestFacts.ago(9 * 3_600) }, isAllowed: false),
      Trial(name: "an unknown app", facts: facts.with { $0.host = "app-none.no.example.com" }, isAllowed: false),
    ]
  }

  /// What Postern and the floor must agree on besides: each fact of the road, turned over alone. Engines that know apps, people
  /// and two clocks are not asked this.
  static func road(_ organization: SyntheticOrganization, app: Int) -> [Trial] {
    let facts = RequestFacts(Subject(organization, app: app))
    return requests(facts) + credentials(facts) + clocks(facts) + otherRoads(facts)
      + [byLongerRoute(organization)]
  }

  /// Allowed, but with headers that change the answer, or under another form of the path.
  private static func otherRoads(_ facts: RequestFacts) -> [Trial] {
    let headers = [
      facts.with { $0.secPurpose = "prefetch" }, facts.with { $0.upgrade = "websocket" }, facts.with { $0.query = "" },
      facts.with { $0.method = "HEAD" },
    ]
    let paths = (0..<RequestFacts.path.utf8.count - 1).flatMap { place in
      ["//", "/./", "%41", ";a=b"].map { bytes in facts.with { $0.path = path(with: bytes, at: place) } }
    }
    return (headers + paths).map {
      Trial(name: "another road: \($0.method) \($0.path)", facts: $0, isAllowed: true, isLeftByFloor: true)
    }
  }

  /// The first app by its other route, on a host that it shares.
  private static func byLongerRoute(_ organization: SyntheticOrganization) -> Trial {
    let route = SyntheticOrganization.routes(ofApp: 0)[1]
    let facts = RequestFacts(Subject(organization, app: 0)).with {
      $0.host = route.host
      $0.path = "\(route.path)/projects/alpha"
    }
    return Trial(name: "by a longer route", facts: facts, isAllowed: true)
  }

  private static func requests(_ facts: RequestFacts) -> [Trial] {
    let denied: [(String, (inout RequestFacts) -> Void)] = [
      ("a method that is none", { $0.method = "GE T" }),
      ("a mode in the query", { $0.query = "gcp-iap-mode=IDENTITY" }),
      ("a page of the gate", { $0.path = "/_gcp_iap/identity" }),
      ("no route", { $0.host = SyntheticOrganization.portal }),
      ("a path without its slash", { $0.path = "projects/alpha/reports/2026/q" }),
      ("an empty path", { $0.path = "" }),
    ]
    let malformed = ["%zz", "%2F", "?", "#", "\\", "\u{1}", " ", "\u{7F}", "\u{E9}", "..;"].flatMap { bytes in
      [0, 7, 14, 15, 20, 29].map { place -> (String, (inout RequestFacts) -> Void) in
        ("`\(bytes)` at byte \(place) of the path", { $0.path = Self.path(with: bytes, at: place) })
      }
    }
    let allowed = ["/", "/a", "/projects", "/a.b/c", String(repeating: "/abcdefg", count: 4)].map { path in
      Trial(name: "the path \(path)", facts: facts.with { $0.path = path }, isAllowed: true)
    }
    return (denied + malformed).map { Trial(name: $0.0, facts: facts.with($0.1), isAllowed: false) } + allowed
  }

  /// The measured path with something put in after so many of its bytes, and not before its first slash.
  private static func path(with bytes: String, at place: Int) -> String {
    let path = RequestFacts.path
    return "\(path.prefix(place + 1))\(bytes)\(path.dropFirst(place + 1))"
  }

  private static func credentials(_ facts: RequestFacts) -> [Trial] {
    let denied: [(String, (inout RequestFacts) -> Void)] = [
      ("an identity of another bundle", { $0.isResolvedHere = false }),
      ("no credential", { $0.kind = POSTERN_CREDENTIAL_NONE }),
      ("a bearer", { $0.kind = POSTERN_CREDENTIAL_BEARER }),
      ("a provider of nobody's", { $0.provider = "elsewhere" }),
      ("a tenant", { $0.tenant = "tenant" }),
      ("an unknown account state", { $0.accountState = POSTERN_ACCOUNT_UNKNOWN }),
      ("signed out", { $0.accountState = POSTERN_ACCOUNT_SIGNED_OUT }),
      ("suspended", { $0.accountState = POSTERN_ACCOUNT_SUSPENDED }),
      ("a changed credential", { $0.accountState = POSTERN_ACCOUNT_CREDENTIAL_CHANGED }),
      ("nobody in particular", { ($0.email, $0.groups, $0.members) = ("nobody@example.com", [], []) }),
    ]
    return denied.map { Trial(name: $0.0, facts: facts.with($0.1), isAllowed: false) }
  }

  private static func clocks(_ facts: RequestFacts) -> [Trial] {
    let instants: [(String, WritableKeyPath<RequestFacts, Int64>)] = [
      ("createdAt", \.createdAt), ("lastSeenAt", \.lastSeenAt), ("stateCheckedAt", \.stateCheckedAt),
      ("issuedAt", \.issuedAt), ("loginAt", \.loginAt), ("secondFactorAt", \.secondFactorAt),
      ("securityKeyAt", \.securityKeyAt),
    ]
    let skews = instants.flatMap { name, instant in
      [(30_000, true), (30_001, false)].map { ahead, isAllowed in
        Trial(
          name: "\(name) \(ahead) ms ahead", facts: facts.with { $0[keyPath: instant] = RequestFacts.now + ahead },
          isAllowed: isAllowed)
      }
    }
    let absences = instants.enumerated().map { index, instant in
      Trial(name: "no \(instant.0)", facts: facts.with { $0[keyPath: instant.1] = 0 }, isAllowed: index > 2)
    }
    let ages = [(instants[0], 8 * 3_600), (instants[2], 120)].flatMap { instant, limit in
      [(1, true), (0, false)].map { left, isAllowed in
        Trial(
          name: "\(instant.0) \(left) ms before its limit",
          facts: facts.with { $0[keyPath: instant.1] = RequestFacts.ago(Int64(limit)) + Int64(left) },
          isAllowed: isAllowed)
      }
    }
    return skews + absences + ages
  }
}

/// FNV-1a over the words of decisions.
struct DecisionHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  @inline(__always) mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01B3 }

  /// What an allow says: one step, since it is part of what a batch is measured with.
  @inline(__always) mutating func add(_ decision: postern_decision) {
    let what = UInt64(decision.verdict) | UInt64(decision.clock) << 8 | UInt64(decision.reason) << 16
    let which = UInt64(decision.app) << 32 | UInt64(decision.rule)
    let when = UInt64(bitPattern: decision.valid_until) << 1 &+ UInt64(bitPattern: decision.check_state_at)
    add(what &+ which &* 0x9E37_79B9_7F4A_7C15 &+ when)
  }
}

extension postern_decision {
  var isAllowed: Bool { Int(verdict) == POSTERN_ALLOW }

  /// Whether two allows are the same in every field.
  func isEqual(to other: postern_decision) -> Bool {
    unsafe withUnsafeBytes(of: self) { own in
      unsafe withUnsafeBytes(of: other) { other in unsafe own.elementsEqual(other) }
    }
  }
}
