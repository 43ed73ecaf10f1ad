// A token refresh of an OAuth client in readable form, and its answer; `docs/decision.md`, "OAuth clients". Numbers are those of
// postern.h; a test holds them equal. Refuses nothing: any fact may be absent.

/// What is known of a refresh. Times are milliseconds since 1970; 0 is absent.
public struct Refresh: Hashable, Sendable {
  /// The client's id.
  public var client: [UInt8] = []
  /// What kind of principal the grant is of.
  public var principalKind: Credential.PrincipalKind = .unknown
  /// The state of the principal's account; unknown is no reason to refuse.
  public var accountState: Credential.AccountState = .unknown
  /// Whether the grant, or the token, was revoked.
  public var isRevoked = false
  /// Whether the token was used before.
  public var isReused = false
  /// Whether there are as many newer tokens of the person and client as may live.
  public var isBeyondLiveTokens = false
  /// The scopes of the grant, however few are asked for now.
  public var scopes: [[UInt8]] = []
  /// When the token was last used, or issued.
  public var lastUsedAt: Int64 = 0
  /// The latest authentication of any strength.
  public var authenticatedAt: Int64 = 0
  /// The latest authentication with a security key; 0 where there was none.
  public var securityKeyAt: Int64 = 0

  public init() {}
}

/// What a refresh is answered.
public enum RefreshOutcome: UInt8, CaseIterable, Sendable {
  case invalidGrant = 0
  case allowed = 1
  case reauthenticate = 2
  case invalidRapt = 3
}

/// Why.
public enum RefreshReason: UInt8, CaseIterable, Sendable {
  case undecided = 0
  case unknownClient = 1
  case revoked = 2
  case reused = 3
  case unused = 4
  case passwordChanged = 5
  case tooManyTokens = 6
  case clockSkew = 7
  case factMissing = 8
  case exempt = 20
  case unbound = 21
  case withinSessionLength = 22
  case sessionLengthPassed = 40
}

/// One decision of a refresh; zero is `invalid_grant`.
public struct RefreshDecision: Hashable, Sendable {
  /// What the client is answered.
  public var outcome: RefreshOutcome = .invalidGrant
  /// Why.
  public var reason: RefreshReason = .undecided
  /// What to authenticate with, where the outcome is `reauthenticate`.
  public var method: ReauthenticationMethod?
  /// Of an allowed refresh, the instant from which the token is refused; otherwise 0.
  public var validUntil: Int64 = 0

  public init() {}
}
