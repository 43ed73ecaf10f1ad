// Refreshes of OAuth clients in the readable types: packs the facts for the kernel, and reads its answer. Refuses nothing.

internal import CPostern
internal import PosternBundle
internal import PosternKernel
public import PosternLanguage

extension OpenBundle {
  /// Decides whether an OAuth client may refresh at `now`, in milliseconds since 1970.
  public func decide(_ refresh: Refresh, at now: Int64) -> RefreshDecision {
    var decision = postern_refresh_decision()
    verified.bundle.decideRefresh(pack(refresh), at: now, into: &decision)
    return RefreshDecision(decision)
  }

  /// The refresh as the kernel takes it: the client and its scopes by their numbers.
  func pack(_ refresh: Refresh) -> postern_refresh {
    var packed = postern_refresh()
    packed.client = verified.bundle.oauthClient(refresh.client.span)
    packed.principal_kind = refresh.principalKind.rawValue
    packed.account_state = refresh.accountState.rawValue
    var flags = 0
    if refresh.isRevoked { flags |= POSTERN_REFRESH_REVOKED }
    if refresh.isReused { flags |= POSTERN_REFRESH_REUSED }
    if refresh.isBeyondLiveTokens { flags |= POSTERN_REFRESH_BEYOND_LIVE_TOKENS }
    for scope in refresh.scopes {
      let bit = verified.bundle.oauthScope(scope.span, ofClient: packed.client)
      if bit == 0 { flags |= POSTERN_REFRESH_UNKNOWN_SCOPE }
      packed.granted_scopes |= bit
    }
    packed.flags = UInt8(truncatingIfNeeded: flags)
    packed.last_used_at = refresh.lastUsedAt
    packed.authenticated_at = refresh.authenticatedAt
    packed.security_key_at = refresh.securityKeyAt
    return packed
  }
}

extension RefreshDecision {
  /// The kernel's answer; a number that is none of the header's reads as undecided.
  init(_ decision: postern_refresh_decision) {
    self.init()
    outcome = RefreshOutcome(rawValue: decision.outcome) ?? .invalidGrant
    reason = RefreshReason(rawValue: decision.reason) ?? .undecided
    method = ReauthenticationMethod(rawValue: decision.method)
    validUntil = decision.valid_until
  }
}
