// What a bundle says of who vouches for people (docs/bundle-format.md, "providers"). Facts only.

/// A login provider of the organization.
struct LoginProvider: Sendable, Equatable {
  /// Numbers as in the bundle.
  struct Source: Equatable, Sendable {
    let rawValue: UInt8
    static let workspace = Source(rawValue: 0)
    static let identityPlatform = Source(rawValue: 1)
    static let workforce = Source(rawValue: 2)
    static let oidc = Source(rawValue: 3)
    static let saml = Source(rawValue: 4)
  }

  let name: String
  let source: Source
  let issuer: String
  let clientID: String
  let sessionDurationSeconds: UInt32
  let tenants: [String]
  let domains: [String]
  /// Whether signing out everywhere ends its own session too.
  let endsSession: Bool
  /// The provider's bit in the masks of apps.
  let index: Int

  /// The host of an issuer that is an https URL.
  var issuerHost: String? {
    let scheme = "https://"
    guard issuer.hasPrefix(scheme) else { return nil }
    return String(issuer.dropFirst(scheme.count).prefix { $0 != "/" && $0 != ":" })
  }

  /// Whether login through OpenID Connect is what the provider understands.
  var speaksOpenID: Bool { source != .saml }
}
