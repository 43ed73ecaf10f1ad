// The OAuth clients of a bundle in readable form, for tools and the gate. The kernel has verified the section; what decides a
// refresh is the kernel's own look at it.

internal import CPostern
internal import PosternKernel

/// An OAuth client of a bundle; its index in `BundleContents.oauthClients` is the one that the kernel takes.
package struct OAuthClientContents: Equatable, Sendable {
  /// Whose program it is.
  package enum Party: UInt8, Sendable {
    case firstParty = 0
    case thirdParty = 1
  }

  /// The ways to a first refresh token.
  package struct Flows: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let code = Flows(rawValue: 1)
    package static let device = Flows(rawValue: 2)
  }

  package let id: String
  package let displayName: String
  package let party: Party
  package let flows: Flows
  package let redirectURIs: [String]
  /// Bit i of the masks is scope i.
  package let scopes: [String]
  /// Names of the apps that its access tokens are good for.
  package let apps: [String]
  package let sessionLengthSeconds: UInt32
  /// Whether its person re-authenticates with a security key; otherwise a password does.
  package let needsSecureKey: Bool
  package let boundScopes: UInt64
  package let liveTokens: UInt32
  package let unusedTimeoutSeconds: UInt32
  package let passwordChangeEnds: UInt64
}

extension BundleContents {
  /// The OAuth clients, in the order of their ids' bytes; none where the bundle has no such section.
  package var oauthClients: [OAuthClientContents] {
    (0..<count(.oauthClients, recordByteCount: RecordSize.oauthClient)).map { index in
      let record = record(.oauthClients, index, byteCount: RecordSize.oauthClient)
      return OAuthClientContents(
        id: text(record + OAuthClientField.id), displayName: text(record + OAuthClientField.displayName),
        party: byte(record + OAuthClientField.party) == OAuthClientField.thirdParty ? .thirdParty : .firstParty,
        flows: OAuthClientContents.Flows(rawValue: byte(record + OAuthClientField.flows)),
        redirectURIs: listedTexts(record + OAuthClientField.redirectURIs),
        scopes: listedTexts(record + OAuthClientField.scopes), apps: listedTexts(record + OAuthClientField.apps),
        sessionLengthSeconds: u32(record + OAuthClientField.sessionLengthSeconds),
        needsSecureKey: Int(byte(record + OAuthClientField.method)) == POSTERN_METHOD_SECURE_KEY,
        boundScopes: u64(record + OAuthClientField.boundScopes),
        liveTokens: u32(record + OAuthClientField.liveTokenLimit),
        unusedTimeoutSeconds: u32(record + OAuthClientField.unusedSeconds),
        passwordChangeEnds: u64(record + OAuthClientField.passwordScopes))
    }
  }
}
