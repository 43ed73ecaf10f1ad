// The answer to one request, in readable form. Numbers are those of postern.h; a test holds them equal.

internal import CPostern

/// What a proxy must do with a request.
public enum Verdict: UInt8, CaseIterable, Sendable {
  case forbidden = 0
  case allow = 1
  case redirect = 2
  case unauthorized = 3
  case handle = 4
}

/// Why; `docs/decision.md`, "Order".
public enum Reason: UInt16, CaseIterable, Sendable {
  case undecided = 0
  case malformedRequest = 1
  case staleResolution = 2
  case identityTooLarge = 3
  case unknownHost = 4
  case ambiguousPath = 5
  case noRoute = 6
  case domainNotAllowed = 7
  case denied = 8
  case groupsUnknown = 9
  case conditionFalse = 10
  case conditionError = 11
  case noBinding = 12
  case granted = 20
  case publicAccess = 21
  case corsOptions = 22
  case modeRequested = 30
  case noCredential = 40
  case programmaticAccessDisabled = 41
  case audienceMismatch = 42
  case authorizedPartyMismatch = 43
  case providerMismatch = 44
  case tenantMismatch = 45
  case clockSkew = 50
  case factMissing = 51
  case signedOut = 52
  case suspended = 53
  case passwordResetRequired = 54
  case credentialChanged = 55
  case stateStale = 56
  case tokenNotYetValid = 57
  case tokenExpired = 58
  case tokenTooOld = 59
  case absoluteTimeout = 60
  case idleTimeout = 61
  case reauthenticationRequired = 62
}

/// A mode of the gate; `docs/decision.md` row 3.
public enum Mode: UInt8, CaseIterable, Sendable {
  case none = 0
  case doSessionRefresh = 1
  case sessionRefresher = 2
  case gcipSignout = 3
  case clearLoginCookie = 4
  case identity = 5
  case reservedPath = 6
}

/// The broken assertion that an allowed `SECURE_TOKEN_TEST` asks for.
public enum TokenTest: UInt8, CaseIterable, Sendable {
  case none = 0
  case notSet = 1
  case futureIssue = 2
  case pastExpiration = 3
  case issuer = 4
  case audience = 5
  case signature = 6
}

/// A clock of row 8, or that of conditions that ask for the time.
public enum Clock: UInt8, CaseIterable, Sendable {
  case none = 0
  case skew = 1
  case revalidate = 2
  case stateGrace = 3
  case storeGrace = 4
  case tokenStart = 5
  case tokenEnd = 6
  case tokenAge = 7
  case absolute = 8
  case idle = 9
  case reauthentication = 10
  case condition = 11
}

/// What the login must ask.
public enum Prompt: UInt8, CaseIterable, Sendable {
  case none = 0
  case login = 1
  case chooser = 2
}

/// What decided: a binding, a deny rule, or neither.
public enum Rule: Hashable, Sendable {
  case none
  /// `Node.firstBindingID` plus the binding's index.
  case binding(id: UInt32)
  /// Index into `Policy.denyRules`.
  case deny(id: UInt32)
}

/// One decision, whole; zero is forbidden.
public struct Decision: Hashable, Sendable {
  /// What the proxy must do.
  public var verdict: Verdict = .forbidden
  /// Why.
  public var reason: Reason = .undecided
  /// The mode that a `handle` is for.
  public var mode: Mode = .none
  /// Of a challenge the clock that fired, of an allow the one that `validUntil` is of.
  public var clock: Clock = .none
  /// Whether the identity is forwarded; otherwise the request goes on as anonymous.
  public var identityAttached = false
  /// Whether the request is activity: the session's `lastSeenAt` becomes now.
  public var touch = false
  /// What the login must ask, on a challenge.
  public var prompt: Prompt = .none
  /// The broken assertion that an allowed `SECURE_TOKEN_TEST` asks for.
  public var tokenTest: TokenTest = .none
  /// The strength that `reauthenticationRequired` asks for.
  public var reauthenticationMethod: ReauthenticationMethod?
  /// The greatest age that `reauthenticationRequired` accepts.
  public var reauthenticationMaxAgeSeconds: UInt32 = 0
  /// Index into `Policy.apps`.
  public var appIndex: Int?
  /// The binding or deny rule that decided.
  public var rule: Rule = .none
  /// Of an allow: `Int64.max` where no clock bounds it. Otherwise 0.
  public var validUntil: Int64 = 0
  /// 0: never.
  public var checkStateAt: Int64 = 0
  /// 0: any.
  public var authenticatedAfter: Int64 = 0

  public init() {}
}
