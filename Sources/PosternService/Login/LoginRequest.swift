// What a login is for: made by the app's host when it refuses, read by the login host, and by the callback. Sealed on its way, and
// bound to the browser that was refused by a cookie that only it has.

internal import CPostern

/// Why somebody is sent to log in, and where they go afterwards.
struct LoginRequest: Codable, Sendable, Equatable {
  /// The app's host, and the path and query to come back to.
  var host: String
  var target: String
  var app: String
  /// The names of the providers that the app takes, and the tenants.
  var providers: [String]
  var tenants: [String]
  /// Where people log in instead of at an identity platform.
  var page: PageAddress?
  /// The hosted domain to offer.
  var loginHint: String?
  /// A number as in postern.h.
  var prompt: UInt8
  /// Only an authentication at or after this instant counts; 0: any.
  var authenticatedAfter: Int64
  /// What the re-authentication must be; numbers as in postern.h.
  var method: UInt8
  var maxAgeSeconds: UInt32
  /// Whether a login that the gate has already may do: nothing is known against it.
  var mayBeSilent: Bool
  /// SHA-256 of the secret in the browser's attempt cookie, and which of the cookies it is.
  var attempt: SessionKey
  var slot: Int
  /// Whether the person is to choose, even where there is one way alone: the account that they came with does not do.
  var showsChooser = false
  /// How often this attempt has been sent to the provider already, and why.
  var restartCount = 0
  var expiresAt: Int64

  static let lifetimeMilliseconds: Int64 = 600_000
  /// How long an address to come back to may be: it travels in an address itself.
  private static let targetBytes = 4_000

  /// Where to come back to: without its query, or at the root, where it is longer than proxies take it.
  static func target(_ target: String, of request: ClientRequest) -> String {
    if target.utf8.count <= targetBytes { return target }
    return request.path.utf8.count <= targetBytes ? request.path : "/"
  }

  /// How many attempts one browser can have under way on one host: tabs beyond it push out older ones.
  static let slotCount = 8

  var requiresLogin: Bool { prompt == UInt8(POSTERN_PROMPT_LOGIN) }
}

/// What the login host remembers while somebody is at a provider.
struct LoginState: Codable, Sendable, Equatable {
  var request: LoginRequest
  var provider: String
  var tenant: String?
  var state: String
  var nonce: String
  /// The secret of PKCE (RFC 7636).
  var verifier: String
  /// When the person was sent to the provider, in milliseconds since 1970.
  var startedAt: Int64
  /// Whether the provider was told to ask for a login.
  var didAskForLogin: Bool
  /// Whether the person is at a page of the organization's own, which brings a token, and no code.
  var isAtPage = false
  /// What this browser's logins have in common: a page's answer comes without the cookie that says it.
  var browser: String?
}

/// What a login hands to an app's host, once.
struct HandOver: Codable, Sendable, Equatable {
  var login: SessionKey
  var host: String
  var target: String
  var attempt: SessionKey
  var slot: Int

  static let lifetimeMilliseconds: Int64 = 60_000
}
