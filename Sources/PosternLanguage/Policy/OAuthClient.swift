// The OAuth clients of a policy tree (`kind: OAuthClients`): command-line tools, desktop programs and jobs that hold refresh
// tokens, and what bounds these. Each client carries the settings of its document.

/// An OAuth client, with what bounds its refresh tokens.
public struct OAuthClient: Sendable {
  /// Whose program it is, which decides what it is answered once the session length is past.
  public enum Party: UInt8, CaseIterable, Sendable {
    case firstParty = 0
    case thirdParty = 1
  }

  /// The ways to a first refresh token that a client may go.
  public struct Flows: OptionSet, Hashable, Sendable {
    /// The ways as bits.
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// An authorization code with PKCE.
    public static let code = Flows(rawValue: 1)
    /// A code that the person types into a browser elsewhere (RFC 8628).
    public static let device = Flows(rawValue: 2)
  }

  /// What it calls itself; unique in the tree.
  public var id: Sourced<String>
  /// What people are shown.
  public var displayName: String
  /// Whose program it is.
  public var party: Party
  /// The ways to a first refresh token.
  public var flows: Flows
  /// Where codes may be sent.
  public var redirectURIs: [Sourced<String>]
  /// The most that it may be granted; at most `OAuthClient.scopeLimit`, in the order written.
  public var scopes: [Sourced<String>]
  /// Names of the apps that its access tokens are good for.
  public var apps: [Sourced<String>]
  /// Those of its document.
  public var settings: OAuthSettings
  /// Where the client is written.
  public var span: Span

  /// The most scopes of a client: a bundle has one bit for each.
  public static let scopeLimit = 64
  /// The most apps of a client, and the most redirect URIs.
  public static let listLimit = 64

  public init(
    id: Sourced<String>, displayName: String, party: Party, flows: Flows, redirectURIs: [Sourced<String>],
    scopes: [Sourced<String>], apps: [Sourced<String>], settings: OAuthSettings, span: Span
  ) {
    self.id = id
    self.displayName = displayName
    self.party = party
    self.flows = flows
    self.redirectURIs = redirectURIs
    self.scopes = scopes
    self.apps = apps
    self.settings = settings
    self.span = span
  }
}

/// What bounds the refresh tokens of a document's clients; `decision.md`, "OAuth clients".
public struct OAuthSettings: Hashable, Sendable {
  /// How long an authentication is good for, in seconds.
  public var sessionLengthSeconds: UInt32
  /// What a first-party client's person does once that is past: `login` or `secureKey`.
  public var reauthentication: ReauthenticationMethod
  /// The scopes that the session length binds.
  public var boundScopes: [ScopePattern]
  /// The most live refresh tokens for a person and a client.
  public var liveTokens: UInt32
  /// After how many seconds without use a refresh token is over.
  public var unusedTimeoutSeconds: UInt32
  /// The scopes whose grants end with a change of the password.
  public var passwordChangeEnds: [ScopePattern]

  public init(
    sessionLengthSeconds: UInt32, reauthentication: ReauthenticationMethod = .login, boundScopes: [ScopePattern],
    liveTokens: UInt32 = defaultLiveTokens, unusedTimeoutSeconds: UInt32 = defaultUnusedTimeoutSeconds,
    passwordChangeEnds: [ScopePattern] = []
  ) {
    self.sessionLengthSeconds = sessionLengthSeconds
    self.reauthentication = reauthentication
    self.boundScopes = boundScopes
    self.liveTokens = liveTokens
    self.unusedTimeoutSeconds = unusedTimeoutSeconds
    self.passwordChangeEnds = passwordChangeEnds
  }

  /// The most live tokens where none is written.
  public static let defaultLiveTokens: UInt32 = 100
  /// 180 days, where nothing is written.
  public static let defaultUnusedTimeoutSeconds: UInt32 = 180 * 86_400
}

/// A scope, or all that begin with what stands before a trailing `*`.
public struct ScopePattern: Hashable, Sendable {
  /// The pattern as it is written.
  public var text: Sourced<String>

  public init(_ text: Sourced<String>) { self.text = text }

  /// Whether it stands for `scope`; bytes are compared.
  public func matches(_ scope: String) -> Bool {
    if text.value.utf8.last != UInt8(ascii: "*") { return text.value.utf8.elementsEqual(scope.utf8) }
    return scope.utf8.starts(with: text.value.utf8.dropLast())
  }
}
