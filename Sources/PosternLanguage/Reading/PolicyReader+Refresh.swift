// Refreshes of OAuth clients as Test documents and request files write them, with what they must come to. What is not written is
// that of a refresh in order: of a user, active, used and authenticated just now. Refuses what no refresh could be.

extension PolicyReader {
  mutating func refreshTestCases(_ fields: Fields) -> [RefreshTestCase] {
    guard let items = fields["refreshes"].flatMap({ list($0) }) else { return [] }
    let cases = items.flatMap { item in casesOfTable(expanded(item)) { $0.refreshTestCase($1) } }
    reportRepeated(cases.map(\.name), what: "test")
    return cases
  }

  private mutating func refreshTestCase(_ node: YAMLNode) -> RefreshTestCase? {
    guard let fields = fields(node, .refreshTestCase) else { return nil }
    let name = fields["name"].flatMap { nonEmptyText($0) }
    let facts = refreshFacts(fields)
    let now = facts?.nowMilliseconds ?? Instant.defaultNow
    let expected = fields["expect"].flatMap { refreshExpectation($0, now: now) }
    guard let name, let facts, let expected else { return nil }
    return RefreshTestCase(name: name, facts: facts, expected: expected, span: fields.span)
  }

  mutating func refreshFacts(_ fields: Fields, defaultNow: Int64 = Instant.defaultNow) -> RefreshFacts? {
    let now = fields["now"].flatMap { time($0, now: defaultNow) } ?? defaultNow
    return fields["refresh"].flatMap { refresh($0, now: now) }.map { RefreshFacts(refresh: $0, nowMilliseconds: now) }
  }

  private mutating func refresh(_ node: YAMLNode, now: Int64) -> Refresh? {
    guard let fields = fields(node, .refresh) else { return nil }
    var refresh = Refresh()
    refresh.principalKind = value(fields, "principalKind", Credential.PrincipalKind.allCases) ?? .user
    refresh.accountState = value(fields, "accountState", Credential.AccountState.allCases) ?? .active
    refresh.isRevoked = fields["revoked"].flatMap { flag($0) }?.value ?? false
    refresh.isReused = fields["reused"].flatMap { flag($0) }?.value ?? false
    refresh.isBeyondLiveTokens = fields["beyondLiveTokens"].flatMap { flag($0) }?.value ?? false
    refresh.scopes = (fields["scopes"].flatMap { texts($0) } ?? []).map { Array($0.value.utf8) }
    refresh.lastUsedAt = refreshTime(fields["lastUsedAt"], now: now) ?? now
    refresh.authenticatedAt = refreshTime(fields["authenticatedAt"], now: now) ?? now
    refresh.securityKeyAt = refreshTime(fields["securityKeyAt"], now: now) ?? 0
    guard let client = fields["client"].flatMap({ nonEmptyText($0) }) else { return nil }
    refresh.client = Array(client.value.utf8)
    return refresh
  }

  /// nil where nothing is written, 0 for `none`.
  private mutating func refreshTime(_ node: YAMLNode?, now: Int64) -> Int64? {
    guard let node else { return nil }
    if case .scalar(let scalar) = node.content, scalar.text == "none" { return 0 }
    return time(node, now: now)
  }

  private mutating func refreshExpectation(_ node: YAMLNode, now: Int64) -> RefreshTestCase.Expectation? {
    guard let fields = fields(node, .refreshExpectation) else { return nil }
    let reason = value(fields, "reason", RefreshReason.allCases)
    let method = fields["method"].flatMap { word($0, Self.oauthMethods) }
    let validUntil = fields["validUntil"].flatMap { time($0, now: now) }
    guard let outcome = value(fields, "outcome", RefreshOutcome.allCases) else { return nil }
    return RefreshTestCase.Expectation(
      outcome: outcome, reason: reason, method: method.map { $0.value == "SECURE_KEY" ? .secureKey : .login },
      validUntilMilliseconds: validUntil)
  }
}

/// The facts of one refresh: what a request file with `refresh` holds.
public struct RefreshFacts: Sendable {
  /// What is known of the refresh.
  public var refresh: Refresh
  /// Milliseconds since 1970.
  public var nowMilliseconds: Int64

  public init(refresh: Refresh, nowMilliseconds: Int64) {
    self.refresh = refresh
    self.nowMilliseconds = nowMilliseconds
  }

  /// Whether a request file is about a refresh: its document has the key `refresh` and not `request`.
  public static func isRefresh(_ file: SourceFile) -> Bool {
    guard let document = YAMLParser.parse(file.bytes, fileIndex: 0, allowsEscapedControls: true).nodes.first,
      case .mapping(let entries) = document.content
    else { return false }
    let keys = entries.compactMap { entry -> String? in
      if case .scalar(let scalar) = entry.key.content { scalar.text } else { nil }
    }
    return keys.contains("refresh") && !keys.contains("request")
  }

  /// Reads a request file about a refresh, decided at `now` unless it says otherwise; `facts` is nil where it cannot be read.
  public static func read(_ file: SourceFile, now: Int64? = nil) -> (facts: RefreshFacts?, diagnostics: [Diagnostic]) {
    PolicyReader.readRequestFile(file, .refreshFile) { $0.refreshFacts($1, defaultNow: now ?? Instant.defaultNow) }
  }
}
