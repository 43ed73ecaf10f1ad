// The facts of one decision in readable form: what tests, request files and the reference evaluator use. The kernel's
// form is cells (postern.h); `PosternCompiler` packs this one into that one. Refuses nothing: any fact may be absent,
// any text is bytes.

/// What is known of a request. Texts are bytes as they came; nil is absent.
public struct Request: Hashable, Sendable {
  /// The method, case and all.
  public var method: [UInt8]?
  /// The scheme.
  public var scheme: [UInt8]?
  /// The `Host` header or `:authority`.
  public var host: [UInt8]?
  /// The raw path, without the query.
  public var path: [UInt8]?
  /// The raw query, without the `?`.
  public var query: [UInt8]?
  /// The address of the client.
  public var clientAddress: [UInt8]?
  /// The region that the client's address is in, as `CH` or `US-CA`.
  public var regionCode: [UInt8]?
  /// The address that the request was sent to.
  public var destinationAddress: [UInt8]?
  /// The port that the request was sent to.
  public var destinationPort: Int64?
  /// The header `X-Requested-With`.
  public var xRequestedWith: [UInt8]?
  /// The header `Sec-Fetch-Mode`.
  public var secFetchMode: [UInt8]?
  /// The header `Sec-Fetch-Dest`.
  public var secFetchDest: [UInt8]?
  /// The header `Sec-Fetch-Site`.
  public var secFetchSite: [UInt8]?
  /// The header `Sec-Purpose`.
  public var secPurpose: [UInt8]?
  /// The header `Accept`, its lines joined with commas.
  public var accept: [UInt8]?
  /// The header `Upgrade`; of an extended CONNECT (RFC 8441) its `:protocol`.
  public var upgrade: [UInt8]?
  /// The header `Origin`.
  public var origin: [UInt8]?
  /// The header `Access-Control-Request-Method`.
  public var accessControlRequestMethod: [UInt8]?
  /// Headers that steer no decision by themselves, in their order.
  public var otherHeaders: [Header] = []

  /// A header that only conditions may ask for; the name in lower case.
  public struct Header: Hashable, Sendable {
    /// The header's name, lower case.
    public var name: [UInt8]
    /// The header's value, as it came.
    public var value: [UInt8]

    public init(name: [UInt8], value: [UInt8]) {
      self.name = name
      self.value = value
    }
  }

  public init() {}
}

/// A value inside a claim.
public indirect enum FactValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  case uint(UInt64)
  case double(Double)
  case text([UInt8])
  case bytes([UInt8])
  case timestamp(milliseconds: Int64)
  case duration(milliseconds: Int64)
  case list([FactValue])
  /// Keys in byte order of their texts.
  case map([[UInt8]: FactValue])
}

/// Who asks, and since when. Times are milliseconds since 1970; 0 is absent.
public struct Credential: Hashable, Sendable {
  /// Where the credential comes from.
  public enum Kind: UInt8, CaseIterable, Sendable { case none = 0, session = 1, bearer = 2 }
  /// What the provider says that the principal is; never read off an address.
  public enum PrincipalKind: UInt8, CaseIterable, Sendable {
    case unknown = 0, user = 1, serviceAccount = 2, workforce = 3
  }
  /// What the provider last said of the account.
  public enum AccountState: UInt8, CaseIterable, Sendable {
    case unknown = 0, active = 1, signedOut = 2, suspended = 3, passwordResetRequired = 4, credentialChanged = 5
  }

  /// Where the credential comes from.
  public var kind: Kind = .none
  /// What kind of principal the provider says this is.
  public var principalKind: PrincipalKind = .unknown
  /// The account's state as of `stateCheckedAt`.
  public var accountState: AccountState = .unknown
  /// Whether the provider has verified the e-mail.
  public var emailVerified = false
  /// Whether `groups` holds all of them.
  public var groupsComplete = false
  /// Whether the source of account states cannot be asked now.
  public var stateSourceDown = false
  /// Whether the session store cannot be asked now.
  public var storeDown = false
  /// The provider's name in the policy.
  public var provider: [UInt8]?
  /// The subject, unique at its provider.
  public var subject: [UInt8]?
  /// The e-mail address.
  public var email: [UInt8]?
  /// The domain that the account belongs to.
  public var hostedDomain: [UInt8]?
  /// The Identity Platform tenant.
  public var tenant: [UInt8]?
  /// The groups that the credential carries.
  public var groups: [[UInt8]] = []
  /// The provider's claims, by name.
  public var claims: [[UInt8]: FactValue] = [:]
  /// What is known of the device, by the last part of the attribute's name: `os_type`.
  public var device: [[UInt8]: FactValue] = [:]
  /// Whom a bearer is for.
  public var audience: [UInt8]?
  /// Who obtained a bearer.
  public var authorizedParty: [UInt8]?
  /// When the provider authenticated the person (`auth_time`).
  public var createdAt: Int64 = 0
  /// The last activity of this session in this app.
  public var lastSeenAt: Int64 = 0
  /// When the account's state was asked for.
  public var stateCheckedAt: Int64 = 0
  /// When the token was issued.
  public var issuedAt: Int64 = 0
  /// When the token begins to hold.
  public var notBefore: Int64 = 0
  /// When the token ends.
  public var expiresAt: Int64 = 0
  /// The latest login.
  public var loginAt: Int64 = 0
  /// The latest authentication with enrolled second factors.
  public var secondFactorAt: Int64 = 0
  /// The latest authentication with a security key.
  public var securityKeyAt: Int64 = 0
  /// When the facts in `device` were looked at.
  public var deviceCheckedAt: Int64 = 0

  public init() {}

  /// More groups than this make `groupsComplete` false; `decision.md`, "Facts".
  public static let groupLimit = 1_024
}

extension Request {
  /// The headers that steer a decision, by their names in lower case.
  package static var steeringHeaders: [(name: String, path: WritableKeyPath<Request, [UInt8]?>)] {
    [
      ("x-requested-with", \.xRequestedWith), ("sec-fetch-mode", \.secFetchMode), ("sec-fetch-dest", \.secFetchDest),
      ("sec-fetch-site", \.secFetchSite), ("sec-purpose", \.secPurpose), ("accept", \.accept), ("upgrade", \.upgrade),
      ("origin", \.origin), ("access-control-request-method", \.accessControlRequestMethod),
    ]
  }
}

extension Credential {
  /// The facts that are texts, by the names that request files give them.
  package static var textFacts: [(name: String, path: WritableKeyPath<Credential, [UInt8]?>)] {
    [
      ("provider", \.provider), ("subject", \.subject), ("email", \.email), ("hostedDomain", \.hostedDomain),
      ("tenant", \.tenant), ("audience", \.audience), ("authorizedParty", \.authorizedParty),
    ]
  }

  /// The facts that are instants, likewise.
  package static var timeFacts: [(name: String, path: WritableKeyPath<Credential, Int64>)] {
    [
      ("createdAt", \.createdAt), ("lastSeenAt", \.lastSeenAt), ("stateCheckedAt", \.stateCheckedAt),
      ("issuedAt", \.issuedAt), ("notBefore", \.notBefore), ("expiresAt", \.expiresAt), ("loginAt", \.loginAt),
      ("secondFactorAt", \.secondFactorAt), ("securityKeyAt", \.securityKeyAt), ("deviceCheckedAt", \.deviceCheckedAt),
    ]
  }
}
