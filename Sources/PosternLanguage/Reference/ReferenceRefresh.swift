// The table of `docs/decision.md`, "OAuth clients", row by row over the typed policy: what the kernel's answer is compared
// with. Ages and sums are `Int128`, so that no time overflows; an instant that is reported saturates.

/// One refresh against one policy.
public struct ReferenceRefresh {
  private let policy: Policy
  private let refresh: Refresh
  private let now: Int64

  /// Decides whether a client may refresh at `now`, in milliseconds since 1970.
  public static func decide(_ policy: Policy, _ refresh: Refresh, at now: Int64) -> RefreshDecision {
    ReferenceRefresh(policy: policy, refresh: refresh, now: now).decision
  }

  private var decision: RefreshDecision {
    guard let client = policy.oauthClients.first(where: { Array($0.id.value.utf8) == refresh.client }) else {
      return refused(.unknownClient)
    }
    if let reason = endOfGrant(client) { return refused(reason) }
    let unusedEnd = Int128(refresh.lastUsedAt) + milliseconds(client.settings.unusedTimeoutSeconds)
    if refresh.principalKind == .serviceAccount { return allowed(.exempt, until: unusedEnd) }
    if !isAnyGranted(client, client.settings.boundScopes) { return allowed(.unbound, until: unusedEnd) }
    if authentications.isEmpty { return refused(.factMissing) }
    if let authentication = countedAuthentications(client).max() {
      let end = Int128(authentication) + milliseconds(client.settings.sessionLengthSeconds)
      if now < end { return allowed(.withinSessionLength, until: min(unusedEnd, end)) }
    }
    return sessionLengthPassed(client)
  }

  // MARK: the grant is over

  private func endOfGrant(_ client: OAuthClient) -> RefreshReason? {
    if refresh.isRevoked || [.signedOut, .suspended].contains(refresh.accountState) { return .revoked }
    if refresh.isReused { return .reused }
    let unused = milliseconds(client.settings.unusedTimeoutSeconds)
    if refresh.lastUsedAt != 0 && Int128(now) - Int128(refresh.lastUsedAt) >= unused { return .unused }
    let isPasswordChanged = [.passwordResetRequired, .credentialChanged].contains(refresh.accountState)
    if isPasswordChanged && isAnyGranted(client, client.settings.passwordChangeEnds) { return .passwordChanged }
    if refresh.isBeyondLiveTokens { return .tooManyTokens }
    let facts = ([refresh.lastUsedAt] + authentications).filter { $0 != 0 }
    let skew = milliseconds(policy.organization.clockSkewSeconds)
    if facts.contains(where: { Int128($0) - Int128(now) > skew }) { return .clockSkew }
    return refresh.lastUsedAt == 0 ? .factMissing : nil
  }

  /// Whether a granted scope is one that the patterns stand for, or none that the client may have.
  private func isAnyGranted(_ client: OAuthClient, _ patterns: [ScopePattern]) -> Bool {
    refresh.scopes.contains { granted in
      guard let scope = client.scopes.first(where: { Array($0.value.utf8) == granted }) else { return true }
      return patterns.contains { $0.matches(scope.value) }
    }
  }

  // MARK: the session length

  private var authentications: [Int64] { [refresh.authenticatedAt, refresh.securityKeyAt].filter { $0 != 0 } }

  /// Those that are as strong as the policy asks.
  private func countedAuthentications(_ client: OAuthClient) -> [Int64] {
    client.settings.reauthentication == .secureKey ? [refresh.securityKeyAt].filter { $0 != 0 } : authentications
  }

  private func sessionLengthPassed(_ client: OAuthClient) -> RefreshDecision {
    var decision = RefreshDecision()
    decision.reason = .sessionLengthPassed
    switch client.party {
    case .firstParty:
      decision.outcome = .reauthenticate
      decision.method = client.settings.reauthentication
    case .thirdParty: decision.outcome = .invalidRapt
    }
    return decision
  }

  // MARK: answers

  private func milliseconds(_ seconds: UInt32) -> Int128 { Int128(seconds) * 1_000 }

  private func refused(_ reason: RefreshReason) -> RefreshDecision {
    var decision = RefreshDecision()
    decision.reason = reason
    return decision
  }

  private func allowed(_ reason: RefreshReason, until instant: Int128) -> RefreshDecision {
    var decision = RefreshDecision()
    decision.outcome = .allowed
    decision.reason = reason
    decision.validUntil = Int64(clamping: instant)
    return decision
  }
}
