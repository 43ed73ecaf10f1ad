// An app with its effective settings: what stands nearest above it, field by field, merged and checked.

/// An app behind the gate.
public struct App: Sendable {
  /// The app's name, unique in the tree.
  public var name: Sourced<String>
  /// Index into `Policy.nodes`.
  public var nodeIndex: Int
  /// What leads to the app.
  public var routes: [Route]
  /// The audience of the assertion; unique in the tree. The app's name where it is not written.
  public var audience: String
  /// Indices into `Policy.providers`, ascending; never empty.
  public var providerIndices: [Int]
  /// Its clocks, effective.
  public var session: SessionSettings
  /// Its access settings, effective.
  public var access: AccessSettings
  /// Its application settings, effective.
  public var application: ApplicationSettings
  /// Origins that may read this app's 401, as `scheme://host[:port]`, lower case.
  public var corsOrigins: [Sourced<String>]
  /// Where the app's document begins.
  public var span: Span

  public init(
    name: Sourced<String>, nodeIndex: Int, routes: [Route], audience: String, providerIndices: [Int],
    session: SessionSettings, access: AccessSettings, application: ApplicationSettings, corsOrigins: [Sourced<String>],
    span: Span
  ) {
    self.name = name
    self.nodeIndex = nodeIndex
    self.routes = routes
    self.audience = audience
    self.providerIndices = providerIndices
    self.session = session
    self.access = access
    self.application = application
    self.corsOrigins = corsOrigins
    self.span = span
  }
}

/// A host and a path prefix that lead to an app.
public struct Route: Hashable, Sendable {
  /// Lower case ASCII, without port and trailing dot. Of a wildcard: what follows `*.`.
  public var host: String
  /// Whether the host stands for exactly one label more, as `*.host`.
  public var isWildcard: Bool
  /// The prefix in normal form, without a trailing slash: empty for the whole host, otherwise `/a/b`.
  public var path: String
  /// Whether `%2F` and `%25` may stand in a path; they stay as written, in upper case.
  public var allowEscapes: Bool
  /// Where the route is written.
  public var span: Span

  /// The most segments that `path` may have.
  public static let depthLimit = 31

  public init(host: String, isWildcard: Bool, path: String, allowEscapes: Bool, span: Span) {
    self.host = host
    self.isWildcard = isWildcard
    self.path = path
    self.allowEscapes = allowEscapes
    self.span = span
  }
}

/// A timer: a number of seconds, or `none`, which is the longest.
public enum Limit: Hashable, Sendable {
  case none
  case seconds(UInt32)
}

/// What the gate does while a source cannot be asked.
public enum Unavailability: Hashable, Sendable {
  case deny
  /// Go on for so many seconds past `revalidate`.
  case allowFor(seconds: UInt32)
}

/// The clocks of an app's sessions; `decision.md` row 8.
public struct SessionSettings: Hashable, Sendable {
  /// How long after the login a session ends, whatever happens.
  public var absoluteTimeout: Sourced<Limit>
  /// How long after its last activity a session ends.
  public var idleTimeout: Sourced<Limit>
  /// How old the account's state may be.
  public var revalidate: Sourced<Limit>
  /// What happens to stale state while the provider cannot be asked.
  public var onStateUnavailable: Sourced<Unavailability>
  /// What happens to stale state while the session store cannot be asked.
  public var onStoreUnavailable: Sourced<Unavailability>
  /// Path prefixes in normal form, without a trailing slash, whose requests do not keep a session alive.
  public var activityExclude: [Sourced<String>]
  /// The most that a bearer's age may be; nil where it is not set anywhere.
  public var programmaticMaxAge: Sourced<Limit>?

  public init(
    absoluteTimeout: Sourced<Limit>, idleTimeout: Sourced<Limit>, revalidate: Sourced<Limit>,
    onStateUnavailable: Sourced<Unavailability>, onStoreUnavailable: Sourced<Unavailability>,
    activityExclude: [Sourced<String>], programmaticMaxAge: Sourced<Limit>?
  ) {
    self.absoluteTimeout = absoluteTimeout
    self.idleTimeout = idleTimeout
    self.revalidate = revalidate
    self.onStateUnavailable = onStateUnavailable
    self.onStoreUnavailable = onStoreUnavailable
    self.activityExclude = activityExclude
    self.programmaticMaxAge = programmaticMaxAge
  }
}

/// The strength of an authentication; a stronger one meets a weaker demand. Numbers are `postern_method`.
public enum ReauthenticationMethod: UInt8, CaseIterable, Comparable, Sendable {
  case login = 1
  case enrolledSecondFactors = 2
  case secureKey = 3

  /// Orders by strength.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// `reauthSettings` of one level, or the merge of all.
public struct Reauthentication: Hashable, Sendable {
  /// Whether the setting is a least demand or one that lower levels replace.
  public enum PolicyType: Sendable { case minimum, `default` }

  /// nil is `METHOD_UNSPECIFIED` under `DEFAULT`: re-authentication is switched off.
  public var method: ReauthenticationMethod?
  /// The age from which an authentication no longer counts.
  public var maxAgeSeconds: UInt32
  /// How the setting meets those of other levels.
  public var policyType: PolicyType

  public init(method: ReauthenticationMethod?, maxAgeSeconds: UInt32, policyType: PolicyType) {
    self.method = method
    self.maxAgeSeconds = maxAgeSeconds
    self.policyType = policyType
  }
}

/// `accessSettings` of IapSettings, effective.
public struct AccessSettings: Hashable, Sendable {
  /// The domain that the login page begins with.
  public var loginHint: Sourced<String>?
  /// The client that people log in to.
  public var oauthClientID: Sourced<String>?
  /// The clients whose bearers are taken; none: no programmatic access.
  public var programmaticClients: [Sourced<String>]
  /// Whether OPTIONS passes without a credential.
  public var allowHTTPOptions: Sourced<Bool>?
  /// After the `MINIMUM`/`DEFAULT` merge; its span is the nearest level that had a say.
  public var reauthentication: Sourced<Reauthentication>?
  /// nil where the restriction is not enabled; lower case.
  public var allowedDomains: Sourced<[String]>?
  /// `gcipSettings.tenantIds`.
  public var tenantIDs: [Sourced<String>]
  /// Where Identity Platform people log in.
  public var loginPageURI: Sourced<String>?

  public init(
    loginHint: Sourced<String>? = nil, oauthClientID: Sourced<String>? = nil,
    programmaticClients: [Sourced<String>] = [],
    allowHTTPOptions: Sourced<Bool>? = nil, reauthentication: Sourced<Reauthentication>? = nil,
    allowedDomains: Sourced<[String]>? = nil, tenantIDs: [Sourced<String>] = [], loginPageURI: Sourced<String>? = nil
  ) {
    self.loginHint = loginHint
    self.oauthClientID = oauthClientID
    self.programmaticClients = programmaticClients
    self.allowHTTPOptions = allowHTTPOptions
    self.reauthentication = reauthentication
    self.allowedDomains = allowedDomains
    self.tenantIDs = tenantIDs
    self.loginPageURI = loginPageURI
  }
}

/// `applicationSettings` of IapSettings, effective: for the gate, not for the decision.
public struct ApplicationSettings: Hashable, Sendable {
  /// The audience of the token in the request context.
  public var rctokenAudience: Sourced<String>?
  /// The page for those who are forbidden.
  public var accessDeniedPageURI: Sourced<String>?
  /// Whether the denied page leads to a troubleshooter.
  public var generateTroubleshootingURI: Sourced<Bool>?
  /// Whether the denied page gets a token to remedy with.
  public var remediationTokenGeneration: Sourced<Bool>?
  /// What of the person's attributes is passed on; its span is where it is enabled.
  public var attributePropagation: Sourced<Propagation>?

  public init(
    rctokenAudience: Sourced<String>? = nil, accessDeniedPageURI: Sourced<String>? = nil,
    generateTroubleshootingURI: Sourced<Bool>? = nil, remediationTokenGeneration: Sourced<Bool>? = nil,
    attributePropagation: Sourced<Propagation>? = nil
  ) {
    self.rctokenAudience = rctokenAudience
    self.accessDeniedPageURI = accessDeniedPageURI
    self.generateTroubleshootingURI = generateTroubleshootingURI
    self.remediationTokenGeneration = remediationTokenGeneration
    self.attributePropagation = attributePropagation
  }
}
