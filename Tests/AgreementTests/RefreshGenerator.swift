// Policies with OAuth clients, and refreshes whose facts lie at the limits of their clients and just beside them.

import PosternLanguage

enum RefreshGenerator {
  private static let scopes = ["a", "b", "a.read", "a.write", "ab", "https://x.example/auth", "*"]
  private static let patterns = ["a", "a*", "a.*", "b", "ab*", "*", "https://x.example/*", "z"]
  /// 2026-03-02T10:00:00Z.
  private static let now: Int64 = 1_772_445_600_000

  static func policy(_ random: inout Random) -> Policy {
    var draft = PolicyGenerator.draft(seed: random.next())
    draft.clockSkewSeconds = random.pick([0, 1, 30, 300])
    var policy = draft.assemble()
    policy.oauthClients = (0..<random.below(4) + 1).map { client(number: $0, &random) }
    return policy
  }

  private static func client(number: Int, _ random: inout Random) -> OAuthClient {
    let scopeCount = random.chance(10) ? 64 : random.below(scopes.count) + 1
    let own = (0..<scopeCount).map { $0 < scopes.count ? scopes[$0] : "s\($0)" }
    let settings = OAuthSettings(
      sessionLengthSeconds: random.pick([3_600, 57_600, 1_209_600]),
      reauthentication: random.pick([.login, .secureKey]),
      boundScopes: some(of: patterns, &random), liveTokens: 1 + UInt32(random.below(1_000)),
      unusedTimeoutSeconds: random.pick([3_600, 86_400, 15_552_000, 34_560_000]),
      passwordChangeEnds: some(of: patterns, &random))
    return OAuthClient(
      id: sourced("c\(number)"), displayName: "C", party: random.pick(OAuthClient.Party.allCases), flows: .device,
      redirectURIs: [], scopes: own.map(sourced), apps: [], settings: settings, span: span)
  }

  private static func some(of texts: [String], _ random: inout Random) -> [ScopePattern] {
    random.some(of: texts, 25).map { ScopePattern(sourced($0)) }
  }

  private static let span = Span(fileIndex: 0, startLine: 1, startColumn: 1, endLine: 1, endColumn: 2)

  private static func sourced(_ text: String) -> Sourced<String> { Sourced(text, at: span) }

  // MARK: refreshes

  static func refresh(of policy: Policy, _ random: inout Random) -> (refresh: Refresh, now: Int64) {
    let client = random.pick(policy.oauthClients)
    let now: Int64 = random.chance(4) ? random.pick([.min, -1, 0, 1, .max - 1, .max]) : Self.now
    let limits = [client.settings.sessionLengthSeconds, client.settings.unusedTimeoutSeconds]
    var refresh = Refresh()
    refresh.client = Array((random.chance(3) ? "nobody" : client.id.value).utf8)
    refresh.principalKind = random.chance(70) ? .user : random.pick(Credential.PrincipalKind.allCases)
    refresh.accountState = random.chance(60) ? .active : random.pick(Credential.AccountState.allCases)
    refresh.isRevoked = random.chance(3)
    refresh.isReused = random.chance(3)
    refresh.isBeyondLiveTokens = random.chance(3)
    refresh.scopes = random.some(of: client.scopes.map { Array($0.value.utf8) }, 30)
    if random.chance(5) { refresh.scopes.append(Array("gone".utf8)) }
    let skew = policy.organization.clockSkewSeconds
    refresh.lastUsedAt = instant(limits, skew: skew, now, &random)
    refresh.authenticatedAt = instant(limits, skew: skew, now, &random)
    refresh.securityKeyAt = instant(limits, skew: skew, now, &random)
    return (refresh, now)
  }

  /// An instant that is absent, recent, anywhere, or a millisecond or second beside a limit or the skew.
  private static func instant(_ limits: [UInt32], skew: UInt32, _ now: Int64, _ random: inout Random) -> Int64 {
    let beside = random.pick([-1_000, -1, 0, 1, 1_000] as [Int64])
    return switch random.below(20) {
    case 0, 1: 0
    case 2: random.pick([.min, .min + 1, -1, 1, .max - 1, .max])
    case 3: Int64(bitPattern: random.next())
    case 4: now &+ Int64(skew) * 1_000 &+ beside
    case 5...12: now &- Int64(random.pick(limits)) * 1_000 &+ beside
    default: now &- Int64(random.below(7_200_000))
    }
  }
}
