// Whether an OAuth client may refresh: the table of docs/decision.md, "OAuth clients", in its order. No allocation, no throw,
// no state; whatever goes wrong with a fact ends as a refusal.

public import CPostern

extension Bundle {
  /// Decides one refresh at `now`, in milliseconds since 1970; `decision` is the answer, whatever stood there before.
  public borrowing func decideRefresh(
    _ refresh: postern_refresh, at now: Int64, into decision: inout postern_refresh_decision
  ) {
    decision = postern_refresh_decision()
    decision.revision = revision
    guard Int(refresh.client) < sections.oauthClientCount else {
      return decision.refuse(POSTERN_REFRESH_REASON_UNKNOWN_CLIENT)
    }
    let client = RefreshedClient(words, oauthClientRecord(refresh.client))
    if let reason = refusal(of: refresh, client, at: now) { return decision.refuse(reason) }
    let unused = Expiry(refresh.last_used_at, plusSeconds: client.unusedSeconds)
    if refresh.isOfServiceAccount { return decision.allow(POSTERN_REFRESH_REASON_EXEMPT, until: unused.saturated) }
    if !client.binds(refresh) { return decision.allow(POSTERN_REFRESH_REASON_UNBOUND, until: unused.saturated) }
    if refresh.latestAuthentication == 0 { return decision.refuse(POSTERN_REFRESH_REASON_FACT_MISSING) }
    let authenticatedAt = client.authentication(refresh)
    let end = Expiry(authenticatedAt, plusSeconds: client.sessionLengthSeconds)
    if authenticatedAt == 0 || end.isReached(at: now) { return decision.ask(client) }
    decision.allow(
      POSTERN_REFRESH_REASON_WITHIN_SESSION_LENGTH, until: min(unused.saturated, end.saturated))
  }

  /// The table's first row: the reason why the grant is over, or nil.
  private borrowing func refusal(of refresh: postern_refresh, _ client: RefreshedClient, at now: Int64) -> Int? {
    if refresh.has(POSTERN_REFRESH_REVOKED) || refresh.isAccessRevoked { return POSTERN_REFRESH_REASON_REVOKED }
    if refresh.has(POSTERN_REFRESH_REUSED) { return POSTERN_REFRESH_REASON_REUSED }
    let unused = Expiry(refresh.last_used_at, plusSeconds: client.unusedSeconds)
    if refresh.last_used_at != 0 && unused.isReached(at: now) { return POSTERN_REFRESH_REASON_UNUSED }
    if refresh.isPasswordChanged && client.endsWithPassword(refresh) { return POSTERN_REFRESH_REASON_PASSWORD_CHANGED }
    if refresh.has(POSTERN_REFRESH_BEYOND_LIVE_TOKENS) { return POSTERN_REFRESH_REASON_TOO_MANY_TOKENS }
    let skew = Int64(words.u32(sections.organization.offset &+ 4)) &* 1_000
    let (bound, overflow) = now.addingReportingOverflow(skew)
    let latest = refresh.latestTimeFact
    if !overflow && latest != 0 && latest > bound { return POSTERN_REFRESH_REASON_CLOCK_SKEW }
    return refresh.last_used_at == 0 || !refresh.isOfThisHeader ? POSTERN_REFRESH_REASON_FACT_MISSING : nil
  }

  // MARK: clients and their scopes

  /// Where the record of a client begins that exists.
  func oauthClientRecord(_ index: UInt32) -> Int {
    sections.oauthClients.offset &+ RecordSize.oauthClient &* Int(index)
  }

  /// The index of the OAuth client with this id; `UInt32.max` where there is none.
  public borrowing func oauthClient(_ id: Span<UInt8>) -> UInt32 {
    var low = 0
    var high = sections.oauthClientCount
    while low < high {
      let middle = (low &+ high) >> 1
      let field = oauthClientRecord(UInt32(truncatingIfNeeded: middle))
      let offset = sections.strings.offset &+ Int(words.u32(field))
      let byteCount = Int(words.u32(field &+ 4))
      if equals(offset, count: byteCount, id) { return UInt32(truncatingIfNeeded: middle) }
      if OAuthClientID.precedes(Text(words, offset, byteCount: byteCount), id) {
        low = middle &+ 1
      } else {
        high = middle
      }
    }
    return BundleFormat.none
  }

  /// The bit of one of a client's scopes; 0 where it has no such scope.
  public borrowing func oauthScope(_ scope: Span<UInt8>, ofClient index: UInt32) -> UInt64 {
    guard Int(index) < sections.oauthClientCount else { return 0 }
    let list = self.list(at: oauthClientRecord(index) &+ OAuthClientField.scopes)
    var bit = 0
    while bit < list.count {
      let pair = list.offset &+ 8 &* bit
      if equals(sections.strings.offset &+ Int(words.u32(pair)), count: Int(words.u32(pair &+ 4)), scope) {
        return 1 << UInt64(truncatingIfNeeded: bit)
      }
      bit &+= 1
    }
    return 0
  }
}

/// What a refresh is held to.
private struct RefreshedClient {
  let boundScopes: UInt64
  let passwordScopes: UInt64
  let sessionLengthSeconds: UInt32
  let unusedSeconds: UInt32
  let isThirdParty: Bool
  let method: UInt8
  /// The bits that are scopes.
  private let scopes: UInt64

  init(_ words: Words, _ record: Int) {
    boundScopes = words.u64(record &+ OAuthClientField.boundScopes)
    passwordScopes = words.u64(record &+ OAuthClientField.passwordScopes)
    sessionLengthSeconds = words.u32(record &+ OAuthClientField.sessionLengthSeconds)
    unusedSeconds = words.u32(record &+ OAuthClientField.unusedSeconds)
    isThirdParty = words.byte(record &+ OAuthClientField.party) == OAuthClientField.thirdParty
    method = words.byte(record &+ OAuthClientField.method)
    // Of 1 to 64 scopes: all bits but those above the last.
    scopes = UInt64.max >> (64 &- UInt64(words.byte(record &+ OAuthClientField.scopeCount)))
  }

  func binds(_ refresh: postern_refresh) -> Bool { holds(refresh, boundScopes) }
  func endsWithPassword(_ refresh: postern_refresh) -> Bool { holds(refresh, passwordScopes) }

  /// Whether a granted scope is one of `mask`, or none of the client's: nobody can say what that one was.
  private func holds(_ refresh: postern_refresh, _ mask: UInt64) -> Bool {
    refresh.granted_scopes & (mask | ~scopes) != 0 || refresh.has(POSTERN_REFRESH_UNKNOWN_SCOPE)
  }

  /// The grant's last authentication that counts; 0 where none does.
  func authentication(_ refresh: postern_refresh) -> Int64 {
    method == UInt8(truncatingIfNeeded: POSTERN_METHOD_SECURE_KEY)
      ? refresh.security_key_at : refresh.latestAuthentication
  }
}

extension postern_refresh {
  fileprivate func has(_ flag: Int) -> Bool { flags & UInt8(truncatingIfNeeded: flag) != 0 }

  fileprivate var isOfServiceAccount: Bool {
    principal_kind == UInt8(truncatingIfNeeded: POSTERN_PRINCIPAL_SERVICE_ACCOUNT)
  }

  fileprivate var isAccessRevoked: Bool {
    account_state == UInt8(truncatingIfNeeded: POSTERN_ACCOUNT_SIGNED_OUT)
      || account_state == UInt8(truncatingIfNeeded: POSTERN_ACCOUNT_SUSPENDED)
  }

  fileprivate var isPasswordChanged: Bool {
    account_state == UInt8(truncatingIfNeeded: POSTERN_ACCOUNT_PASSWORD_RESET_REQUIRED)
      || account_state == UInt8(truncatingIfNeeded: POSTERN_ACCOUNT_CREDENTIAL_CHANGED)
  }

  /// Whether state and flags have numbers that postern.h gives a meaning: what a newer caller knows must not pass unread.
  fileprivate var isOfThisHeader: Bool {
    account_state <= UInt8(truncatingIfNeeded: POSTERN_ACCOUNT_CREDENTIAL_CHANGED) && flags < 16
  }

  /// The later authentication of any strength; 0 where none is known.
  fileprivate var latestAuthentication: Int64 { Self.later(authenticated_at, security_key_at) }

  /// The latest fact; 0 where all are absent.
  fileprivate var latestTimeFact: Int64 { Self.later(last_used_at, latestAuthentication) }

  /// The later of two instants, of which 0 is none.
  private static func later(_ first: Int64, _ second: Int64) -> Int64 {
    if first == 0 { return second }
    return second == 0 ? first : max(first, second)
  }
}

extension postern_refresh_decision {
  fileprivate mutating func refuse(_ reason: Int) { self.reason = UInt8(truncatingIfNeeded: reason) }

  fileprivate mutating func allow(_ reason: Int, until instant: Int64) {
    outcome = UInt8(truncatingIfNeeded: POSTERN_REFRESH_ALLOWED)
    self.reason = UInt8(truncatingIfNeeded: reason)
    valid_until = instant
  }

  /// The session length has passed.
  fileprivate mutating func ask(_ client: RefreshedClient) {
    reason = UInt8(truncatingIfNeeded: POSTERN_REFRESH_REASON_SESSION_LENGTH_PASSED)
    if client.isThirdParty {
      outcome = UInt8(truncatingIfNeeded: POSTERN_REFRESH_INVALID_RAPT)
    } else {
      outcome = UInt8(truncatingIfNeeded: POSTERN_REFRESH_REAUTHENTICATE)
      method = client.method
    }
  }
}

/// The order of ids: by their bytes, of two that begin alike the shorter first.
enum OAuthClientID {
  static func precedes(_ left: Text, _ right: Text) -> Bool {
    var offset = 0
    while offset < left.byteCount && offset < right.byteCount {
      let (first, second) = (left.byte(offset), right.byte(offset))
      if first != second { return first < second }
      offset &+= 1
    }
    return left.byteCount < right.byteCount
  }

  static func precedes(_ left: Text, _ right: Span<UInt8>) -> Bool {
    var offset = 0
    while offset < left.byteCount && offset < right.count {
      let (first, second) = (left.byte(offset), right[offset])
      if first != second { return first < second }
      offset &+= 1
    }
    return left.byteCount < right.count
  }
}
